"""How long what is kept, and why: rules as data (D-81). Pure; `api.privacy.tidying` follows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from api.privacy.rules import KEPT_FOR


class Kept(StrEnum):
    """What a rule is about."""

    NOTICES = "NOTICES"
    PLAYS = "PLAYS"
    CALLS = "CALLS"
    EVENTS = "EVENTS"
    APPLICATIONS = "APPLICATIONS"
    CONTACTS = "CONTACTS"
    RIGHTS_HOLDERS = "RIGHTS_HOLDERS"


@dataclass(frozen=True)
class Rule:
    """What goes, after how long, and why not earlier or later.

    Attributes:
        about: Who follows it; null: the sweep, or whoever made it.
    """

    what: str
    after: timedelta
    why: str
    about: Kept | None = None


RULES: Final = (
    Rule("archives of data", KEPT_FOR, "they are there to be downloaded, and a danger while they lie there"),
    Rule("jobs that are done", timedelta(days=7), "to look into what went wrong this week"),
    Rule(
        "sessions that open nothing any more",
        timedelta(days=90),
        "so that a device that comes back is not told of as a new one",
    ),
    Rule(
        "words of notices that were read",
        timedelta(days=365),
        "nobody reads them again; that they were told stays, or they would be told twice",
        Kept.NOTICES,
    ),
    Rule(
        "single plays",
        timedelta(days=396),
        "shares look back twelve months, by sums that stay; a single play tells what one person heard and when",
        Kept.PLAYS,
    ),
    Rule(
        "what the payment provider said when it would not",
        timedelta(days=90),
        "its sentences may name somebody; by then the call was looked into",
        Kept.CALLS,
    ),
    Rule(
        "events of the payment provider that were read",
        timedelta(days=90),
        "it repeats none after thirty days",
        Kept.EVENTS,
    ),
    Rule(
        "real names in applications that were decided",
        timedelta(days=730),
        "for as long as somebody may object to what was decided",
        Kept.APPLICATIONS,
    ),
    Rule(
        "what somebody without an account wrote to support, and their address",
        timedelta(days=730),
        "for as long as somebody may come back to it",
        Kept.CONTACTS,
    ),
    Rule(
        "address and signature under takedown notices that were decided",
        timedelta(days=1096),
        "for the three years in which somebody may go to court over a copy; what was said and decided stays, for both sides",
        Kept.RIGHTS_HOLDERS,
    ),
)


def as_table(rules: Sequence[Rule]) -> str:
    """The rules in Markdown, as they stand in ARCHITECTURE.md."""
    rows = [f"| {rule.what} | {rule.after.days} days | {rule.why} |" for rule in rules]
    return "\n".join(["| what goes | after | why |", "|---|---|---|", *rows])
