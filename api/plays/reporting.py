"""Reports of what was heard: several listeners at once, in one transaction, and each play counts once (D-51)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.plays.errors import PlayNotFound
from api.plays.rules import MOST_COUNTED_A_DAY, OpenPlay, heard_ms, is_enough, why_not_reported
from api.plays.sums import Heard, add_counted
from api.refusals import Refused
from db.clock import now
from db.ids import AccountId, PlayId, TrackId
from db.queries import plays as queries
from db.queries.plays import OpenPlayRow, Progress


@dataclass(frozen=True)
class Report:
    """So much of a play was heard so far, says its listener."""

    account: AccountId
    play: PlayId
    listened_ms: int


async def report_plays(session: AsyncSession, reports: Sequence[Report]) -> list[PlayId | Refused]:
    """Take reports, or say why not, for each; what is refused leaves the others alone."""
    accounts = {one.account for one in reports}
    await queries.hold_listeners(session, accounts)
    rows = await queries.open_plays(session, {one.play for one in reports})
    moment, tracks = now(), {row.track_id for row in rows}
    own = await queries.makers(session, accounts, tracks)
    counted = await queries.counted_on(session, moment.date(), accounts)
    ears = _Ears(rows, own, counted, moment)
    answers = [ears.hear(one) for one in reports]
    await queries.note(session, ears.progress.values())
    await add_counted(session, ears.newly_counted, moment)
    return answers


class _Ears:
    """What a transaction's reports come to, one after the other."""

    def __init__(
        self,
        rows: Sequence[OpenPlayRow],
        own: set[tuple[AccountId, TrackId]],
        counted: Counter[tuple[AccountId, TrackId]],
        moment: datetime,
    ) -> None:
        self._rows = {row.id: row for row in rows}
        self._plays = {row.id: _open_play(row, own) for row in rows}
        self._counted = counted
        self._moment = moment
        self.progress: dict[PlayId, Progress] = {}
        self.newly_counted: list[Heard] = []

    def hear(self, report: Report) -> PlayId | Refused:
        row = self._rows.get(report.play)
        if row is None or row.account_id != report.account:
            return PlayNotFound()
        play = self._plays[row.id]
        if refused := why_not_reported(play, report.listened_ms, self._moment):
            return refused
        heard = heard_ms(play, report.listened_ms, self._moment)
        if heard > play.listened_ms:
            self._note(row, replace(play, listened_ms=heard))
        return row.id

    def _note(self, row: OpenPlayRow, play: OpenPlay) -> None:
        counts = self._counts(Heard(row.account_id, row.track_id), play)
        self._plays[row.id] = replace(play, counted=play.counted or counts)
        before = self.progress.get(row.id)
        counted_at = self._moment if counts else before.counted_at if before else row.counted_at
        self.progress[row.id] = Progress(row.id, play.listened_ms, counted_at)

    def _counts(self, heard: Heard, play: OpenPlay) -> bool:
        """Whether it does from now on."""
        if play.counted or play.own or play.taken_away or not is_enough(play, play.listened_ms):
            return False
        if self._counted[heard] >= MOST_COUNTED_A_DAY:
            return False
        self._counted[heard] += 1
        self.newly_counted.append(heard)
        return True


def _open_play(row: OpenPlayRow, own: set[tuple[AccountId, TrackId]]) -> OpenPlay:
    return OpenPlay(
        started_at=row.started_at,
        next_started_at=row.next_started_at,
        duration_ms=row.duration_ms,
        listened_ms=row.listened_ms,
        counted=row.counted_at is not None,
        own=(row.account_id, row.track_id) in own,
        taken_away=row.taken_away,
    )
