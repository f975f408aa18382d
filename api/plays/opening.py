"""Opening plays: several listeners at once, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.plays.errors import TooManyPlaysOpened, TrackToHearNotFound
from api.plays.rules import MOST_OPENED_AN_HOUR, why_not_heard
from api.plays.sums import Heard, add_opened
from api.refusals import Refused
from db.clock import now
from db.ids import AccountId, PlayId, ProducerId, TrackId, new_id
from db.queries import plays as queries
from db.queries.plays import HeardTrack, NewPlay, Opened

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Opening:
    """A track that somebody begins to hear."""

    account: AccountId
    producer: ProducerId | None
    track: TrackId


async def open_plays(session: AsyncSession, wanted: Sequence[Opening]) -> list[PlayId | Refused]:
    """Open plays, or say why not, for each; what is refused leaves the others alone."""
    accounts = {one.account for one in wanted}
    await queries.hold_listeners(session, accounts)
    tracks = await queries.heard_tracks(session, {one.track for one in wanted})
    moment = now()
    opened = await queries.opened_since(session, accounts, moment - _HOUR)
    answers = _answers(wanted, tracks, opened, moment)
    rows = [
        NewPlay(answer, one.account, one.track, moment, 0, None)
        for one, answer in zip(wanted, answers, strict=True)
        if not isinstance(answer, Refused)
    ]
    await queries.add(session, rows)
    await add_opened(session, [Heard(row.account_id, row.track_id) for row in rows], moment)
    return answers


def _answers(
    wanted: Sequence[Opening],
    tracks: Mapping[TrackId, HeardTrack],
    opened: Mapping[AccountId, Opened],
    moment: datetime,
) -> list[PlayId | Refused]:
    counts = {account: so_far.plays for account, so_far in opened.items()}
    answers: list[PlayId | Refused] = []
    for one in wanted:
        so_far = counts.get(one.account, 0)
        refused = _why_not(one, tracks.get(one.track)) or _why_not_so_many(
            so_far, opened.get(one.account), moment
        )
        if refused is None:
            counts[one.account] = so_far + 1
        answers.append(refused or PlayId(new_id("ply")))
    return answers


def _why_not(wanted: Opening, track: HeardTrack | None) -> Refused | None:
    if track is None:
        return TrackToHearNotFound()
    own = track.producer_id == wanted.producer
    return why_not_heard(track.status, own=own, visible=may_see(track.status, own=own))


def _why_not_so_many(so_far: int, opened: Opened | None, moment: datetime) -> Refused | None:
    if so_far < MOST_OPENED_AN_HOUR:
        return None
    since = opened.since if opened else moment
    return TooManyPlaysOpened(limit=MOST_OPENED_AN_HOUR, retry_at=since + _HOUR)
