"""By when a ticket is to be answered, and when it can be written to (D-72)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.support.rules import (
    MOST_MESSAGES,
    ORDINARY,
    PRIORITY,
    SupportTerms,
    after_working_days,
    end_in_words,
    reference_of,
    status_after,
    why_not_written,
)
from db.ids import AccountId, SupportTicketId
from db.vocabulary import TicketStatus

TERMS = SupportTerms(
    days=3, priority_days=1, reopened_within=timedelta(days=14), tickets_a_day=5, guest_tickets_an_hour=10
)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=7300)).map(lambda since: _BEGIN + since)
FRIDAY = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)

A_TICKET = SupportTicketId("tkt_01kb4n7e5m6q8r9s0t1v2w3x4y")


@dataclass(frozen=True)
class Ticket:
    status: TicketStatus = TicketStatus.OPEN
    messages: int = 1
    closed_at: datetime | None = None
    id: SupportTicketId = A_TICKET
    account_id: AccountId | None = None


@pytest.mark.parametrize(
    ("moment", "days", "by"),
    [
        ("2026-11-24 09:00", 1, "2026-11-25 09:00"),
        ("2026-11-24 09:00", 3, "2026-11-27 09:00"),
        ("2026-11-25 09:00", 3, "2026-11-30 09:00"),
        ("2026-11-27 15:30", 1, "2026-11-30 15:30"),
        ("2026-11-27 15:30", 3, "2026-12-02 15:30"),
        ("2026-11-28 10:00", 1, "2026-12-01 00:00"),
        ("2026-11-29 23:59", 1, "2026-12-01 00:00"),
        ("2026-11-29 23:59", 3, "2026-12-03 00:00"),
        ("2026-11-30 00:00", 5, "2026-12-07 00:00"),
    ],
)
def test_weekends_do_not_count(moment: str, days: int, by: str) -> None:
    at, expected = (datetime.fromisoformat(f"{one}+00:00") for one in (moment, by))
    assert after_working_days(at, days) == expected


@given(
    MOMENTS,
    st.integers(1, 20),
)
def test_nothing_is_due_on_a_weekend_and_never_sooner_than_so_many_days(moment: datetime, days: int) -> None:
    by = after_working_days(moment, days)
    assert by.weekday() < 5
    assert timedelta(days=days) <= by - moment <= timedelta(days=7 * (days // 5 + 1) + 2)
    working = [moment + timedelta(days=one) for one in range(1, (by - moment).days + 1)]
    assert sum(one.weekday() < 5 for one in working) in {days, days + 1}


@given(
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_what_comes_later_is_not_due_before(moment: datetime, later: timedelta) -> None:
    assert after_working_days(moment, 1) <= after_working_days(moment + later, 1)


def test_priority_is_answered_sooner() -> None:
    assert TERMS.respond_by(FRIDAY, PRIORITY) == datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert TERMS.respond_by(FRIDAY, ORDINARY) == datetime(2026, 12, 2, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ticket", "moment", "code"),
    [
        (Ticket(), FRIDAY, None),
        (Ticket(messages=MOST_MESSAGES - 1), FRIDAY, None),
        (Ticket(messages=MOST_MESSAGES), FRIDAY, "TICKET_FULL"),
        (Ticket(TicketStatus.CLOSED, 2, FRIDAY), FRIDAY + timedelta(days=14, milliseconds=-1), None),
        (Ticket(TicketStatus.CLOSED, 2, FRIDAY), FRIDAY + timedelta(days=14), "TICKET_CLOSED"),
    ],
)
def test_an_owner_writes_until_it_is_full_or_long_closed_and_staff_always(
    ticket: Ticket, moment: datetime, code: str | None
) -> None:
    refused = why_not_written(ticket, moment, TERMS, by_staff=False)
    assert (refused.code if refused else None) == code
    assert why_not_written(ticket, moment, TERMS, by_staff=True) is None


def test_what_a_ticket_is_follows_of_who_wrote_last() -> None:
    assert [status_after(by_staff=one, close=close) for one in (True, False) for close in (True, False)] == [
        "CLOSED",
        "ANSWERED",
        "CLOSED",
        "OPEN",
    ]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "The ticket is closed."),
        (1, "The ticket is closed; what you write to it within a day opens it again."),
        (14, "The ticket is closed; what you write to it within 14 days opens it again."),
    ],
)
def test_the_end_of_a_ticket_is_told_with_how_long_it_can_be_opened_again(days: int, sentence: str) -> None:
    assert end_in_words(replace(TERMS, reopened_within=timedelta(days=days))) == sentence


def test_a_ticket_has_a_short_name() -> None:
    assert reference_of(A_TICKET) == "1V2W3X4Y"
