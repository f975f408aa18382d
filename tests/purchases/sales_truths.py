"""What is always true of exclusive sales, and what is true once nothing is under way any more (MONEY 5, D-43 to D-47)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.earnings.auditing import audit
from api.licensing.quotes import quote
from db.bookkeeping import STRIPE_CASH, SUSPENSE, payable_to
from db.models.jobs import Job
from db.models.ledger import Entry, Journal
from db.models.licences import Licence
from db.models.payments import PaymentCall
from db.models.purchases import Purchase
from db.models.receipts import CreditNote, Receipt
from db.models.tracks import Track
from db.money import Amount, split
from db.session import Sessions
from db.transitions import LIVING, PURCHASE
from db.vocabulary import CallOutcome, JobState, LicenceKind, PurchaseStatus, TrackStatus
from tests.purchases.sales_desk import Paid, Provider

BOUGHT: Final = frozenset({PurchaseStatus.COMPLETED, PurchaseStatus.DISPUTED})
UNDONE: Final = frozenset({PurchaseStatus.REFUNDED, PurchaseStatus.RESCINDED})
_AGREED: Final = (
    "account_id",
    "producer_id",
    "track_id",
    "upload_id",
    "audio_sha256",
    "price_minor",
    "fee_minor",
    "currency",
    "standard_licences",
    "offer",
    "agreement",
    "agreement_sha256",
    "grant",
)
_GRANTED: Final = ("work", "licensor", "licensee", "terms")
_REVOKED: Final = {"revoked_at", "revoked_by", "revocation_reason"}
_AWAY: Final = ("PaymentUnsure", "PaymentBroken", "PaymentRefused", "PurchaseUnsettledError")
"""How a job may fail while the provider is in trouble."""


@dataclass(frozen=True)
class Line:
    """An entry, with what caused it."""

    kind: str
    source: str
    came: str
    went: str
    minor: int
    currency: str


@dataclass(frozen=True)
class Seen:
    """Everything of BeatPass's own that sales touch, at one moment."""

    purchases: dict[str, Purchase]
    licences: dict[str, Licence]
    tracks: dict[str, Track]
    lines: tuple[Line, ...]
    jobs: tuple[Job, ...]
    unsure: tuple[str, ...]
    """Calls of the provider that have no answer."""
    notes: tuple[CreditNote, ...]
    numbers: tuple[int, ...]
    """Of receipts and credit notes."""

    def of(self, kind: LicenceKind, track: str) -> list[Licence]:
        """Licences that hold."""
        return [
            one
            for one in self.licences.values()
            if one.kind is kind and one.track_id == track and one.revoked_at is None
        ]

    def living(self, track: str) -> list[Purchase]:
        return [one for one in self.purchases.values() if one.track_id == track and one.status in LIVING]

    def total_of(self, track: str) -> dict[str, str] | None:
        """What the exclusive licence to a track costs a buyer now, as a client says it; null: nothing, it is not sold."""
        row = self.tracks[track]
        if row.exclusive_price_minor is None or row.exclusive_currency is None:
            return None
        total = quote(Amount(row.exclusive_price_minor, row.exclusive_currency)).total
        return {"amount": f"{Decimal(total.minor).scaleb(-2)}", "currency": total.currency.value}

    def balance(self, account: str) -> Counter[str]:
        """Of an account, by currency."""
        sums: Counter[str] = Counter()
        for line in self.lines:
            sums[line.currency] += line.minor * ((line.went == account) - (line.came == account))
        return Counter({currency: minor for currency, minor in sums.items() if minor})


def seen_in(engine: Engine) -> Seen:
    columns: Any = (
        *(col(Journal.source_kind), col(Journal.source_id), col(Entry.from_account)),
        *(col(Entry.to_account), col(Entry.amount_minor), col(Entry.currency)),
    )
    entered = select(*columns).join(Entry, col(Entry.journal_id) == col(Journal.id))
    unsure = select(col(PaymentCall.id)).where(col(PaymentCall.outcome) == CallOutcome.UNSURE)
    with Session(engine) as session:
        purchases = session.scalars(select(Purchase).order_by("created_at", "id"))
        licences = session.scalars(select(Licence).order_by("granted_at", "id"))
        tracks = session.scalars(select(Track).order_by("id"))
        return Seen(
            {one.id: one for one in purchases},
            {one.id: one for one in licences},
            {one.id: one for one in tracks},
            tuple(Line(*row) for row in session.execute(entered)),
            tuple(session.scalars(select(Job))),
            tuple(session.scalars(unsure)),
            tuple(session.scalars(select(CreditNote))),
            tuple(session.scalars(select(col(Receipt.number)))),
        )


# ---- always --------------------------------------------------------------------------------------


