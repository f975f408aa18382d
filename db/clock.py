"""The one clock: aware, UTC, cut to milliseconds so that both engines store the same instant."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta
from typing import Final

_BEHIND: Final = ContextVar("behind", default=timedelta())


def now() -> datetime:
    moment = datetime.now(UTC) - _BEHIND.get()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@contextmanager
def set_back(much: timedelta) -> Generator[None]:
    """Have the clock be so much behind, for this task and what it starts.

    For a demo alone, which has months behind it that it enters today: whatever is entered says when, for ever.
    """
    token = _BEHIND.set(much)
    try:
        yield
    finally:
        _BEHIND.reset(token)


def day_of(moment: datetime) -> datetime:
    """The midnight, UTC, that its day began with."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
