"""What our e-mails say and look like: plain text and HTML of the same, from the templates beside this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.channels import IN_DIGESTS
from api.gateways.mail import Mail, Picture
from api.notifications.rules import DIGEST_SCOPE, Figures, Period, in_words, kinds_in, scope_of
from api.notifications.unsubscribing import UnsubscribeLinks
from api.settings import Settings
from db.queries.mailing import Addressee, LetterRow
from db.vocabulary import NotificationKind, ReportSpan

_FOLDER: Final = Path(__file__).parent / "templates"
PAGES: Final = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_OF_EACH_KIND: Final = 20
"""In a digest; a longer one is not read."""
_HEADINGS: Final = {
    NotificationKind.NEW_UPLOAD: "New uploads",
    NotificationKind.NEW_FOLLOWER: "New followers",
    NotificationKind.BEAT_SUBMISSION: "Beat submissions",
    NotificationKind.MATCHING_REQUEST: "Matching requests",
    NotificationKind.TRACK_DOWNLOAD: "Track downloads",
    NotificationKind.NEW_SUBSCRIBERS: "New subscribers",
    NotificationKind.PLAY_MILESTONE: "Play milestones",
    NotificationKind.ACHIEVEMENT: "Achievements",
}
_REPORTS: Final = {ReportSpan.WEEK: "Your week on BeatPass", ReportSpan.MONTH: "Your month on BeatPass"}
CHART: Final = "chart"


@dataclass(frozen=True)
class Report:
    """What the e-mail of an Analytics Report shows; the chart is a PNG, null where it is gone."""

    period: Period
    figures: Figures
    chart: bytes | None


class Letters:
    """Writes the e-mails of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.share_base
        self._links = UnsubscribeLinks(settings)

    def notice(self, row: LetterRow, to: Addressee) -> Mail:
        """One notification."""
        facts = {"title": row.title, "body": row.body, "link": self._link(row.path)}
        return self._mail("notice", row, to, row.title, facts)

    def report(self, row: LetterRow, to: Addressee, report: Report) -> Mail:
        """An Analytics Report, with its chart in the text."""
        figures, chart = report.figures, report.chart
        facts = {
            "title": _REPORTS[report.period.span],
            "period": report.period.title,
            "figures": _table(figures, report.period.span),
            "alt": chart_in_words(report.period, figures),
            "chart": CHART if chart else None,
            "link": self._link(row.path),
        }
        pictures = [Picture(CHART, chart)] if chart else []
        return self._mail("report", row, to, row.title, facts, pictures)

    def digest(self, rows: Sequence[LetterRow], to: Addressee, *, sent_at: datetime) -> Mail:
        """Everything that waited; one of an account and a day, whatever has come or was read meanwhile."""
        groups = [group for kind in _HEADINGS if (group := self._group(kind, rows))]
        unsubscribe = self._links.of(to.account_id, DIGEST_SCOPE)
        subject = "On BeatPass: " + ", ".join(f"{one['count']} {one['heading'].lower()}" for one in groups)
        facts = {"name": to.name, "groups": groups, "about": in_words(IN_DIGESTS)}
        plain, html = self._texts("digest", facts | {"subject": subject, "unsubscribe": unsubscribe})
        named = sha256(f"{to.account_id} {sent_at.date()}".encode()).hexdigest()[:32]
        return Mail(
            id=f"digest_{named}",
            to_name=to.name,
            to_address=to.address,
            subject=subject,
            plain=plain,
            html=html,
            sent_at=sent_at,
            unsubscribe=unsubscribe,
        )

    def _mail(
        self,
        template: str,
        row: LetterRow,
        to: Addressee,
        subject: str,
        facts: Mapping[str, object],
        pictures: Sequence[Picture] = (),
    ) -> Mail:
        scope = scope_of(row.kind)
        unsubscribe = self._links.of(to.account_id, scope) if scope else None
        about = in_words(kinds_in(scope)) if scope else ""
        shared = {"subject": subject, "unsubscribe": unsubscribe, "about": about}
        plain, html = self._texts(template, {**facts, **shared})
        return Mail(
            id=row.id,
            to_name=to.name,
            to_address=to.address,
            subject=subject,
            plain=plain,
            html=html,
            sent_at=row.created_at,
            unsubscribe=unsubscribe,
            pictures=pictures,
        )

    def _texts(self, template: str, facts: Mapping[str, object]) -> tuple[str, str]:
        plain, html = (PAGES.get_template(f"{template}.{form}") for form in ("txt", "html"))
        return plain.render(site=self._site, **facts), html.render(site=self._site, **facts)

    def _group(self, kind: NotificationKind, rows: Sequence[LetterRow]) -> dict[str, Any] | None:
        own = [row for row in rows if row.kind is kind]
        items = [
            {"title": row.title, "body": row.body, "link": self._link(row.path)}
            for row in own[:_OF_EACH_KIND]
        ]
        heading = _HEADINGS[kind] if len(own) != 1 else _HEADINGS[kind].removesuffix("s")
        count, more = len(own), len(own) - len(items)
        return {"heading": heading, "entries": items, "count": count, "more": more} if own else None

    def _link(self, path: str) -> str:
        return f"{self._site}{quote(path)}"


def _table(figures: Figures, span: ReportSpan) -> list[tuple[str, int]]:
    return [
        *_plays(figures, span),
        ("New followers", figures.new_followers),
        ("Followers in all", figures.followers),
        ("Tracks published", figures.tracks_published),
        ("Matches found", figures.matches_found),
        ("XP gained", figures.xp_gained),
    ]


def _plays(figures: Figures, span: ReportSpan) -> list[tuple[str, int]]:
    """None where there was none, now or before."""
    if not figures.plays and not figures.plays_before:
        return []
    most = [(f"Plays of “{title}”", plays) for title, plays in figures.top_tracks]
    return [("Plays", figures.plays), (f"Plays the {span.lower()} before", figures.plays_before), *most]


def chart_in_words(period: Period, figures: Figures) -> str:
    """The chart for who does not see it."""
    charted = figures.charted
    days = zip(period.days, charted.by_day, strict=True)
    said = [f"{number:,} on {day.day} {day:%B}" for day, number in days if number]
    return f"{charted.heading}, {period.title}: {', '.join(said) or 'none'}."