def check_always(before: Seen, after: Seen) -> None:
    """Whatever has just happened, and however far it came."""
    for track in after.tracks.values():
        _check_track(track, after)
    for purchase in after.purchases.values():
        _check_bought(purchase, after)
        known = before.purchases.get(purchase.id)
        if known is None:
            _check_begun(purchase, before)
        else:
            _check_unchanged(known, purchase)
    for licence in before.licences.values():
        _check_standard(licence, after.licences[licence.id])
    troubles = [one.last_error for one in after.jobs if one.last_error]
    assert [one for one in troubles if not one.startswith(_AWAY)] == []


def _check_track(track: Track, after: Seen) -> None:
    """One holder, one buyer, and sold is who was bought."""
    assert len(after.of(LicenceKind.EXCLUSIVE, track.id)) <= 1, "two hold one exclusive"
    assert len(after.living(track.id)) <= 1, "one track is kept for two"
    bought = [one for one in after.purchases.values() if one.track_id == track.id and one.status in BOUGHT]
    assert len(bought) == (track.status is TrackStatus.SOLD), "sold is not who was bought"


def _check_bought(purchase: Purchase, after: Seen) -> None:
    """The licence is what was agreed, the buyer's, and holds as long as the purchase stands."""
    if purchase.status in BOUGHT:
        assert purchase.licence_id, "bought without a licence"
    if purchase.licence_id is None:
        return
    licence = after.licences[purchase.licence_id]
    assert {name: getattr(licence, name) for name in _GRANTED} == purchase.grant, "granted is not agreed"
    assert (licence.account_id, licence.track_id) == (purchase.account_id, purchase.track_id)
    assert (licence.revoked_at is None or licence.revoked_by is not None) or purchase.status in UNDONE
    assert licence.revoked_at is not None or purchase.status not in UNDONE, "undone, and the licence holds"
    assert purchase.refund_asked_at is None or licence.downloaded_at is None, "downloaded and refunded"


def _check_begun(purchase: Purchase, before: Seen) -> None:
    """What is agreed is the offer of then."""
    track = before.tracks[purchase.track_id]
    assert track.status is TrackStatus.PUBLISHED, "begun on what is not on sale"
    assert track.exclusive_price_minor
    assert track.exclusive_currency
    asked = quote(Amount(track.exclusive_price_minor, track.exclusive_currency))
    agreed = Amount(purchase.price_minor, purchase.currency), Amount(purchase.fee_minor, purchase.currency)
    assert agreed == (asked.price, asked.fee)
    assert purchase.standard_licences == len(before.of(LicenceKind.STANDARD, purchase.track_id))


def _check_unchanged(known: Purchase, now: Purchase) -> None:
    for name in _AGREED:
        assert getattr(known, name) == getattr(now, name), f"{name} was agreed, and is another"
    assert now.status in _reachable(known.status), f"{known.status} became {now.status}"


def _reachable(status: PurchaseStatus) -> set[PurchaseStatus]:
    found, new = {status}, {status}
    while new:
        new = {following for one in new for following in PURCHASE[one]} - found
        found |= new
    return found


def _check_standard(known: Licence, now: Licence) -> None:
    """Staff may revoke one; a sale does nothing to it (MONEY 5.10)."""
    if known.kind is LicenceKind.STANDARD:
        revoked = known.revoked_at is None and now.revoked_by is not None
        aside: set[str] = _REVOKED if revoked else set()
        assert known.model_dump(exclude=aside) == now.model_dump(exclude=aside)


# ---- once nothing is under way -------------------------------------------------------------------


async def check_drained(sessions: Sessions, seen: Seen, provider: Provider, money: dict[str, int]) -> None:
    """Every event is read, every job is done, and nobody is in anybody's way.

    Args:
        money: What the provider has of ours.
    """
    undone = [
        (one.kind, one.last_error) for one in seen.jobs if _counts(one) and one.state is not JobState.DONE
    ]
    assert undone == [], "a job cannot be done"
    for paid in provider.payments:
        _check_payment(paid, seen)
    for purchase in seen.purchases.values():
        _check_charged(purchase, [one for one in provider.payments if one.purchase == purchase.id], seen)
        _check_credited(purchase, provider, seen)
    assert sorted(seen.numbers) == list(range(1, len(seen.numbers) + 1)), "numbers of papers have a gap"
    living = {one.id for one in seen.purchases.values() if one.status in LIVING}
    assert len(set(provider.open_checkouts)) == len(provider.open_checkouts), "two checkouts of one purchase"
    assert set(provider.open_checkouts) <= living, "who has let go can still pay"
    _check_books(seen, provider, money)
    broken = [one.invariant.name for one in await audit(sessions) if one.broken_by]
    assert broken == (["nothing-unexplained"] if _lying(provider) else []), "the audit finds something else"


def _counts(job: Job) -> bool:
    return job.kind.value in {"READ_PAYMENT_EVENT", "SETTLE_PURCHASE"}


