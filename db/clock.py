"""The one clock: aware, UTC, cut to milliseconds so that both engines store the same instant."""

from datetime import UTC, datetime


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
