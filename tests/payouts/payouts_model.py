"""Payouts as a machine of small steps: producers, banks, webhooks, workers and whatever goes wrong between them (MONEY 6)."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import stripe
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from db.vocabulary import JobKind, PayoutStatus
from tests.factories import Beatmaker
from tests.payouts.payouts_world import World
from tests.purchases.sales_troubles import Trouble, troubles_with
from tests.stage import Json

_ANY: Final = st.integers(0, 5)
"""Which of several, counted on from the first after the last."""
_CALLS: Final = (
    ("POST", "/v1/transfers"),
    ("POST", "/v1/transfers"),
    ("POST", "/v1/transfers/*/reversals"),
    ("POST", "/v1/payouts"),
    ("POST", "/v1/payouts"),
    ("GET", "/v1/transfers/*"),
    ("GET", "/v1/payouts/*"),
    ("GET", "*"),
)
TROUBLES: Final = troubles_with(_CALLS)
_NOT_PAID: Final = {
    "BELOW_MINIMUM",
    "PAYOUTS_HELD",
    "PAYOUT_ACCOUNT_NOT_READY",
    "PAYOUT_UNDER_WAY",
}
_NOT_SET_UP: Final = {"PAYMENTS_UNAVAILABLE", "PAYMENT_REFUSED"}
_KNOWN: Final = ("complete", "document", "no_bank", "refusing_bank")


class Payouts(World):
    """What may happen next."""

    # ---- producers -------------------------------------------------------------------------------

    @rule(who=_ANY, minor=st.integers(1, 20_000))
    def earns(self, who: int, minor: int) -> None:
        self.earn(self._who(who), minor)

    @rule(who=_ANY, minor=st.integers(1, 15_000))
    def loses(self, who: int, minor: int) -> None:
        """A sale is undone, which may have been paid out."""
        self.earn(self._who(who), -minor)

    @rule(who=_ANY, key=st.integers(0, 9), trouble=TROUBLES)
    def request(self, who: int, key: int, trouble: Trouble) -> None:
        """The same key again is the same payout; then a worker sees to it."""
        self.meet(trouble)
        self._check(self.run(self.payroll.ask_for(self._who(who), idempotencyKey=f"key-{key}")))
        self.run(self.workers.work())

    @rule(who=_ANY, trouble=TROUBLES)
    def request_at_once(self, who: int, trouble: Trouble) -> None:
        """By a producer who clicks three times: one at most is new."""
        self.meet(trouble)
        known = set(self.seen.payouts)
        for payload in self.at_once(*(self.payroll.ask_for(self._who(who)) for _ in range(3))):
            self._check(payload)
        assert len(set(self.ground.look().payouts) - known) <= 1, "one balance was asked for twice"
        self.run(self.workers.work(2))

    @rule(trouble=TROUBLES)
    def day_is_due(self, trouble: Trouble) -> None:
        """Everybody who can be paid is."""
        self.meet(trouble)
        self.run(self.workers.routine(JobKind.START_PAYOUTS))

    @rule(who=_ANY, outcome=st.sampled_from(_KNOWN), told=st.booleans())
    def set_up(self, who: int, outcome: str, told: bool) -> None:
        """The form is filled in anew, or for the first time."""
        payload = self.run(self.payroll.onboard(self._who(who)))
        if payload is None:
            return
        codes = {error["code"] for error in payload["errors"]}
        assert codes <= _NOT_SET_UP, codes
        if payload["onboardingUrl"]:
            self.payroll.fill_in(payload["onboardingUrl"], outcome)
        if told:
            self.run(self.heard(self.payroll.seller.letters()))

    @precondition(lambda self: self.seen.accounts)
    @rule(who=_ANY)
    def close_account(self, who: int) -> None:
        """Where nothing is in it: another takes its place."""
        if reference := self._account(who):
            with suppress(stripe.StripeError):
                self.payroll.seller.stripe.v2.core.accounts.close(reference)

    def _check(self, payload: Json | None) -> None:
        codes = {error["code"] for error in payload["errors"]} if payload else set[Any]()
        assert codes <= _NOT_PAID, codes - _NOT_PAID

    def _who(self, number: int) -> Beatmaker:
        return self.ground.producers[number % 3]

    def _account(self, number: int) -> str | None:
        """The latest that somebody has, as the provider calls it."""
        own = [one for one in self.seen.accounts.values() if one.producer_id == self._who(number).producer]
        return max(own, key=lambda one: one.created_at).reference if own else None

    # ---- the provider, banks, staff and time -----------------------------------------------------

    @rule(who=_ANY, outcome=st.sampled_from(_KNOWN))
    def provider_changes_its_mind(self, who: int, outcome: str) -> None:
        """Of an account: it is restricted, or its bank is another."""
        if reference := self._account(who):
            self._ask(f"/accounts/{reference}", outcome=outcome)

    @precondition(lambda self: any(one.bank_reference for one in self.seen.payouts.values()))
    @rule(which=_ANY)
    def bank_sends_it_back(self, which: int) -> None:
        """Also what had arrived."""
        on = [one for one in self.seen.payouts.values() if one.bank_reference]
        chosen = on[which % len(on)]
        self._ask(f"/accounts/{chosen.destination}/payouts/{chosen.bank_reference}/fail")

    @rule(minor=st.integers(1_000, 60_000))
    def platform_takes_in(self, minor: int) -> None:
        with self.interruptions.spared():
            self.payroll.seller.control("DELETE", "/faults")
            self.run(self.payroll.fund(minor))

    @rule(who=_ANY, held=st.booleans())
    def staff_hold(self, who: int, held: bool) -> None:
        given = {"held": held, "reason": "We look at it."}
        payload = self.run(
            self.ground.place.stage.mutate(
                self.ground.sam, "setPayoutHold", "holds { id }", id=self._who(who).producer, input=given
            )
        )
        assert payload is None or payload["errors"] == []

    @rule(days=st.sampled_from([0.6, 1.1, 3]))
    def days_go_by(self, days: float) -> None:
        """At the provider, which forgets keys, and of the calls that were made with them; holds end."""
        self.payroll.seller.advance(days=days)
        self.run(self.workers.age_calls(days))
        if days >= 1:
            self.run(self.workers.end_holds())

    def _ask(self, path: str, **given: Any) -> None:
        """The control; what it refuses changes nothing."""
        self.payroll.seller.advance(seconds=1)
        try:
            self.payroll.seller.control("POST", path, **given)
        except AssertionError as refused:
            if '"error"' not in str(refused):
                raise

    # ---- webhooks and workers --------------------------------------------------------------------

    @rule(trouble=TROUBLES)
    def hear(self, trouble: Trouble) -> None:
        """All that the provider has told, in its order."""
        self.meet(trouble)
        self.run(self.heard(self.payroll.seller.letters()))

    @rule(seed=st.integers(0, 1000), times=st.integers(1, 2), part=st.integers(1, 3), trouble=TROUBLES)
    def hear_in_disorder(self, seed: int, times: int, part: int, trouble: Trouble) -> None:
        """Some twice, and some later."""
        self.meet(trouble)
        letters = [*self.payroll.seller.letters(seed=seed), *self.late]
        self.late = letters[::part] if part > 1 else []
        self.tally["webhooks out of order"] += len(letters)
        self.run(self.heard([one for one in letters if one not in self.late] * times))

    @rule()
    def lose_webhooks(self) -> None:
        self.tally["webhooks lost"] += len(self.payroll.seller.letters())

    @precondition(lambda self: self.seen.unsure)
    @rule()
    def forget_keys(self) -> None:
        """The provider does, after a day."""
        self.tally["keys pruned"] += self.run(self.workers.forget_keys()) or 0

    @rule(trouble=TROUBLES)
    def follow(self, trouble: Trouble) -> None:
        """What nobody has told of."""
        self.meet(trouble)
        self.run(self.workers.routine(JobKind.FOLLOW_PAYOUTS))

    @rule(workers=st.integers(1, 2), trouble=TROUBLES)
    def work(self, workers: int, trouble: Trouble) -> None:
        """By one worker, or by two that reach for the same; leases of dead ones are over by now."""
        self.meet(trouble)
        self.run(asyncio.wait_for(self.workers.work(workers), timeout=60))

    def sent(self) -> list[str]:
        """Payouts that have left."""
        return [one.id for one in self.seen.payouts.values() if one.status is PayoutStatus.SENT]
