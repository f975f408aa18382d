"""The duplicate check of new audio for a track that is live (D-18): it takes the old one's place, or leaves it there.

The track itself is not compared with. What the new audio is like stands under its upload while it is refused, and is
the track's own once it plays. Then the old audio has left the index, the storage and its own side of every match; the
other sides keep what they have seen, as they do when a track is deleted.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.edit import drop_replacement
from api.catalog.masters import release_audio
from api.catalog.rules import LIVE
from api.catalog.streams import have_stream_made
from api.catalog.upload import audio_columns, tell_of_track
from api.notices import Notice, notify
from api.recon.checking import Audio, Settle, Verdict, check, raise_and_tell
from api.recon.comparing import Engine, Heard, MasterStorage
from api.recon.matches import raise_sample_matches
from db import jobs
from db.clock import now
from db.ids import TrackId, UploadId
from db.queries import fingerprints, producers, recon, replacements, takedowns, tracks, uploads
from db.queries.replacements import ReplacementRow
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import FingerprintStatus, JobKind, NotificationKind

_REFUSED: Final = FingerprintStatus.DUPLICATE


@dataclass(frozen=True)
class NewAudio:
    """A replacement under check; its steps stand in its own row."""

    track: TrackId
    upload: UploadId

    async def begin(self, session: AsyncSession) -> Audio | None:
        row = await self.lock(session)
        known = await self._known(session)
        if row is None or known is None:
            return None
        await replacements.change(session, self.upload, status=FingerprintStatus.CHECKING)
        return Audio(self.upload, known.sha256 or "", row.producer_id)

    async def remember(self, session: AsyncSession, heard: Heard) -> int | None:
        return await replacements.record_words(
            session, self.upload, model=heard.model, words=heard.words, duration_ms=heard.duration_ms
        )

    async def weigh(self, session: AsyncSession) -> None:
        await replacements.begin_weighing(session, self.upload)

    async def lock(self, session: AsyncSession) -> TrackRow | None:
        row = await tracks.track_for_change(session, self.track)
        known = await self._known(session)
        if row is None or known is None or known.status is _REFUSED:
            return None
        if row.status not in LIVE:  # it was sold: it keeps the audio that it was sold with (D-45)
            await drop_replacement(session, self.track)
            return None
        if row.withheld_as is not None or await takedowns.is_noticed(session, self.track):
            await self._put_away(session, row)
            return None
        return row

    async def cleared(self, session: AsyncSession) -> frozenset[TrackId]:
        """None: what staff cleared was the old audio."""
        return frozenset()

    async def block(self, session: AsyncSession, verdict: Verdict) -> None:
        """Nobody else is told: what was refused never played."""
        await raise_sample_matches(
            session, self.upload, verdict.found, model=verdict.model, blocking=verdict.blocking
        )
        await replacements.change(session, self.upload, status=_REFUSED, checked_at=now())

    async def take_in(self, session: AsyncSession, verdict: Verdict, *, sequence: int) -> None:
        known, audio = await self._known(session), await uploads.upload(session, self.upload)
        assert known  # locked with the track
        assert audio  # a foreign key
        await replacements.swap_in(session, known)
        unique = FingerprintStatus.VERIFIED_UNIQUE
        await fingerprints.judge(session, self.track, unique, sequence=sequence)
        await tracks.change_track(session, self.track, audio_columns(audio))
        others = [one.recording.track_id for one in verdict.found]
        await recon.forget_own_side(session, self.track, but=others)
        await raise_and_tell(session, verdict)
        await jobs.add(session, JobKind.MAKE_PREVIEW, key=f"{self.track}:{self.upload}", track=self.track)
        await have_stream_made(session, self.upload)
        await have_matched(session, self.track)
        await release_audio(session, verdict.row.upload_id, cause="replaced")

    async def _put_away(self, session: AsyncSession, row: TrackRow) -> None:
        """Swapped in, it would have the old sound forgotten that somebody complains about (D-83)."""
        await drop_replacement(session, self.track)
        tell_of_track(session, self.track, row.producer_id)
        [profile] = await producers.producers(session, [row.producer_id])
        if profile.account_id is not None:
            await notify(session, [profile.account_id], _put_away_notice(row, self.upload))

    async def _known(self, session: AsyncSession) -> ReplacementRow | None:
        """Itself, unless another one took its place."""
        row = await replacements.replacement_of(session, self.track)
        return row if row is not None and row.upload_id == self.upload else None


def _put_away_notice(row: TrackRow, upload: UploadId) -> Notice:
    """It names no notice: of one that staff have not upheld its producer is not told."""
    return Notice(
        kind=NotificationKind.CASE_DECIDED,
        subject=upload,
        title=f"New audio of “{row.title}” was not taken in",
        body="Staff have something to look at about this track, so its audio stays as it is until they are done. "
        "The file that you sent is put away: upload it again then.",
        path=f"/t/{row.slug}",
    )


async def check_replacement(
    sessions: Sessions, storage: MasterStorage, engine: Engine, audio: NewAudio, *, settle: Settle
) -> None:
    """Compare new audio with the catalogue, and swap it in or refuse it.

    Args:
        settle: Ends the job, in the transaction that records the verdict.
    """
    await check(sessions, storage, engine, audio, settle=settle)


async def replacement_failed(session: AsyncSession, audio: NewAudio) -> None:
    """Say that a check broke off; it is tried again, and never swaps by itself (D-30)."""
    row = await audio.lock(session)
    if row is not None:
        await replacements.change(session, audio.upload, status=FingerprintStatus.FAILED)
        tell_of_track(session, audio.track, row.producer_id)