def _check_payment(paid: Paid, seen: Seen) -> None:
    """Taken is fulfilled or given back; put aside is nothing for long (MONEY 5.8)."""
    purchase = seen.purchases[paid.purchase]
    assert paid.amount == purchase.price_minor + purchase.fee_minor, "charged another total"
    assert paid.received <= paid.amount
    assert paid.status != "requires_capture", "money is put aside for nobody"
    fulfilled = purchase.licence_id is not None and purchase.payment_reference == paid.reference
    if paid.status == "succeeded" and not fulfilled:
        assert paid.sent_back + paid.taken_back >= paid.received, "money was taken in vain and is here"


def _check_charged(purchase: Purchase, payments: list[Paid], seen: Seen) -> None:
    """Who has no licence has paid nothing, but where staff took it."""
    licence = seen.licences[purchase.licence_id] if purchase.licence_id else None
    kept = sum(one.kept for one in payments)
    if licence is None or (licence.revoked_at is not None and licence.revoked_by is None):
        assert 0 <= kept <= sum(one.bounced for one in payments), "paid for nothing"
    assert kept <= purchase.price_minor + purchase.fee_minor, "paid twice"


def _check_credited(purchase: Purchase, provider: Provider, seen: Seen) -> None:
    """Each refund and each lost dispute of what was granted has a paper; together never more than was paid (D-82)."""
    notes = [one for one in seen.notes if one.purchase_id == purchase.id]
    paid = [one for one in provider.payments if one.reference == purchase.payment_reference]
    if purchase.licence_id is None:
        assert notes == [], "what was not bought is credited"
        return
    gone = sum(one.sent_back - one.sent_again + one.lost for one in paid)
    total = purchase.price_minor + purchase.fee_minor
    credited = [sum(parts) for parts in zip(*(_parts(one) for one in notes), strict=True)] or [0, 0, 0]
    assert sum(credited) == min(gone, total), "what is credited is not what went back"
    theirs = split(min(gone, total), {"price": purchase.price_minor, "rest": purchase.fee_minor})
    assert credited == [theirs["price"], theirs["rest"], 0], "credited in another proportion"


def _parts(note: CreditNote) -> tuple[int, int, int]:
    return note.price_minor, note.fee_minor, note.tax_minor


def _check_books(seen: Seen, provider: Provider, money: dict[str, int]) -> None:
    """Cash is what the provider has, a movement has one cause, and everybody has what is theirs (MONEY 5.6, 5.11)."""
    cash = {currency: -minor for currency, minor in seen.balance(STRIPE_CASH).items()}
    assert cash == money, "the books' cash is not the provider's balance"
    entered = Counter(line.source for line in _firsts(seen.lines) if line.kind in set(_CAUSES.values()))
    assert entered == Counter(_cause(one.kind, one.reference, one.source) for one in provider.movements)
    for producer in {one.producer_id for one in seen.purchases.values()}:
        assert seen.balance(payable_to(producer)) == _earned(producer, seen, provider), "not what was earned"
    assert seen.balance(SUSPENSE) == _lying(provider), "what lies here is not what came back"


_CAUSES: Final = {
    "charge": "EXCLUSIVE_FEE",
    "refund": "EXCLUSIVE_REFUND",
    "refund in vain": "LATE_REFUND",
    "refund_failure": "REFUND_RETURNED",
    "adjustment": "DISPUTE_MOVEMENT",
}


def _lying(provider: Provider) -> Counter[str]:
    """The buyers': what came back of refunds, unless it went out again, or their banks took it."""
    sums: Counter[str] = Counter()
    for one in provider.payments:
        again = max(one.sent_back + one.taken_back - one.received, 0)
        sums[one.currency] += one.bounced - min(again, one.bounced)
    return Counter({currency: minor for currency, minor in sums.items() if minor})


def _firsts(lines: Iterable[Line]) -> list[Line]:
    """One for each journal."""
    return list({(one.kind, one.source): one for one in lines}.values())


def _cause(kind: str, reference: str, source: str) -> str:
    """By what name the books know a movement."""
    assert kind in _CAUSES
    return source if kind.startswith("refund") else reference


def _earned(producer: str, seen: Seen, provider: Provider) -> Counter[str]:
    """The whole price of what was granted, less their part of what went back."""
    sums: Counter[str] = Counter()
    for one in seen.purchases.values():
        if one.producer_id == producer and one.licence_id:
            [paid] = [paid for paid in provider.payments if paid.reference == one.payment_reference]
            gone = min(paid.sent_back + paid.taken_back, paid.received)
            theirs = split(gone, {"price": one.price_minor, "rest": one.fee_minor + one.tax_minor})
            sums[one.currency] += one.price_minor - theirs["price"]
    return Counter({currency: minor for currency, minor in sums.items() if minor})
