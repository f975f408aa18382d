"""What an event must say, when it takes guests, and who gets a seat (D-72)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from api.events.errors import EventIsCancelled, EventIsOver, SeatsAreTaken
from api.refusals import InvalidValue, Problems, Refused
from api.texts import checked_text
from api.viewer import Viewer
from db.vocabulary import ErrorCode, Role

LONGEST_DAYS: Final = 14
"""Of an event; as `db.queries.events` looks for what is not over."""
_FURTHEST: Final = timedelta(days=2 * 366)
"""Nobody plans further ahead; a later year is a slip of the keyboard."""
_LONGEST_TITLE: Final = 100
_LONGEST_TEXT: Final = 5000
_LONGEST_PLACE: Final = 200
MOST_SEATS: Final = 100_000


class EventFacts(Protocol):
    """What stands of an event."""

    @property
    def id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Times:
    """From when to when."""

    starts_at: datetime
    ends_at: datetime


def sees_events(viewer: Viewer | None) -> bool:
    """Verified producers see events (D-5), and staff, who make them."""
    return viewer is not None and (viewer.has(Role.VERIFIED_PRODUCER) or viewer.has(Role.STAFF))


def checked_event(problems: Problems, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given facts as columns; what is wrong is noted under the fact's name.

    Args:
        problems: Takes every problem.
        given: By the names of `FACTS`; null clears the capacity alone.
    """
    columns: dict[str, Any] = {}
    for name, value in given.items():
        with problems.under(name):
            columns[name] = _FACTS[name](value)
    return columns


def check_times(problems: Problems, times: Times, moment: datetime, *, moved: bool) -> None:
    """Note that an event would end before it begins, last too long, or begin at no time to come.

    Args:
        moved: It would begin at another time than it did; what has begun may still be corrected otherwise.
    """
    if times.ends_at <= times.starts_at:
        problems.note(_out_of_range("ends_at", "An event ends after it has begun."))
    elif times.ends_at - times.starts_at > timedelta(days=LONGEST_DAYS):
        problems.note(_out_of_range("ends_at", f"An event lasts at most {LONGEST_DAYS} days."))
    elif times.ends_at <= moment:
        problems.note(_out_of_range("ends_at", "This is over already."))
    if moved and times.starts_at <= moment:
        problems.note(_out_of_range("starts_at", "Choose a time to come."))
    elif moved and times.starts_at - moment > _FURTHEST:
        problems.note(_out_of_range("starts_at", "This is more than two years ahead."))


def why_not_open(event: EventFacts, moment: datetime) -> Refused | None:
    """Why nobody comes or goes any more, and nothing is changed; null if they do."""
    if event.cancelled_at is not None:
        return EventIsCancelled(object_id=event.id)
    return EventIsOver(object_id=event.id) if event.ends_at <= moment else None


def check_seats(capacity: int | None, going: int) -> None:
    """Let a capacity pass that has a seat for everybody who has one.

    Raises:
        SeatsAreTaken: It has not.
    """
    if capacity is not None and capacity < going:
        sentence = f"{going} people have a seat already, and nobody loses one: choose {going} or more."
        raise SeatsAreTaken(sentence, minimum=Decimal(going))


def free_seats(capacity: int | None, going: int) -> int | None:
    """How many more can come; null: as many as like."""
    return None if capacity is None else max(0, capacity - going)


def in_words(times: Times) -> str:
    """Such as "5 December 2026, 18:00 to 20:00 UTC"."""
    start, end = times.starts_at.astimezone(UTC), times.ends_at.astimezone(UTC)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end)}, {end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M} to {until} UTC"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _out_of_range(name: str, sentence: str) -> InvalidValue:
    return InvalidValue(sentence, (name,), ErrorCode.OUT_OF_RANGE)


def _title(value: str | None) -> str:
    return checked_text(value or "", longest=_LONGEST_TITLE)


def _markdown(value: str | None) -> str:
    return checked_text(value or "", longest=_LONGEST_TEXT, lines=True)


def _place(value: str | None) -> str:
    return checked_text(value or "", longest=_LONGEST_PLACE)


def _instant(value: datetime | None) -> datetime:
    if value is None:
        raise InvalidValue("An event has a time.", code=ErrorCode.REQUIRED)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _capacity(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MOST_SEATS:
        sentence = f"An event has 1 to {MOST_SEATS:,} seats; without a number, as many as like can come."
        least, most = Decimal(1), Decimal(MOST_SEATS)
        raise InvalidValue(sentence, code=ErrorCode.OUT_OF_RANGE, minimum=least, maximum=most)
    return value


_FACTS: Final[dict[str, Callable[[Any], Any]]] = {
    "title": _title,
    "markdown": _markdown,
    "place": _place,
    "starts_at": _instant,
    "ends_at": _instant,
    "capacity": _capacity,
}
FACTS: Final = tuple(_FACTS)
