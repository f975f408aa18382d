"""D-60: what openings cost, what is left, and what comes back."""

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from api.requests.rules import why_not_paid, why_not_renewed
from api.requests.tokens import COSTS, LENGTHS, Tokens, month_of, next_month
from db.vocabulary import BeatRequestDuration, BeatRequestStatus, ErrorCode

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TURN = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_day_costs_a_token() -> None:
    assert {one.value: (COSTS[one], LENGTHS[one]) for one in BeatRequestDuration} == {
        "HOURS_24": (1, timedelta(hours=24)),
        "HOURS_48": (2, timedelta(hours=48)),
        "HOURS_72": (3, timedelta(hours=72)),
    }


@pytest.mark.parametrize(
    ("moment", "month", "turn"),
    [
        (NOW, "2026-11", TURN),
        (datetime(2026, 12, 31, 23, 59, 59, 999_000, UTC), "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (TURN, "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2027, 1, 31, 12, tzinfo=UTC), "2027-01", datetime(2027, 2, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-11", TURN),
    ],
)
def test_a_month_is_that_of_utc(moment: datetime, month: str, turn: datetime) -> None:
    assert (month_of(moment), next_month(moment)) == (month, turn)


@pytest.mark.parametrize(
    ("tokens", "remaining", "back_of_three"),
    [
        (Tokens(3), 3, 0),
        (Tokens(3, spent=1), 2, 1),
        (Tokens(3, spent=3), 0, 3),
        (Tokens(3, spent=3, refunded=2), 2, 1),
        (Tokens(5, spent=5), 0, 3),
        (Tokens(1, spent=3), 0, 3),
        (Tokens(1, spent=3, refunded=1), 0, 2),
    ],
)
def test_what_comes_back_never_exceeds_the_allowance(
    tokens: Tokens, remaining: int, back_of_three: int
) -> None:
    assert (tokens.remaining, tokens.refund_of(3)) == (remaining, back_of_three)


def test_whatever_is_spent_and_refunded_the_rest_lies_between_nothing_and_the_allowance() -> None:
    chance = random.Random(60)
    for _ in range(300):
        tokens = Tokens(chance.randint(1, 5))
        for _ in range(20):
            cost = chance.randint(1, 3)
            if chance.random() < 0.5 and cost <= tokens.remaining:
                tokens = Tokens(tokens.allowance, tokens.spent + cost, tokens.refunded)
            else:
                tokens = Tokens(tokens.allowance, tokens.spent, tokens.refunded + tokens.refund_of(cost))
            assert 0 <= tokens.remaining <= tokens.allowance


@pytest.mark.parametrize(
    ("tokens", "cost", "until", "retry_at"),
    [
        (Tokens(3, spent=2), 2, None, TURN),
        (Tokens(1), 2, None, None),
        (Tokens(1, spent=1), 1, NOW + timedelta(days=30), TURN),
        (Tokens(1, spent=1), 1, TURN, None),
    ],
)
def test_who_has_too_few_is_told_when_waiting_helps(
    tokens: Tokens, cost: int, until: datetime | None, retry_at: datetime | None
) -> None:
    refused = why_not_paid(tokens, cost, NOW, until=until)
    assert refused
    assert (refused.code, refused.limit, refused.retry_at) == (
        ErrorCode.NOT_ENOUGH_TOKENS,
        tokens.allowance,
        retry_at,
    )


def test_who_has_just_enough_may_go_on() -> None:
    assert why_not_paid(Tokens(3, spent=1), 2, NOW) is None


@pytest.mark.parametrize(
    ("status", "ended", "renewable"),
    [
        (BeatRequestStatus.ACTIVE, timedelta(hours=-1), False),
        (BeatRequestStatus.DELETED, timedelta(hours=1), False),
        (BeatRequestStatus.EXPIRED, timedelta(0), True),
        (BeatRequestStatus.EXPIRED, timedelta(days=30) - timedelta(milliseconds=1), True),
        (BeatRequestStatus.EXPIRED, timedelta(days=30), False),
    ],
)
def test_a_request_is_renewable_for_thirty_days(
    status: BeatRequestStatus, ended: timedelta, renewable: bool
) -> None:
    assert (why_not_renewed(status, NOW - ended, NOW) is None) == renewable
