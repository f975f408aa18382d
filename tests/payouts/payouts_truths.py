"""What is always true of payouts, and what is true once nothing is under way any more (MONEY 5)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from db.bookkeeping import STRIPE_CASH, payable_to
from db.models.jobs import Job
from db.models.payments import PaymentCall
from db.models.payouts import Payout, PayoutAccount
from db.queries import ledger
from db.queries.invariants import INVARIANTS
from db.session import Sessions
from db.transitions import PAYOUT
from db.vocabulary import CallOutcome, CurrencyCode, JobState, PayoutStatus
from tests.tools.stripe_sandbox import Seller

_SENT: Final = frozenset({PayoutStatus.SENT, PayoutStatus.SETTLED})
_FIXED: Final = ("producer_id", "account_id", "destination", "currency", "idempotency_key", "scheduled_for")
_ENDED: Final = frozenset(
    {PayoutStatus.HELD, PayoutStatus.SENT, PayoutStatus.SETTLED, PayoutStatus.REJECTED, PayoutStatus.FAILED}
)
_AWAY: Final = (
    "PaymentUnsure",
    "PaymentBroken",
    "PaymentRefused",
    "PayoutUnsettledError",
    "PayoutAccountUnsettledError",
)
"""How a job may fail while the provider is in trouble."""


@dataclass(frozen=True)
class Seen:
    """Everything of BeatPass's own that payouts touch, at one moment."""

    payouts: dict[str, Payout]
    accounts: dict[str, PayoutAccount]
    jobs: tuple[Job, ...]
    unsure: tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """A transfer as the provider has it."""

    reference: str
    destination: str
    minor: int
    reversed_minor: int


@dataclass(frozen=True)
class Provider:
    """What the provider has: transfers by our payout, what went on to banks by our payout, and what lies in accounts."""

    transfers: Mapping[str, list[Sent]]
    banks: Mapping[str, list[tuple[int, str]]]
    lying: Mapping[str, int]
    cash: int


def seen_in(engine: Engine) -> Seen:
    unsure = col(PaymentCall.outcome) == CallOutcome.UNSURE
    with Session(engine) as session:
        return Seen(
            {str(one.id): one for one in session.scalars(select(Payout))},
            {str(one.id): one for one in session.scalars(select(PayoutAccount))},
            tuple(session.scalars(select(Job))),
            tuple(session.scalars(select(col(PaymentCall.id)).where(unsure))),
        )


def provider_of(seller: Seller, accounts: Mapping[str, PayoutAccount]) -> Provider:
    """All that the provider has of a seller whose faults are disarmed."""
    v1 = seller.stripe.v1
    transfers: dict[str, list[Sent]] = defaultdict(list)
    for one in v1.transfers.list({"limit": 100}).auto_paging_iter():
        sent = Sent(one.id, str(one.destination), one.amount, one.amount_reversed)
        transfers[str(one.transfer_group).removeprefix("payout:")].append(sent)
    banks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    lying: dict[str, int] = {}
    for account in [str(one.reference) for one in accounts.values() if one.reference]:
        options: Any = {"stripe_account": account}
        for way in v1.payouts.list({"limit": 100}, options).auto_paging_iter():
            about: Any = way.metadata
            banks[str(about["subject"])].append((way.amount, way.status))
        lying[account] = sum(one.amount for one in v1.balance.retrieve({}, options).available)
    own: Any = v1.balance.retrieve()
    cash = sum(one.amount for one in [*own.available, *own.pending])
    return Provider(transfers, banks, lying, cash)


# ---- always --------------------------------------------------------------------------------------


def check_always(before: Seen, after: Seen) -> None:
    for payout, row in after.payouts.items():
        known = before.payouts.get(payout)
        if known is not None:
            _check_way(known, row)
    strange = [
        one.last_error
        for one in after.jobs
        if one.last_error and not one.last_error.startswith(_AWAY) and one.state is not JobState.DONE
    ]
    assert strange == [], strange
    dead = [one.key for one in after.jobs if one.state is JobState.DEAD]
    assert dead == [], f"jobs were given up: {dead}"


def _check_way(before: Payout, after: Payout) -> None:
    assert _reaches(before.status, after.status), f"{after.id} went from {before.status} to {after.status}"
    for name in _FIXED:
        assert getattr(before, name) == getattr(after, name), f"{name} of {after.id} has changed"
    if before.begun_at is not None:
        assert before.amount_minor == after.amount_minor, f"{after.id} has another amount than it began with"


def _reaches(state: PayoutStatus, other: PayoutStatus) -> bool:
    return state is other or any(_reaches(following, other) for following in PAYOUT[state])


async def check_books(sessions: Sessions) -> None:
    """All invariants hold in every committed state."""
    async with sessions.reading() as session:
        looked_at = {one.name: list(await one.look(session)) for one in INVARIANTS}
    broken = {name: lines for name, lines in looked_at.items() if lines}
    assert broken == {}, broken


# ---- when nothing is under way -------------------------------------------------------------------


def check_paid_once(seen: Seen, provider: Provider) -> None:
    """Each payout went by as many transfers as it says, of its amount, to its account; no others are there."""
    for payout, row in seen.payouts.items():
        sent = provider.transfers.get(payout, [])
        standing = [one for one in sent if one.minor != one.reversed_minor]
        assert len(standing) <= 1, f"{payout} was paid twice"
        assert bool(standing) is (row.status in _SENT), (
            f"{payout} is {row.status}, and {len(standing)} are paid"
        )
        for one in sent:
            told = (one.reference, one.destination, one.minor)
            assert told == (row.transfer_reference, row.destination, row.amount_minor), (
                f"{payout} is not {one}"
            )
    assert set(provider.transfers) <= set(seen.payouts), "something was paid that nobody knows of"


def check_ended(seen: Seen, provider: Provider) -> None:
    """Nothing is stuck: what was sent went on to the bank once, what came back is in the balance."""
    for payout, row in seen.payouts.items():
        assert row.status in _ENDED, f"{payout} is stuck as {row.status}"
        ways = Counter(state for _, state in provider.banks.get(payout, []))
        alive = ways["pending"] + ways["in_transit"] + ways["paid"]
        assert alive == (row.status in _SENT), (
            f"{payout} is {row.status}, and on its way to the bank {alive} times"
        )
        assert (row.status is PayoutStatus.FAILED) == (row.returned_at is not None), f"{payout} is lost"
    assert [account for account, minor in provider.lying.items() if minor] == [], "money lies in an account"


async def check_money(sessions: Sessions, seen: Seen, provider: Provider, earned: Mapping[str, int]) -> None:
    """Each producer has what they earned less what was paid; the books' cash is the provider's balance."""
    async with sessions.reading() as session:
        balances = await ledger.balances(session)
    paid = Counter[str]()
    for row in seen.payouts.values():
        paid[row.producer_id] += row.amount_minor if row.status in _SENT else 0
    for producer, minor in earned.items():
        has = balances.get((payable_to(producer), CurrencyCode.CAD), 0)  # type: ignore[arg-type]  # an id
        assert has == minor - paid[producer], f"{producer} has {has} of {minor} less {paid[producer]}"
    assert -balances.get((STRIPE_CASH, CurrencyCode.CAD), 0) == provider.cash, "cash is not the balance"
