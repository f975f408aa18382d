"""D-83: what staff keep back, or a rights-holder complains about, stays known by its sound: its audio is not replaced."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from db.clock import now
from db.ids import TrackId, UploadId
from db.vocabulary import JobKind, TakedownStatus, UploadPurpose
from tests.factories import Beatmaker, Person, a_producer, staff, the_upload_of
from tests.moderation.desk import moderate, told
from tests.stage import Json, Stage
from tests.takedowns.office import a_takedown, answer, decide
from tests.workers.studio import Beats, Interrupted, Studio

pytestmark = pytest.mark.anyio

WHY: Final = {"reason": "We look."}
ABILITY: Final = """query($id: ID!) { track(id: $id) {
  viewerCan { replaceAudio { allowed code } } replacement { upload { id } } } }"""
PUT_AWAY: Final = (
    "New audio of “Low Tide” was not taken in",
    "Staff have something to look at about this track, so its audio stays as it is until they are done. "
    "The file that you sent is put away: upload it again then.",
)
Deed = Callable[[], Awaitable[object]]


class Complaint:
    """A published track, and what comes of a complaint about it."""

    def __init__(self, stage: Stage, nova: Beatmaker, sam: Person, track: TrackId) -> None:
        self._stage = stage
        self._nova = nova
        self._sam = sam
        self._track = track
        self._notice = ""

    async def hidden(self) -> None:
        assert await moderate(self._stage, self._sam, self._track, "HIDE") == []

    async def suspended(self) -> None:
        await self._account("suspendAccount")

    async def noticed(self) -> None:
        self._notice = await a_takedown(self._stage.sessions, self._track)

    async def upheld(self) -> None:
        await self.noticed()
        assert await decide(self._stage, self._sam, self._notice, "APPROVE") == []

    async def answered(self) -> None:
        await self.upheld()
        assert await answer(self._stage, self._nova, self._notice) == []

    async def is_over(self) -> None:
        """However it began."""
        if self._notice:
            assert await decide(self._stage, self._sam, self._notice, "DENY") == []
        elif (await self._stage.ask(self._nova, "{ me { suspended } }"))["me"]["suspended"]:
            await self._account("reinstateAccount")
        else:
            assert await moderate(self._stage, self._sam, self._track, "RESTORE") == []

    async def _account(self, name: str) -> None:
        assert await self._stage.refusals(self._sam, name, id=self._nova.account, input=WHY) == []


async def complained_about(studio: Studio, beats: Beats) -> tuple[Beatmaker, TrackId, Complaint]:
    nova, sam = await a_producer(studio.stage.sessions), await staff(studio.stage.sessions)
    track = await studio.published(nova, beats.first, title="Low Tide")
    return nova, track, Complaint(studio.stage, nova, sam, track)


async def replace(studio: Studio, who: Person, track: str, upload: str) -> list[tuple[str, str]]:
    return await studio.stage.refusals(who, "replaceTrackAudio", id=track, input={"audioUploadId": upload})


async def shown(studio: Studio, who: Person, track: str) -> Json:
    found: Json = (await studio.stage.ask(who, ABILITY, id=track))["track"]
    return found


async def swapped(studio: Studio, track: TrackId, upload: UploadId, **how: Any) -> bool:
    """Whether the check of new audio has swapped it in."""
    await studio.work(JobKind.CHECK_REPLACEMENT, upload, **how)
    return await the_upload_of(studio.stage.sessions, track) == upload


async def verdict_on(studio: Studio, who: Beatmaker, wav: Any) -> str:
    """Of the file as a new track."""
    track = await studio.upload(who, wav)
    await studio.check(track)
    status: str = (await studio.read(who, track))["status"]
    return status


REFUSED: Final = {
    "hidden": "WITHHELD",
    "upheld": "WITHHELD",
    "answered": "WITHHELD",
    "noticed": "TRACK_LOCKED",
}


@pytest.mark.parametrize("how", REFUSED)
async def test_the_sound_of_what_is_complained_about_does_not_come_back_by_new_audio(
    studio: Studio, beats: Beats, how: str
) -> None:
    nova, track, complaint = await complained_about(studio, beats)
    await getattr(complaint, how)()
    upload = await studio.sent(nova, beats.other)
    async with studio.stage.nothing_changes():
        assert await replace(studio, nova, track, upload) == [("id", REFUSED[how])]
    button = (await shown(studio, nova, track))["viewerCan"]["replaceAudio"]
    assert button == {"allowed": False, "code": REFUSED[how]}
    assert await verdict_on(studio, nova, beats.first) == "DUPLICATE"
    await complaint.is_over()
    assert (await shown(studio, nova, track))["viewerCan"]["replaceAudio"] == {"allowed": True, "code": None}
    assert await replace(studio, nova, track, upload) == []
    assert await swapped(studio, track, upload)


@pytest.mark.parametrize("how", [*REFUSED, "suspended"])
async def test_new_audio_that_waits_is_put_away_when_its_check_finds_a_complaint(
    studio: Studio, beats: Beats, how: str
) -> None:
    nova, track, complaint = await complained_about(studio, beats)
    upload = await studio.sent(nova, beats.other)
    assert await replace(studio, nova, track, upload) == []
    await getattr(complaint, how)()
    assert not await swapped(studio, track, upload)
    assert (await shown(studio, nova, track))["replacement"] is None
    assert (await told(studio.stage.sessions, nova)).count(PUT_AWAY) == 1
    await studio.delete_files()
    assert not await studio.is_stored(upload, UploadPurpose.TRACK_AUDIO)
    await complaint.is_over()
    assert await verdict_on(studio, nova, beats.first) == "DUPLICATE"
    again = await studio.sent(nova, beats.other)
    assert await replace(studio, nova, track, again) == []
    assert await swapped(studio, track, again)


@pytest.mark.parametrize("how", ["upheld", "noticed", "suspended"])
async def test_new_audio_is_not_swapped_in_when_the_complaint_comes_while_it_is_compared(
    studio: Studio, beats: Beats, how: str
) -> None:
    nova, track, complaint = await complained_about(studio, beats)
    before = await studio.counts()
    upload = await studio.sent(nova, beats.other)
    assert await replace(studio, nova, track, upload) == []
    meanwhile: Deed = getattr(complaint, how)
    assert not await swapped(studio, track, upload, engine=Interrupted(studio.ears, meanwhile))
    assert (await studio.job(JobKind.CHECK_REPLACEMENT, upload)).state == "DONE"
    assert (await told(studio.stage.sessions, nova)).count(PUT_AWAY) == 1
    after = await studio.counts()
    for table in ("posting", "fingerprint", "audio_replacement"):
        assert after[table] == before[table], table
    await complaint.is_over()
    assert await verdict_on(studio, nova, beats.first) == "DUPLICATE"


@pytest.mark.parametrize(
    "status", [TakedownStatus.REJECTED, TakedownStatus.RELEASED, TakedownStatus.UNPROVED]
)
async def test_a_notice_that_stands_no_more_or_not_yet_is_no_hindrance(
    studio: Studio, beats: Beats, status: TakedownStatus
) -> None:
    nova, track, _ = await complained_about(studio, beats)
    proved_at = None if status is TakedownStatus.UNPROVED else now()
    await a_takedown(studio.stage.sessions, track, status=status, proved_at=proved_at)
    upload = await studio.sent(nova, beats.other)
    assert await replace(studio, nova, track, upload) == []
    assert await swapped(studio, track, upload)
