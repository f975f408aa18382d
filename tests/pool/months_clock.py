"""A clock that stands where one puts it."""

from datetime import datetime, timedelta, tzinfo


class Clock:
    """Stands in for `datetime` where the one clock is read."""

    combine = datetime.combine

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, zone: tzinfo) -> datetime:
        return self.at.astimezone(zone)

    def go_on(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)
