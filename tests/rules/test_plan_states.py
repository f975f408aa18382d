"""A plan's states follow each other as its table says, whatever the payment provider tells (D-50)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plans.rules import STATES, TRANSITIONS, Standing, gives_its_benefits, standing
from db.vocabulary import PlanStatus

_NOW: Final = datetime(2026, 11, 28, tzinfo=UTC)
_GRACE: Final = timedelta(days=7)
_PROVIDER: Final = {
    "incomplete": {"active", "incomplete_expired"},
    "trialing": {"active", "past_due", "unpaid", "canceled", "paused"},
    "active": {"past_due", "unpaid", "canceled"},
    "past_due": {"active", "unpaid", "canceled"},
    "unpaid": {"active", "canceled"},
    "paused": {"canceled"},
    "canceled": set[str](),
    "incomplete_expired": set[str](),
}
"""What becomes of what at the provider. Only trials without a card are paused, and go on; there are none."""
Look = tuple[str, bool]
"""The provider's word, and whether it ends with its period."""


def following(look: Look) -> list[Look]:
    """What may be seen after one thing has happened. What is not paid yet can be neither stopped nor resumed."""
    word, ends = look
    turned = [] if word == "incomplete" else [(word, not ends)]
    return [*turned, *((later, ends) for later in sorted(_PROVIDER[word]))]


def looks() -> Iterator[Look]:
    """All that can come of a checkout."""
    yield ("incomplete", False)
    yield from ((word, ends) for word in sorted(_PROVIDER) for ends in (False, True) if word != "incomplete")


def at(look: Look, known_grace: datetime | None = None) -> Standing:
    word, ends = look
    return standing(word, ends=ends, known_grace=known_grace, moment=_NOW, grace=_GRACE)


def test_each_of_the_providers_words_is_a_state() -> None:
    assert STATES.keys() == _PROVIDER.keys()
    assert set(STATES.values()) | {PlanStatus.CANCELLING} == set(PlanStatus) == TRANSITIONS.keys()


def test_what_one_step_of_the_provider_changes_is_what_the_table_has_and_nothing_is_in_it_for_nothing() -> (
    None
):
    seen = {(at(look).status, at(later).status) for look in looks() for later in following(look)}
    changed = {(before, after) for before, after in seen if before is not after}
    assert changed == {(before, after) for before in TRANSITIONS for after in TRANSITIONS[before]}


@given(st.lists(st.integers(0, 59), max_size=12))
def test_any_walk_of_the_provider_stays_within_the_table_and_what_is_over_stays_over(
    choices: list[int],
) -> None:
    look, status = ("incomplete", False), PlanStatus.CHECKOUT_OPEN
    for choice in choices:
        ways = following(look)
        if not ways:
            break
        look = ways[choice % len(ways)]
        after = at(look).status
        assert after is status or after in TRANSITIONS[status]
        status = after


@pytest.mark.parametrize("word", STATES)
@given(st.booleans(), st.none() | st.integers(-20, 20))
def test_days_of_grace_are_there_while_a_bill_waits_and_are_never_prolonged(
    word: str, ends: bool, known: int | None
) -> None:
    grace = None if known is None else _NOW + timedelta(days=known)
    found = at((word, ends), grace)
    if found.status is PlanStatus.PAYMENT_FAILED:
        assert found.grace_ends_at == (grace or _NOW + _GRACE)
        good = known is None or known > 0
    else:
        assert found.grace_ends_at is None
        good = found.status in {PlanStatus.ACTIVE, PlanStatus.CANCELLING}
    assert gives_its_benefits(found.status, found.grace_ends_at, _NOW) is good
