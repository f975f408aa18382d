"""What nobody is to see or hear any more is not served under its lasting address either, wherever it is stored (D-83)."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from api.catalog.edit import preview_key
from api.uploads.rules import picture_key
from db.ids import PictureId, TrackId, new_id
from db.models.accounts import Account
from db.models.collections import Collection
from db.models.producers import AboutPhoto, Producer
from db.models.tracks import Track
from db.vocabulary import ImageSize, TrackStatus
from tests.collections.packs import a_collection
from tests.factories import Beatmaker, a_listener, a_picture, a_producer, a_track, an_exclusive, staff
from tests.moderation.desk import moderate
from tests.stage import Stage, web_of
from tests.takedowns.office import a_takedown, decide

pytestmark = pytest.mark.anyio
HEARD: Final = "query($id: ID!) { track(id: $id) { previewUrl cover { small: url(size: SMALL) url } } }"
WHY: Final = {"reason": "We look."}


@pytest.fixture
async def web(stage: Stage) -> AsyncGenerator[httpx.AsyncClient]:
    async with web_of(stage, "https://api.beatpass.test") as client:
        yield client


async def a_heard_track(stage: Stage, of: Beatmaker, **different: Any) -> TrackId:
    track = await a_track(stage.sessions, of, preview_ready=True, **different)
    await stage.services.storage.put(preview_key(track), b"mp3", content_type="audio/mpeg")
    return track


async def a_stored_picture(stage: Stage) -> PictureId:
    async with stage.sessions.writing() as session:
        picture = await a_picture(session)
    for size in ImageSize:
        await stage.services.storage.put(picture_key(picture, size), b"jpeg", content_type="image/jpeg")
    return picture


async def show(stage: Stage, table: type[Any], row: str, **columns: Any) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(table).where(col(table.id) == row).values(**columns))


async def heard(web: httpx.AsyncClient, track: str) -> int:
    return (await web.get(f"/media/{preview_key(TrackId(track))}")).status_code


async def seen(web: httpx.AsyncClient, picture: PictureId) -> int:
    return (await web.get(f"/media/{picture_key(picture, ImageSize.LARGE)}")).status_code


async def test_a_preview_falls_silent_with_its_track_and_comes_back_with_it(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_heard_track(stage, nova)
    assert await heard(web, track) == 200
    assert await moderate(stage, sam, track, "HIDE") == []
    answer = await web.get(f"/media/{preview_key(track)}")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert await moderate(stage, sam, track, "RESTORE") == []
    answer = await web.get(f"/media/{preview_key(track)}")
    assert (answer.status_code, answer.headers["cache-control"]) == (
        200,
        "public, max-age=300, must-revalidate",
    )
    notice = await a_takedown(stage.sessions, track)
    assert await decide(stage, sam, notice, "APPROVE") == []
    assert await heard(web, track) == 404
    assert await decide(stage, sam, notice, "DENY") == []
    assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=WHY) == []
    assert await heard(web, track) == 404
    assert await stage.refusals(sam, "reinstateAccount", id=nova.account, input=WHY) == []
    assert await heard(web, track) == 200
    assert await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": False}) == []
    assert await heard(web, track) == 404
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    assert await heard(web, track) == 404  # before its files are deleted
    assert await heard(web, new_id("trk")) == 404


async def test_a_sold_track_is_heard_until_staff_keep_it_back(stage: Stage, web: httpx.AsyncClient) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    sold = await a_heard_track(stage, nova, status=TrackStatus.SOLD, **an_exclusive())
    assert await heard(web, sold) == 200
    assert await moderate(stage, sam, sold, "HIDE") == []
    assert await heard(web, sold) == 404


async def test_who_sees_a_hidden_track_gets_addresses_that_work_for_a_while(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    picture = await a_stored_picture(stage)
    track = await a_heard_track(stage, nova, cover_picture_id=picture, cover_preset_id=None)
    before = (await stage.ask(await a_listener(stage.sessions), HEARD, id=track))["track"]
    assert before == {
        "previewUrl": f"https://api.beatpass.test/media/{preview_key(track)}",
        "cover": {
            "small": f"https://api.beatpass.test/media/pictures/{picture}/small.jpg",
            "url": f"https://api.beatpass.test/media/pictures/{picture}/medium.jpg",
        },
    }
    assert await moderate(stage, sam, track, "HIDE") == []
    for who in (nova, sam):
        kept = (await stage.ask(who, HEARD, id=track))["track"]
        for address, content in (
            (kept["previewUrl"], b"mp3"),
            (kept["cover"]["small"], b"jpeg"),
            (kept["cover"]["url"], b"jpeg"),
        ):
            assert "/files/" in address
            assert (await web.get(address)).content == content
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert (await stage.ask(nova, HEARD, id=track))["track"] == before


async def test_pictures_of_what_staff_keep_back_are_not_served(stage: Stage, web: httpx.AsyncClient) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    cover, sleeve, face, stray = [await a_stored_picture(stage) for _ in range(4)]
    track = await a_track(stage.sessions, nova, cover_picture_id=cover, cover_preset_id=None)
    pack = await a_collection(stage.sessions, nova, [track])
    await show(stage, Collection, pack, cover_picture_id=sleeve, cover_preset_id=None)
    await show(stage, Producer, nova.producer, picture_id=face)
    for content, picture in ((track, cover), (pack, sleeve), (nova.producer, face)):
        assert await seen(web, picture) == 200
        assert await moderate(stage, sam, content, "HIDE") == []
        assert await seen(web, picture) == 404
        assert await seen(web, stray) == 200
        assert await moderate(stage, sam, content, "RESTORE") == []
        assert await seen(web, picture) == 200
    assert await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": False}) == []
    assert await seen(web, cover) == 200  # it is the producer's own choice, and no complaint
    await show(stage, Track, track, status=TrackStatus.PUBLISHED)


async def test_pictures_on_a_hidden_profile_are_its_owners_alone(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    face = await a_stored_picture(stage)
    await show(stage, Producer, nova.producer, picture_id=face)
    asked = "query($id: ID!) { producer(by: {id: $id}) { picture { url } } }"
    assert await moderate(stage, sam, nova.producer, "HIDE") == []
    assert (await stage.ask(None, asked, id=nova.producer))["producer"] is None
    own = (await stage.ask(nova, asked, id=nova.producer))["producer"]["picture"]["url"]
    assert (await web.get(own)).content == b"jpeg"


async def test_a_suspended_producers_pictures_are_served_to_nobody_by_their_lasting_addresses(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    kilo = await a_producer(stage.sessions, "Kilo")
    cover, sleeve, face, photo, portrait, others = [await a_stored_picture(stage) for _ in range(6)]
    track = await a_track(stage.sessions, nova, cover_picture_id=cover, cover_preset_id=None)
    pack = await a_collection(stage.sessions, nova, [track])
    await show(stage, Collection, pack, cover_picture_id=sleeve, cover_preset_id=None)
    await show(stage, Producer, nova.producer, picture_id=face)
    await show(stage, Account, nova.account, picture_id=portrait)
    async with stage.sessions.writing() as session:
        session.add(AboutPhoto(producer_id=nova.producer, picture_id=photo, position=0))
    theirs = await a_collection(stage.sessions, kilo, [await a_track(stage.sessions, kilo)])
    await show(stage, Collection, theirs, cover_picture_id=others, cover_preset_id=None)
    pictures = (cover, sleeve, face, photo, portrait)
    assert [await seen(web, one) for one in pictures] == [200] * 5
    assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=WHY) == []
    assert [await seen(web, one) for one in pictures] == [404] * 5
    assert await seen(web, others) == 200
    assert await stage.refusals(sam, "reinstateAccount", id=nova.account, input=WHY) == []
    assert [await seen(web, one) for one in pictures] == [200] * 5


async def test_a_suspended_producer_and_staff_see_the_pictures_all_the_same(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    nova, sam, kilo = (
        await a_producer(stage.sessions),
        await staff(stage.sessions),
        await a_producer(stage.sessions, "Kilo"),
    )
    sleeve, portrait = [await a_stored_picture(stage) for _ in range(2)]
    pack = await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova)])
    await show(stage, Collection, pack, cover_picture_id=sleeve, cover_preset_id=None)
    await show(stage, Account, nova.account, picture_id=portrait)
    asked = """query($id: ID!, $member: ID!) { collection(id: $id) { cover { url } }
      node(id: $member) { ... on Member { displayName picture { url } } } }"""
    ids = {"id": pack, "member": f"mem_{nova.account.removeprefix('acc_')}"}
    before = await stage.ask(kilo, asked, **ids)
    assert "/media/pictures/" in before["collection"]["cover"]["url"]
    assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=WHY) == []
    for who in (nova, sam):
        kept = await stage.ask(who, asked, **ids)
        for address in (kept["collection"]["cover"]["url"], kept["node"]["picture"]["url"]):
            assert "/files/" in address
            assert (await web.get(address)).content == b"jpeg"
    bare = await stage.ask(kilo, asked, **ids)
    assert bare == {
        "collection": None,
        "node": {"displayName": before["node"]["displayName"], "picture": None},
    }
    assert await stage.refusals(sam, "reinstateAccount", id=nova.account, input=WHY) == []
    assert await stage.ask(kilo, asked, **ids) == before


async def test_a_collection_that_others_see_keeps_its_cover_while_its_owners_profile_is_hidden(
    stage: Stage, web: httpx.AsyncClient
) -> None:
    """Tracks play on, so it is shown; once none is, its cover goes with the profile."""
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    sleeve = await a_stored_picture(stage)
    track = await a_track(stage.sessions, nova)
    pack = await a_collection(stage.sessions, nova, [track])
    await show(stage, Collection, pack, cover_picture_id=sleeve, cover_preset_id=None)
    asked = "query($id: ID!) { collection(id: $id) { cover { url } } }"
    lasting = await stage.ask(None, asked, id=pack)
    assert await moderate(stage, sam, nova.producer, "HIDE") == []
    assert (await seen(web, sleeve), await stage.ask(None, asked, id=pack)) == (200, lasting)
    assert await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": False}) == []
    assert (await seen(web, sleeve), await stage.ask(None, asked, id=pack)) == (404, {"collection": None})
