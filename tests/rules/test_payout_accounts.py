"""What a payout account is, from what the provider says (D-55)."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gateways.payout_facts import AccountFacts, Capability, RequirementFacts
from api.payouts import journals
from api.payouts.journals import Paid
from api.payouts.rules import asked_for, can_be_replaced, is_country, standing
from db.bookkeeping import PAYOUT_CLEARING, STRIPE_CASH, changes_of, payable_to
from db.ids import PayoutId, ProducerId
from db.money import Amount
from db.transitions import PAYOUT_ACCOUNT
from db.vocabulary import CurrencyCode, JournalSource, PayoutAccountStatus

_DAY: Final = datetime(2026, 12, 1, tzinfo=UTC)
_NAME: Final = "identity.individual.given_name"


def a_requirement(what: str = _NAME, **different: Any) -> RequirementFacts:
    usual: dict[str, Any] = {"problem": "", "due_at": None, "overdue": False, "by_owner": True}
    return RequirementFacts(what, **(usual | different))


def an_account(**different: Any) -> AccountFacts:
    usual: dict[str, Any] = {
        "closed": False,
        "filled_in": True,
        "transfers": Capability.ACTIVE,
        "payouts": Capability.ACTIVE,
        "requirements": (),
    }
    return AccountFacts("acct_1", **(usual | different))


_PENDING: Final = {"transfers": Capability.PENDING, "payouts": Capability.PENDING}
_RESTRICTED: Final = {"transfers": Capability.RESTRICTED, "payouts": Capability.RESTRICTED}


@pytest.mark.parametrize(
    ("facts", "was_ready", "status"),
    [
        (an_account(), False, PayoutAccountStatus.READY),
        (an_account(payouts=Capability.RESTRICTED), False, PayoutAccountStatus.INCOMPLETE),
        (an_account(payouts=Capability.RESTRICTED), True, PayoutAccountStatus.RESTRICTED),
        (an_account(requirements=(a_requirement(),)), False, PayoutAccountStatus.READY),
        (an_account(requirements=(a_requirement(overdue=True),)), True, PayoutAccountStatus.RESTRICTED),
        (
            an_account(requirements=(a_requirement(overdue=True, by_owner=False),)),
            True,
            PayoutAccountStatus.READY,
        ),
        (an_account(**_PENDING), False, PayoutAccountStatus.UNDER_REVIEW),
        (an_account(**_PENDING), True, PayoutAccountStatus.RESTRICTED),
        (an_account(**_PENDING, requirements=(a_requirement(),)), False, PayoutAccountStatus.INCOMPLETE),
        (an_account(**_RESTRICTED, filled_in=False), False, PayoutAccountStatus.CREATED),
        (an_account(payouts=Capability.REFUSED), True, PayoutAccountStatus.REJECTED),
        (an_account(closed=True), True, PayoutAccountStatus.DISCONNECTED),
    ],
)
def test_an_account_is_ready_when_it_can_receive_and_send_and_nothing_is_overdue(
    facts: AccountFacts, was_ready: bool, status: PayoutAccountStatus
) -> None:
    assert standing(facts, known=PayoutAccountStatus.NONE, was_ready=was_ready) is status


@given(
    st.builds(
        an_account,
        closed=st.booleans(),
        filled_in=st.booleans(),
        transfers=st.sampled_from(Capability),
        payouts=st.sampled_from(Capability),
        requirements=st.lists(
            st.builds(a_requirement, overdue=st.booleans(), by_owner=st.booleans()), max_size=2
        ).map(tuple),
    ),
    st.sampled_from([one for one in PayoutAccountStatus if one is not PayoutAccountStatus.DISCONNECTED]),
    st.booleans(),
)
def test_whatever_the_provider_says_next_is_in_the_table(
    facts: AccountFacts, known: PayoutAccountStatus, ready_once: bool
) -> None:
    was_ready = known in {PayoutAccountStatus.READY, PayoutAccountStatus.RESTRICTED} or (
        ready_once and known is PayoutAccountStatus.REJECTED
    )
    found = standing(facts, known=known, was_ready=was_ready)
    assert found is known or found in PAYOUT_ACCOUNT[known]


def test_what_is_asked_for_is_said_once_and_what_is_due_first_comes_first() -> None:
    facts = an_account(
        requirements=(
            a_requirement("identity.individual.address.line1"),
            a_requirement("identity.individual.address.city"),
            a_requirement("identity.individual.relationship.title", due_at=_DAY),
            a_requirement(by_owner=False),
            a_requirement("x", problem="The picture is blurred."),
        )
    )
    assert asked_for(facts) == [
        {"message": "Individual, relationship, title.", "due_at": "2026-12-01T00:00:00+00:00"},
        {"message": "Your address.", "due_at": None},
        {"message": "The picture is blurred.", "due_at": None},
    ]


@pytest.mark.parametrize(
    ("text", "country"),
    [("CA", True), ("ca", False), ("CAN", False), ("", False), ("ÄÖ", False), ("CA\n", False), ("ZZ", False)],
)
def test_a_country_is_one_of_those_that_there_are(text: str, country: bool) -> None:
    assert is_country(text) is country


def test_what_was_looked_at_or_paid_to_is_not_replaced() -> None:
    replaced = {one for one in PayoutAccountStatus if can_be_replaced(one)}
    assert replaced == {
        PayoutAccountStatus.NONE,
        PayoutAccountStatus.CREATED,
        PayoutAccountStatus.INCOMPLETE,
    }


@given(st.integers(1, 10**12))
def test_a_payout_that_goes_and_comes_back_leaves_everything_as_it_was(minor: int) -> None:
    paid = Paid(PayoutId("pot_1"), ProducerId("pro_1"), Amount(minor, CurrencyCode.CAD))
    out = [journals.begun(paid, _DAY), journals.sent(paid, _DAY)]
    moves = [move for one in out for move in one.moves]
    there = {account: change for (account, _), change in changes_of(moves).items() if change}
    assert there == {payable_to(paid.producer): -minor, STRIPE_CASH: minor}
    home = [*moves, *journals.returned(paid, _DAY).moves]
    assert not any(changes_of(home).values())
    refused = [*journals.begun(paid, _DAY).moves, *journals.rejected(paid, _DAY).moves]
    assert not any(changes_of(refused).values())
    assert [one.source.kind for one in out] == [JournalSource.PAYOUT_BEGUN, JournalSource.PAYOUT_SENT]
    assert (PAYOUT_CLEARING, CurrencyCode.CAD) in changes_of(out[0].moves)
