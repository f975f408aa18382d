"""The one clock: aware, UTC, cut to milliseconds so that both engines store the same instant."""

from datetime import UTC, datetime, time


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def day_of(moment: datetime) -> datetime:
    """The midnight, UTC, that its day began with."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
