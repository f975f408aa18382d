"""Exclusive sales as a machine of small steps: people, banks, webhooks, workers and whatever goes wrong between them."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from api.terms import LICENCE
from db.vocabulary import CurrencyCode
from tests.purchases.sales_ground import PRICES
from tests.purchases.sales_troubles import TROUBLES, Trouble
from tests.purchases.sales_truths import BOUGHT
from tests.purchases.sales_world import World
from tests.stage import Json

_ANY: Final = st.integers(0, 5)
"""Which of several, counted on from the first after the last."""
_CARDS: Final = ("works", "works", "works", "declined", "no_funds")
_NOT_BEGUN: Final = {
    "ALREADY_SOLD",
    "IDEMPOTENCY_KEY_REUSED",
    "NOT_FOR_SALE",
    "NOT_FOUND",
    "PAYMENTS_UNAVAILABLE",
    "PRICE_CHANGED",
    "PURCHASE_OPEN",
    "RESERVED_BY_OTHER",
    "TOO_MANY_ATTEMPTS",
}
_NOT_CANCELLED: Final = {"PAYMENTS_UNAVAILABLE", "PURCHASE_OVER"}
_NOT_REFUNDED: Final = {
    "ALREADY_DOWNLOADED",
    "NOT_REFUNDABLE",
    "PAYMENTS_UNAVAILABLE",
    "PAYMENT_REFUSED",
}
_NOT_CHANGED: Final = {"NOT_FOUND", "TRACK_LOCKED"}
_REVOKE: Final = {"reason": "By fraud."}


class Sales(World):
    """What may happen next."""

    # ---- who buys --------------------------------------------------------------------------------

    @rule(who=_ANY, which=_ANY, key=st.integers(0, 2), told=st.booleans(), trouble=TROUBLES)
    def begin(self, who: int, which: int, key: int, told: bool, trouble: Trouble) -> None:
        """To buy; the same key again is the same purchase."""
        self.meet(trouble)
        track, given = self.tracks[which % 3], {}
        if told:
            total = self.seen.total_of(track)
            given = {"expectedTotal": total} if total else {}
        buyer = self.buyers[who % 3]
        payload = self.run(self.market.buy(buyer, track, idempotencyKey=f"{which % 3}-{key}", **given))
        self._check_begun([payload] if payload else [])

    @rule(which=_ANY, trouble=TROUBLES)
    def begin_at_once(self, which: int, trouble: Trouble) -> None:
        """By everybody."""
        self.meet(trouble)
        track = self.tracks[which % 3]
        self._check_begun(self.at_once(*(self.market.buy(one, track) for one in self.buyers)))

    def _check_begun(self, payloads: list[Json]) -> None:
        assert codes_of(payloads) <= _NOT_BEGUN, codes_of(payloads) - _NOT_BEGUN
        assert len([one for one in payloads if not one["errors"]]) <= 1, (
            "two were told that it is kept for them"
        )

    @precondition(lambda self: self.seen.purchases)
    @rule(which=_ANY, card=st.sampled_from(_CARDS))
    def pay(self, which: int, card: str) -> None:
        """In a checkout that is open; where none is, in one that was."""
        if checkout := pick(self.desk.checkouts(), which):
            self.desk.ask(f"/checkout/{checkout}/pay", card=card)

    @precondition(lambda self: self.seen.purchases)
    @rule(which=_ANY, trouble=TROUBLES)
    def cancel(self, which: int, trouble: Trouble) -> None:
        self.meet(trouble)
        if purchase := pick(list(self.seen.purchases), which):
            self._check(_NOT_CANCELLED, self.run(self._cancelled(purchase)))

    @precondition(lambda self: self.bought())
    @rule(which=_ANY, trouble=TROUBLES)
    def refund(self, which: int, trouble: Trouble) -> None:
        """For the asking, of what is bought."""
        self.meet(trouble)
        self.market.seller.advance(seconds=1)
        if purchase := pick(self.bought(), which):
            self._check(_NOT_REFUNDED, self.run(self._refunded(purchase)))
            self.desk.has_refunds = True

    @precondition(lambda self: self.bought())
    @rule(which=_ANY)
    def download(self, which: int) -> None:
        if purchase := pick(self.bought(), which):
            self.run(self.workers.download(self.seen.purchases[purchase]))

    @precondition(lambda self: self.seen.purchases)
    @rule(which=_ANY, first=_ANY, second=_ANY, trouble=TROUBLES)
    def two_things_at_once(self, which: int, first: int, second: int, trouble: Trouble) -> None:
        """Of one purchase: the buyer and a worker, or the buyer twice."""
        self.meet(trouble)
        if purchase := pick(list(self.seen.purchases), which):
            self.at_once(self._one_of(first, purchase), self._one_of(second, purchase))

    async def _one_of(self, number: int, purchase: str) -> None:
        row = self.seen.purchases[purchase]
        chosen = number % 6
        if chosen == 0:
            await self._cancelled(purchase)
        elif chosen == 1:
            await self._refunded(purchase)
        elif chosen == 2:
            await self.workers.download(row)
        elif chosen == 3:
            await self.workers.expire(row.id)
        elif chosen == 4 and row.checkout_reference:
            await asyncio.to_thread(self.desk.ask, f"/checkout/{row.checkout_reference}/pay", card="works")
        else:
            await self.heard(await asyncio.to_thread(self.market.seller.letters))

    async def _cancelled(self, purchase: str) -> Json:
        return await self.market.cancel(self._buyer_of(purchase), purchase)

    async def _refunded(self, purchase: str) -> Json:
        return await self.market.refund(self._buyer_of(purchase), purchase)

    def _buyer_of(self, purchase: str) -> Any:
        account = self.seen.purchases[purchase].account_id
        return next(one for one in self.buyers if one.account == account)

    def bought(self) -> Sequence[str]:
        """Such as stand; where there is none, such as did."""
        licensed = [one for one in self.seen.purchases.values() if one.licence_id]
        standing = [one.id for one in licensed if one.status in BOUGHT]
        return standing or [one.id for one in licensed]

    def _check(self, allowed: set[str], payload: Json | None) -> None:
        codes = codes_of([payload] if payload else [])
        assert codes <= allowed, codes - allowed

    # ---- who sells, and staff --------------------------------------------------------------------

    @rule(which=_ANY, minor=st.integers(100, 200_000), currency=st.sampled_from(list(PRICES)))
    def change_offer(self, which: int, minor: int, currency: CurrencyCode) -> None:
        """Price and terms; of a sold track neither."""
        exclusive = {
            "price": {"amount": f"{minor // 100}.{minor % 100:02}", "currency": currency.value},
            "contactEmail": "other@nova.test",
            "acceptedTermsVersion": LICENCE.current,
            "terms": {"royaltyPercent": str(minor % 50)},
        }
        offer = {"model": "EXCLUSIVE_ONLY", "exclusive": exclusive} if minor % 7 else {"model": "STANDARD"}
        self._as_producer("setTrackLicensing", which, _NOT_CHANGED, input=offer)

    @rule(which=_ANY, visible=st.sampled_from([True, False, None]))
    def take_off(self, which: int, visible: bool | None) -> None:
        """Hide it, show it again, or delete it."""
        if visible is None:
            self._as_producer("deleteTrack", which, _NOT_CHANGED | {"RESERVED_BY_OTHER"})
        else:
            self._as_producer("setTrackVisibility", which, _NOT_CHANGED, input={"visible": visible})

    @rule(which=_ANY)
    def replace_audio(self, which: int) -> None:
        """Not while somebody buys, nor once it is sold; what may be replaced is left alone here."""
        track = self.seen.tracks[self.tracks[which % 3]]
        if self.seen.living(track.id):
            again = {"audioUploadId": track.upload_id}
            self._as_producer("replaceTrackAudio", which, {"RESERVED_BY_OTHER"}, input=again, refuses=True)

    def _as_producer(
        self, name: str, which: int, refused: set[str], *, refuses: bool = False, **given: Any
    ) -> None:
        track, owner = self.tracks[which % 3], self.people.owners[which % 3]
        payload = self.run(self.market.stage.mutate(owner, name, id=track, **given))
        self._check(refused, payload)
        assert not refuses or payload is None or payload["errors"], "what has to be refused was done"

    @rule(which=_ANY, who=_ANY)
    def license(self, which: int, who: int) -> None:
        """None is granted once it is sold, or while somebody buys."""
        track, before = self.tracks[which % 3], self.seen
        payload = self.run(
            self.market.stage.mutate(self.buyers[who % 3], "licenseTrack", "licence { kind }", trackId=track)
        )
        self._check({"NOT_FOUND", "NOT_LICENSABLE"}, payload)
        if payload and payload["licence"] and payload["licence"]["kind"] == "STANDARD":
            new = set(self.ground.look().licences) - set(before.licences)
            assert not (new and before.living(track)), "a standard licence was granted while somebody buys"

    @precondition(lambda self: self.seen.licences)
    @rule(which=_ANY)
    def revoke(self, which: int) -> None:
        """Whatever licence, by staff."""
        if licence := pick(list(self.seen.licences), which):
            revoking = self.market.stage.mutate(self.people.sam, "revokeLicence", id=licence, input=_REVOKE)
            self._check({"ALREADY_REVOKED"}, self.run(revoking))

    # ---- the provider, banks and time ------------------------------------------------------------

    @precondition(lambda self: self.bought())
    @rule(which=_ANY, hundredths=st.integers(1, 100))
    def refund_at_the_desk(self, which: int, hundredths: int) -> None:
        if charge := pick(self.desk.charges(), which):
            left = charge.amount_captured - charge.amount_refunded
            self.desk.refund(charge, max(left * hundredths // 100, 1))

    @precondition(lambda self: self.desk.has_refunds)
    @rule(which=_ANY)
    def refund_fails(self, which: int) -> None:
        if refund := pick(self.desk.refunds(), which):
            self.desk.ask(f"/refunds/{refund}/fail")

    @precondition(lambda self: self.bought())
    @rule(which=_ANY)
    def dispute(self, which: int) -> None:
        if charge := pick(self.desk.charges(), which):
            self.desk.dispute(charge)

    @precondition(lambda self: self.desk.has_disputes)
    @rule(which=_ANY, outcome=st.sampled_from(["win", "lose"]))
    def decide(self, which: int, outcome: str) -> None:
        if dispute := pick(self.desk.disputes(), which):
            self.desk.ask(f"/disputes/{dispute}/{outcome}")

    @rule(which=_ANY)
    def capture_or_cancel_at_the_desk(self, which: int) -> None:
        if payment := pick(self.desk.held(), which):
            (self.desk.capture if which % 2 else self.desk.cancel)(payment)

    @rule(days=st.sampled_from([0.6, 1.1, 8]))
    def days_go_by(self, days: float) -> None:
        """At the provider, which forgets keys, and of the calls that were made with them."""
        self.market.seller.advance(days=days)
        self.run(self.workers.age_calls(days))

    @precondition(lambda self: self.seen.purchases)
    @rule(which=_ANY, trouble=TROUBLES)
    def time_is_over(self, which: int, trouble: Trouble) -> None:
        """For a buyer to pay."""
        self.meet(trouble)
        if purchase := pick(list(self.seen.purchases), which):
            self.run(self.workers.expire(purchase))

    # ---- webhooks and workers --------------------------------------------------------------------

    @rule(trouble=TROUBLES)
    def hear(self, trouble: Trouble) -> None:
        """All that the provider has told, in its order."""
        self.meet(trouble)
        self.run(self.heard(self.market.seller.letters()))

    @rule(seed=st.integers(0, 1000), times=st.integers(1, 2), part=st.integers(1, 3), trouble=TROUBLES)
    def hear_in_disorder(self, seed: int, times: int, part: int, trouble: Trouble) -> None:
        """Some twice, and some later."""
        self.meet(trouble)
        letters = [*self.market.seller.letters(seed=seed), *self.late]
        self.late = letters[::part] if part > 1 else []
        self.tally["webhooks out of order"] += len(letters)
        self.run(self.heard([one for one in letters if one not in self.late] * times))

    @precondition(lambda self: self.seen.unsure)
    @rule()
    def forget_keys(self) -> None:
        """The provider does, after a day."""
        self.tally["keys pruned"] += self.run(self.workers.forget_keys()) or 0

    @rule(forged=st.booleans())
    def lead_webhooks_astray(self, forged: bool) -> None:
        """They are lost for good; or somebody forges one, and the real ones come later."""
        letters = self.market.seller.letters()
        self.tally["webhooks forged" if forged else "webhooks lost"] += 1 if forged else len(letters)
        self.late += letters if forged else []
        for letter in letters[-1:] if forged else []:
            forgery = letter | {"body": letter["body"].replace('"evt_', '"evt_0', 1)}
            assert self.run(self.market.post(forgery)).status_code == 400

    @rule(trouble=TROUBLES)
    def catch_up(self, trouble: Trouble) -> None:
        """With all that never came in."""
        self.meet(trouble)
        self.run(self.workers.catch_up())

    @rule(workers=st.integers(1, 2), trouble=TROUBLES)
    def work(self, workers: int, trouble: Trouble) -> None:
        """By one worker, or by two that reach for the same; leases of dead ones are over by now."""
        self.meet(trouble)
        self.run(self.workers.work(workers))


def pick(some: Sequence[Any], number: int) -> Any:
    """One of them; null where there is none."""
    return some[number % len(some)] if some else None


def codes_of(payloads: list[Json]) -> set[str]:
    """Why something was refused."""
    return {error["code"] for one in payloads for error in one["errors"]}
