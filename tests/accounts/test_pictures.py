"""The picture of an account, which others see."""

import pytest

from db.ids import UploadId
from db.vocabulary import JobKind, UploadPurpose
from tests.accounts.desk import ANOTHER, PASSWORD, Desk, somebody
from tests.factories import Person, a_completed_upload, a_listener
from tests.stage import Json

pytestmark = pytest.mark.anyio
_PICTURE = "picture { url(size: SMALL) width }"


async def a_picture_file(desk: Desk, of: Person) -> UploadId:
    return await a_completed_upload(desk.sessions, of, UploadPurpose.PROFILE_PICTURE)


async def set_picture(desk: Desk, who: Person, upload: UploadId | None) -> Json:
    given = {"pictureUploadId": upload}
    payload: Json = await desk.stage.mutate(who, "updateAccount", f"account {{ {_PICTURE} }}", input=given)
    return payload


async def test_a_picture_is_shown_and_taken_away_with_its_files(desk: Desk) -> None:
    nova = await somebody(desk)
    assert (await desk.stage.ask(nova, f"{{ me {{ {_PICTURE} }} }}"))["me"]["picture"] is None
    first, second = [await a_picture_file(desk, nova) for _ in range(2)]
    shown = await set_picture(desk, nova, first)
    assert (shown["errors"], shown["account"]["picture"]["width"]) == ([], 1200)
    assert (await set_picture(desk, nova, first)) == shown
    assert await desk.jobs(JobKind.DELETE_FILES) == []
    other = await set_picture(desk, nova, second)
    assert other["account"]["picture"]["url"] != shown["account"]["picture"]["url"]
    assert len(await desk.jobs(JobKind.DELETE_FILES)) == 1
    assert (await set_picture(desk, nova, None))["account"] == {"picture": None}
    assert len(await desk.jobs(JobKind.DELETE_FILES)) == 2
    assert (await desk.stage.tables())["picture"] == []
    async with desk.stage.nothing_changes():
        assert await desk.change(nova, pictureUploadId=first) == [
            ("input.pictureUploadId", "UPLOAD_UNUSABLE")
        ]


async def test_what_is_wrong_with_a_picture_is_told_with_the_rest_and_nothing_is_changed(desk: Desk) -> None:
    nova, ari = await somebody(desk), await a_listener(desk.sessions)
    cover = await a_completed_upload(desk.sessions, nova, UploadPurpose.COVER_ART)
    foreign = await a_picture_file(desk, ari)
    given = {"displayName": " ", "newPassword": ANOTHER, "currentPassword": "guess"}
    others = [("input.displayName", "REQUIRED"), ("input.currentPassword", "WRONG_CREDENTIALS")]
    async with desk.stage.nothing_changes():
        for upload, code in (
            (cover, "UPLOAD_WRONG_PURPOSE"),
            (foreign, "NOT_FOUND"),
            (nova.account, "WRONG_ID_TYPE"),
        ):
            came = await desk.change(nova, pictureUploadId=upload, **given)
            assert (upload, came) == (upload, [*others, ("input.pictureUploadId", code)])


async def test_a_good_picture_beside_a_wrong_password_is_not_used(desk: Desk) -> None:
    nova = await somebody(desk)
    upload = await a_picture_file(desk, nova)
    async with desk.stage.nothing_changes():
        came = await desk.change(nova, pictureUploadId=upload, newPassword=ANOTHER, currentPassword="guess")
        assert came == [("input.currentPassword", "WRONG_CREDENTIALS")]
    everything = {"displayName": "Nova K", "newPassword": ANOTHER, "currentPassword": PASSWORD}
    assert await desk.change(nova, pictureUploadId=upload, **everything) == []
    shown = (await desk.stage.ask(nova, f"{{ me {{ displayName {_PICTURE} }} }}"))["me"]
    assert (shown["displayName"], bool(shown["picture"])) == ("Nova K", True)
