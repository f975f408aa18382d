"""What can be switched, which days a report covers, when a digest is due, and what unsubscribing means (D-70, D-71)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from api.channels import ALWAYS, IN_DIGESTS, VERIFIED_ONLY
from api.notifications.errors import NoEmailIsSent, SecurityIsAlwaysTold
from api.refusals import Refused, required_role
from api.texts import in_a_row
from db.vocabulary import NotificationChannel, NotificationKind, ReportSpan, Role

_REPORTED_WITHIN: Final = timedelta(days=3)
"""Of the end of a period: long enough for an installation that stood still, and no old news for who is verified later."""
DIGEST_SCOPE: Final = "DIGEST"
_NAMES: Final = {
    NotificationKind.NEW_UPLOAD: "new uploads of producers you follow",
    NotificationKind.NEW_FOLLOWER: "new followers",
    NotificationKind.BEAT_SUBMISSION: "tracks offered to beat requests, and what is said to yours",
    NotificationKind.MATCHING_REQUEST: "beat requests that your tracks answer",
    NotificationKind.REQUEST_EXPIRING: "beat requests of yours that close soon",
    NotificationKind.LICENSE_GRANTED: "licences of yours",
    NotificationKind.TRACK_DOWNLOAD: "downloads of your tracks",
    NotificationKind.EXCLUSIVE_SOLD: "exclusive sales of your tracks",
    NotificationKind.PLAY_MILESTONE: "milestones of your tracks' plays",
    NotificationKind.ACHIEVEMENT: "achievements",
    NotificationKind.SIMILARITY_MATCH: "similar audio that was found",
    NotificationKind.NEW_SUBSCRIBERS: "followers of yours who subscribe",
    NotificationKind.ANALYTICS_REPORT: "Analytics Reports",
    NotificationKind.PAYOUT_UPDATE: "your payouts",
    NotificationKind.PAYOUT_SETUP_REMINDER: "setting up your payouts",
    NotificationKind.SUPPORT_REPLY: "answers to your support tickets",
    NotificationKind.CONTACT_REQUEST: "requests to connect",
    NotificationKind.EVENT_UPDATE: "events you have a seat or a place in the line of",
    NotificationKind.CASE_DECIDED: "decisions about your applications and appeals",
}


def why_not_switched(
    kind: NotificationKind, channel: NotificationChannel, *, verified: bool, mailing: bool
) -> Refused | None:
    """Why a switch cannot be changed; null if it can."""
    if kind in ALWAYS:
        return SecurityIsAlwaysTold()
    if kind in VERIFIED_ONLY and not verified:
        return required_role(Role.VERIFIED_PRODUCER)
    return NoEmailIsSent() if channel is NotificationChannel.EMAIL and not mailing else None


# ---- unsubscribing -------------------------------------------------------------------------------


def scope_of(kind: NotificationKind) -> str | None:
    """What the link in an e-mail about this kind switches off; null: there is no such link."""
    return None if kind in ALWAYS else kind.value


def kinds_in(scope: str) -> frozenset[NotificationKind]:
    """The kinds whose e-mails a link switches off; none for a scope that there is not."""
    if scope == DIGEST_SCOPE:
        return IN_DIGESTS
    return frozenset(kind for kind in NotificationKind if kind not in ALWAYS and kind.value == scope)


def in_words(kinds: frozenset[NotificationKind]) -> str:
    """What the kinds are about, as part of a sentence."""
    return in_a_row([_NAMES[kind] for kind in NotificationKind if kind in kinds])


# ---- when --------------------------------------------------------------------------------------------


def latest_moment(moment: datetime, *, hour: int) -> datetime:
    """When this hour of the day (UTC) last began."""
    today = datetime.combine(moment.astimezone(UTC).date(), time(hour), UTC)
    return today if today <= moment else today - timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A week or a month.

    Attributes:
        days: All of its days, in order.
    """

    span: ReportSpan
    first_day: date

    @property
    def days(self) -> list[date]:
        length = 7 if self.span is ReportSpan.WEEK else (_next_month(self.first_day) - self.first_day).days
        return [self.first_day + timedelta(days=number) for number in range(length)]

    @property
    def before(self) -> "Period":
        """The one that ended as this one began."""
        eve = self.first_day - timedelta(days=1)
        return Period(
            self.span, eve.replace(day=1) if self.span is ReportSpan.MONTH else eve - timedelta(days=6)
        )

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first_day, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.days[-1] + timedelta(days=1), time(), UTC)

    @property
    def title(self) -> str:
        """Such as "16 to 22 November 2026", or "November 2026"."""
        first, last = self.first_day, self.days[-1]
        if self.span is ReportSpan.MONTH:
            return f"{first:%B %Y}"
        if first.month == last.month:
            return f"{first.day} to {last.day} {last:%B %Y}"
        year = "" if first.year == last.year else f" {first.year}"
        return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def periods_to_report(today: date) -> list[Period]:
    """The weeks and months that ended in the last days."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    last_week = Period(ReportSpan.WEEK, monday - timedelta(days=7))
    last_month = Period(ReportSpan.MONTH, (month - timedelta(days=1)).replace(day=1))
    return [
        period
        for period, ended in ((last_week, monday), (last_month, month))
        if today - ended < _REPORTED_WITHIN
    ]


def _next_month(first_day: date) -> date:
    return (first_day.replace(day=28) + timedelta(days=4)).replace(day=1)


# ---- what a report says --------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """A producer's period in numbers.

    Attributes:
        by_day: New followers of each day, in order.
        followers: At the end of the period.
        plays_by_day: Counted plays of each day of tracks that credited the producer; reports from before there were
            plays have none.
        plays_before: Those of the period before.
        top_tracks: Title and plays of what was played most, the most first.
    """

    by_day: Sequence[int]
    followers: int
    tracks_published: int
    matches_found: int
    xp_gained: int
    plays_by_day: Sequence[int] = ()
    plays_before: int = 0
    top_tracks: Sequence[tuple[str, int]] = ()

    @property
    def plays(self) -> int:
        return sum(self.plays_by_day)

    @property
    def charted(self) -> "Charted":
        """Plays, where there are any: they tell more."""
        if self.plays:
            return Charted("Plays a day", self.plays_by_day)
        return Charted("New followers a day", self.by_day)

    @property
    def new_followers(self) -> int:
        return sum(self.by_day)

    @property
    def is_quiet(self) -> bool:
        """Nothing at all happened: there is nothing to report."""
        gained = self.plays, self.new_followers, self.tracks_published, self.matches_found, self.xp_gained
        return not any(gained)

    def sentence(self, span: ReportSpan) -> str:
        """All of it in one sentence."""
        return (
            f"{self._plays_in_words(span)}{_counted(self.new_followers, 'new follower')} ({self.followers} in all),"
            f" {_counted(self.tracks_published, 'track')} published,"
            f" {_counted(self.matches_found, 'match', 'matches')} found, {self.xp_gained} XP gained."
        )

    def _plays_in_words(self, span: ReportSpan) -> str:
        if not self.plays and not self.plays_before:
            return ""
        return f"{_counted(self.plays, 'play')} ({self.plays_before:,} the {span.lower()} before), "

    def stored(self) -> dict[str, object]:
        """As JSON has it."""
        top = [list(one) for one in self.top_tracks]
        return {
            **vars(self),
            "by_day": list(self.by_day),
            "plays_by_day": list(self.plays_by_day),
            "top_tracks": top,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Figures":
        """What was stored."""
        figures: dict[str, Any] = {**stored}
        figures["top_tracks"] = [(title, plays) for title, plays in stored.get("top_tracks", ())]
        return cls(**figures)


@dataclass(frozen=True)
class Charted:
    """What a chart shows: a bar for each day.

    Attributes:
        heading: Such as "Plays a day".
    """

    heading: str
    by_day: Sequence[int]


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
