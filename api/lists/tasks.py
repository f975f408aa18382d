"""What a producer may do next, made of what was read: the most useful first (D-7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from api.catalog.contradictions import Facts, contradictions
from api.producers.completeness import completeness_of
from db.ids import ReconMatchId, TrackId
from db.queries.backstage import MeasuredTrack, OpenTrack
from db.queries.payout_accounts import PayoutAccountRow
from db.queries.producers import ProducerRequestRow, ProducerRow
from db.vocabulary import BackstageTaskKind, PayoutAccountStatus
from schema.backstage import BackstageTask

T = TypeVar("T")

MOST_OF_A_KIND: Final = 5
"""More of them would push the other kinds off the page; what is left is one task."""
_PROFILE: Final = {"pictureUploadId": "picture"}
"""Where a sentence says it in another way than `updateProducer`."""

_ASKED: Final = {PayoutAccountStatus.INCOMPLETE, PayoutAccountStatus.RESTRICTED}
_WAIT: Final = "What you earn is kept for you until your payouts are set up."
_SET_UP: Final = {
    PayoutAccountStatus.NONE: ("Set up your payouts", _WAIT),
    PayoutAccountStatus.CREATED: ("Set up your payouts", _WAIT),
    PayoutAccountStatus.INCOMPLETE: ("Finish the set-up of your payouts", _WAIT),
    PayoutAccountStatus.RESTRICTED: (
        "Your payouts are stopped",
        "The payment provider needs something before anything is paid again.",
    ),
}
"""What there is to do, by the state of the set-up."""


@dataclass(frozen=True)
class NewMatches:
    """Matches that nobody has looked at, and the most similar one of them."""

    count: int = 0
    closest: ReconMatchId | None = None


@dataclass(frozen=True)
class SoldVersion:
    """A track in the catalogue that is nearly the same as one that was sold.

    Attributes:
        sold: The title of that.
    """

    id: TrackId
    title: str
    sold: str


def version_tasks(versions: Sequence[SoldVersion]) -> list[BackstageTask]:
    def task(version: SoldVersion) -> BackstageTask:
        reason = (
            f"It is nearly the same as “{version.sold}”, of which somebody has bought the exclusive licence."
        )
        title = f"Take “{version.title}” off sale"
        return _task(BackstageTaskKind.DELIST_VERSION, title, reason, version.id)

    return _few(versions, len(versions), task, title="Take {} more tracks off sale")


def block_tasks(blocked: Sequence[OpenTrack]) -> list[BackstageTask]:
    reason = "Its audio is in the catalogue already, so it is not published: appeal, or delete it."

    def task(track: OpenTrack) -> BackstageTask:
        title = f"Solve the block of “{track.title}”"
        return _task(BackstageTaskKind.SOLVE_DUPLICATE, title, reason, track.id)

    total = blocked[0].total if blocked else 0
    return _few(blocked, total, task, title="Solve {} more blocks")


def refused_tasks(refused: Sequence[OpenTrack]) -> list[BackstageTask]:
    reason = "It is in the catalogue already, so the old audio plays on: send another file, or ask for the old one."

    def task(track: OpenTrack) -> BackstageTask:
        title = f"The new audio of “{track.title}” was refused"
        return _task(BackstageTaskKind.SOLVE_DUPLICATE, title, reason, track.id)

    total = refused[0].total if refused else 0
    return _few(refused, total, task, title="Look at {} more files that were refused")


def match_tasks(matches: NewMatches) -> list[BackstageTask]:
    if not matches.count:
        return []
    one = matches.count == 1
    title = "Look at a new match" if one else f"Look at {matches.count} new matches"
    reason = "Audio like yours was found elsewhere, and nobody has said yet whether it may be there."
    return [_task(BackstageTaskKind.REVIEW_MATCHES, title, reason, matches.closest)]


def payout_tasks(account: PayoutAccountRow | None) -> list[BackstageTask]:
    """Nothing while the provider has the word, or has said its last."""
    status = account.status if account else PayoutAccountStatus.NONE
    if status not in _SET_UP:
        return []
    title, reason = _SET_UP[status]
    asked = account.requirements if account else []
    more = f" Still asked for: {asked[0]['message']}" if asked and status in _ASKED else ""
    return [_task(BackstageTaskKind.CONNECT_PAYOUTS, title, reason + more, account.id if account else None)]


def profile_tasks(producer: ProducerRow) -> list[BackstageTask]:
    missing = completeness_of(producer._asdict()).missing
    if not missing:
        return []
    words = ", ".join(_PROFILE.get(field, field) for field in missing)
    reason = f"Visitors look for it, and this is missing: {words}."
    kind = BackstageTaskKind.COMPLETE_PROFILE
    return [_task(kind, "Complete your profile", reason, producer.id)]


def analysis_tasks(measured: Sequence[MeasuredTrack]) -> list[BackstageTask]:
    told = {track: found for track in measured if (found := _contradictions(track))}

    def task(track: MeasuredTrack) -> BackstageTask:
        reason = " ".join(dict.fromkeys(told[track]))
        kind = BackstageTaskKind.CHECK_ANALYSIS
        return _task(kind, f"Check the facts of “{track.title}”", reason, track.id)

    return _few(list(told), len(told), task, title="Check the facts of {} more tracks")


def metadata_tasks(undescribed: Sequence[OpenTrack]) -> list[BackstageTask]:
    def task(track: OpenTrack) -> BackstageTask:
        lacks = [
            word for word, there in (("description", track.described), ("tags", track.tagged)) if not there
        ]
        gain = "" if track.completed_before else " Complete, it brings 50 XP."
        reason = f"It has no {' and no '.join(lacks)}, by which listeners find it.{gain}"
        return _task(BackstageTaskKind.ADD_METADATA, f"Describe “{track.title}”", reason, track.id)

    total = undescribed[0].total if undescribed else 0
    return _few(undescribed, total, task, title="Describe {} more tracks")


def badge_tasks(
    producer: ProducerRow, waiting: ProducerRequestRow | None, moment: datetime
) -> list[BackstageTask]:
    """Nothing, once the badge is there or staff have the word."""
    kind = BackstageTaskKind.GET_VERIFIED
    if producer.verified or (waiting and waiting.code_typed_at):
        return []
    if waiting and waiting.code_expires_at and waiting.code_expires_at > moment:
        reason = f"The code of your application ends on {waiting.code_expires_at:%Y-%m-%d}."
        return [_task(kind, "Type your code on Discord", reason, waiting.id)]
    reason = (
        "Verified producers search the catalogue for copies of their music, and everybody sees the badge."
    )
    return [_task(kind, "Ask for the badge", reason, producer.id)]


def _task(kind: BackstageTaskKind, title: str, reason: str, target: str | None = None) -> BackstageTask:
    return BackstageTask(kind=kind, title=title, reason=reason, target_id=target)


def _contradictions(track: MeasuredTrack) -> list[str]:
    declared = Facts(bpm=track.bpm, pitch_class=track.pitch_class, scale=track.scale)
    measured = Facts(
        bpm=track.measured_bpm, pitch_class=track.measured_pitch_class, scale=track.measured_scale
    )
    found = contradictions(
        declared, measured, bpm_confidence=track.bpm_confidence, key_confidence=track.key_confidence
    )
    return [one.message for one in found]


def _few(
    tracks: Sequence[T], total: int, task: Callable[[T], BackstageTask], *, title: str
) -> list[BackstageTask]:
    """The first of a kind, each as a task, and one for the others."""
    tasks = [task(track) for track in tracks[:MOST_OF_A_KIND]]
    more = total - len(tasks)
    if more > 0:
        words = title.format(more) if more > 1 else title.format(1).removesuffix("s")
        tasks.append(_task(tasks[0].kind, words, "They are like the ones above."))
    return tasks
