"""D-6: a producer says who they are."""

import pytest

from db.ids import new_id
from db.vocabulary import Role, UploadPurpose
from tests.factories import (
    Beatmaker,
    a_completed_upload,
    a_listener,
    a_producer,
    an_unowned_profile,
    staff,
)
from tests.producers.profiles import errors_of, profile, update
from tests.stage import Json, Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

PICTURE, PHOTO = UploadPurpose.PROFILE_PICTURE, UploadPurpose.ABOUT_PHOTO


async def a_photo(stage: Stage, of: Beatmaker) -> str:
    return await a_completed_upload(stage.sessions, of, PHOTO)


async def with_photos(stage: Stage, of: Beatmaker, count: int) -> list[str]:
    """Ids of new about photos."""
    uploads = [{"source": {"uploadId": await a_photo(stage, of)}} for _ in range(count)]
    payload = await update(stage, of, of.producer, aboutPhotos=uploads)
    assert payload["errors"] == []
    return [photo["id"] for photo in payload["producer"]["aboutPhotos"]]


async def files_to_delete(stage: Stage) -> str:
    return " ".join(row for row in (await stage.tables())["job"] if "DELETE_FILES" in row)


async def test_a_profile_says_everything_and_everybody_reads_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    picture = await a_completed_upload(stage.sessions, nova, PICTURE)
    photo = await a_photo(stage, nova)
    payload = await update(
        stage,
        nova,
        nova.producer,
        name=" Nova  Keys ",
        bio="Dark beats.\nSince 2019.",
        city="Montréal",
        roles=["producer", "engineer"],
        pictureUploadId=picture,
        links=[
            {"network": "X", "url": "http://www.twitter.com/nova?s=20"},
            {"network": "WEBSITE", "url": "nova.music"},
        ],
        aboutPhotos=[{"source": {"uploadId": photo}, "caption": "At <home>"}],
    )
    assert payload["errors"] == []
    shown = payload["producer"]
    assert shown["completeness"] == {"percent": 100, "missing": []}
    assert (shown["name"], shown["bio"], shown["city"]) == (
        "Nova Keys",
        "Dark beats.\nSince 2019.",
        "Montréal",
    )
    assert shown["roles"] == ["producer", "engineer"]
    assert shown["links"] == [
        {"network": "X", "url": "https://x.com/nova"},
        {"network": "WEBSITE", "url": "https://nova.music"},
    ]
    assert (shown["picture"]["width"], shown["picture"]["height"]) == (1200, 1200)
    assert shown["picture"]["url"].endswith("/medium.jpg")
    [about] = shown["aboutPhotos"]
    assert (about["caption"], about["image"]) == ("At <home>", {"width": 1200, "height": 1200})
    assert await profile(stage, None, nova.producer) == shown | {"completeness": None}


async def test_what_is_left_out_stays_and_null_clears(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    given: Json = {
        "bio": "Beats.",
        "city": "Oslo",
        "roles": ["writer"],
        "links": [{"network": "X", "url": "x.com/nova"}],
        "pictureUploadId": await a_completed_upload(stage.sessions, nova, PICTURE),
    }
    first = (await update(stage, nova, nova.producer, **given))["producer"]
    kept = (await update(stage, nova, nova.producer, city="Bergen"))["producer"]
    assert kept == first | {"city": "Bergen"}
    cleared = (await update(stage, nova, nova.producer, **dict.fromkeys([*given, "aboutPhotos"])))["producer"]
    assert [cleared[name] for name in ("bio", "city", "roles", "links", "picture")] == [
        None,
        None,
        [],
        [],
        None,
    ]
    assert cleared["completeness"]["percent"] == 0


async def test_completeness_is_for_the_owner_and_staff(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    expected = {"percent": 0, "missing": ["pictureUploadId", "bio", "city", "roles", "links"]}
    shown = [
        (await profile(stage, who, nova.producer))["completeness"]
        for who in (nova, await staff(stage.sessions), kilo, None)
    ]
    assert shown == [expected, expected, None, None]


async def test_all_that_is_wrong_is_told_at_once_and_nothing_changes(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    cover = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    good = await a_photo(stage, nova)
    foreign = await a_photo(stage, kilo)
    async with stage.nothing_changes():
        payload = await update(
            stage,
            nova,
            nova.producer,
            handle=kilo.handle.upper(),
            name="\u200b ",
            city="x" * 101,
            links=[
                {"network": "X", "url": "x.com/nova"},
                {"network": "INSTAGRAM", "url": "https://instagram.com.evil.test/nova"},
            ],
            pictureUploadId=cover,
            aboutPhotos=[
                {"source": {"uploadId": good}, "caption": "x" * 201},
                {"source": {"uploadId": foreign}},
                {"source": {"photoId": nova.producer}},
                {"source": {"photoId": new_id("pho")}},
            ],
        )
    assert payload["producer"] is None
    assert errors_of(payload) == [
        ("input.name", "REQUIRED"),
        ("input.city", "TOO_LONG"),
        ("input.links.1.url", "MALFORMED"),
        ("input.handle", "HANDLE_TAKEN"),
        ("input.pictureUploadId", "UPLOAD_WRONG_PURPOSE"),
        ("input.aboutPhotos.0.caption", "TOO_LONG"),
        ("input.aboutPhotos.1.source.uploadId", "NOT_FOUND"),
        ("input.aboutPhotos.2.source.photoId", "WRONG_ID_TYPE"),
        ("input.aboutPhotos.3.source.photoId", "NOT_FOUND"),
    ]


async def test_only_the_owner_changes_a_profile(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    async with stage.nothing_changes():
        for who, code in ((kilo, "NOT_YOURS"), (sam, "NOT_YOURS")):
            assert errors_of(await update(stage, who, nova.producer, city="X")) == [("id", code)]
        assert errors_of(await update(stage, ari, nova.producer, city="X")) == [("", "PRODUCER_REQUIRED")]
        assert errors_of(await update(stage, nova, new_id("pro"), city="X")) == [("id", "NOT_FOUND")]
        assert errors_of(await update(stage, nova, new_id("trk"), city="X")) == [("id", "WRONG_ID_TYPE")]
        assert (
            await stage.fault(None, 'mutation { updateProducer(id: "x", input: {}) { errors { code } } }')
            == "UNAUTHENTICATED"
        )


async def test_who_lost_producer_access_cannot_change_the_profile_any_more(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    taken = {"role": "PRODUCER", "granted": False, "reason": "Gone"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    async with stage.nothing_changes():
        assert errors_of(await update(stage, nova, nova.producer, city="X")) == [("", "PRODUCER_REQUIRED")]


async def test_staff_change_a_profile_that_nobody_owns(stage: Stage) -> None:
    producer, sam = await an_unowned_profile(stage.sessions), await staff(stage.sessions)
    nova = await a_producer(stage.sessions)
    assert (await update(stage, sam, producer, city="Oslo"))["producer"]["city"] == "Oslo"
    async with stage.nothing_changes():
        assert errors_of(await update(stage, nova, producer, city="X")) == [("id", "NOT_YOURS")]


async def test_another_picture_takes_the_files_of_the_first_along(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    first, second = [await a_completed_upload(stage.sessions, nova, PICTURE) for _ in range(2)]
    await update(stage, nova, nova.producer, pictureUploadId=first)
    [old] = [row for row in (await stage.tables())["producer"] if nova.producer in row]
    picture = next(word for word in old.replace("'", " ").split() if word.startswith("pic_"))
    await update(stage, nova, nova.producer, pictureUploadId=first)
    assert await files_to_delete(stage) == ""
    await update(stage, nova, nova.producer, pictureUploadId=second)
    assert f"pictures/{picture}" in await files_to_delete(stage)
    tables = await stage.tables()
    assert not [row for row in tables["picture"] if picture in row]
    async with stage.nothing_changes():
        payload = await update(stage, nova, nova.producer, pictureUploadId=first)
    assert errors_of(payload) == [("input.pictureUploadId", "UPLOAD_UNUSABLE")]


async def test_photos_are_kept_added_ordered_and_taken_away_by_one_list(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    first, second, third = await with_photos(stage, nova, 3)
    fresh = await a_photo(stage, nova)
    chosen = [
        {"source": {"photoId": third}, "caption": "Third"},
        {"source": {"uploadId": fresh}, "caption": " "},
        {"source": {"photoId": first}},
    ]
    photos = (await update(stage, nova, nova.producer, aboutPhotos=chosen))["producer"]["aboutPhotos"]
    added = photos[1]["id"]
    assert [(photo["id"], photo["caption"]) for photo in photos] == [
        (third, "Third"),
        (added, None),
        (first, None),
    ]
    assert (await files_to_delete(stage)).count("pictures/") == 1
    query = "query($id: ID!) { node(id: $id) { ... on AboutPhoto { caption image { url } } } }"
    assert (await stage.ask(None, query, id=third))["node"]["caption"] == "Third"
    assert await stage.ask(None, query, id=second) == {"node": None}
    async with stage.nothing_changes():
        payload = await update(stage, nova, nova.producer, aboutPhotos=[{"source": {"photoId": second}}])
    assert errors_of(payload) == [("input.aboutPhotos.0.source.photoId", "NOT_FOUND")]


async def test_the_same_list_again_changes_nothing(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    chosen = [{"source": {"uploadId": await a_photo(stage, nova)}, "caption": "Me"} for _ in range(2)]
    first = await update(stage, nova, nova.producer, aboutPhotos=chosen)
    async with stage.nothing_changes():
        assert await update(stage, nova, nova.producer, aboutPhotos=chosen) == first


async def test_a_photo_is_shown_once_and_anothers_is_not_there(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    [own], [theirs] = await with_photos(stage, nova, 1), await with_photos(stage, kilo, 1)
    upload = f"upl_{own.removeprefix('pho_')}"
    chosen = [{"source": {"photoId": own}}, {"source": {"photoId": own}}, {"source": {"uploadId": upload}},
              {"source": {"photoId": theirs}}]  # fmt: skip
    async with stage.nothing_changes():
        payload = await update(stage, nova, nova.producer, aboutPhotos=chosen)
    assert errors_of(payload) == [
        ("input.aboutPhotos.1.source", "REPEATED"),
        ("input.aboutPhotos.2.source", "REPEATED"),
        ("input.aboutPhotos.3.source.photoId", "NOT_FOUND"),
    ]


@on_sqlite
async def test_twelve_photos_are_shown_and_no_thirteenth(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    assert len(await with_photos(stage, nova, 12)) == 12
    async with stage.nothing_changes():
        chosen = [{"source": {"photoId": new_id("pho")}}] * 13
        payload = await update(stage, nova, nova.producer, aboutPhotos=chosen)
    assert errors_of(payload)[0] == ("input.aboutPhotos", "TOO_LONG")


@pytest.mark.parametrize(
    ("purpose", "code"), [("PROFILE_PICTURE", None), ("ABOUT_PHOTO", "PRODUCER_REQUIRED")]
)
async def test_everybody_may_send_a_picture_of_themselves_and_producers_photos(
    stage: Stage, purpose: str, code: str | None
) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    given = {"purpose": purpose, "filename": "me.jpg", "byteSize": 1000}
    refused = await stage.refusals(ari, "createUpload", input=given)
    assert refused == ([("", code)] if code else [])
    assert await stage.refusals(nova, "createUpload", input=given) == []


async def test_profiles_of_a_page_are_read_by_one_statement_each(stage: Stage) -> None:
    """Followers, photos and what is missing come for all of them together."""
    people = [await a_producer(stage.sessions, name) for name in ("A", "B", "C")]
    await with_photos(stage, people[1], 1)
    query = (
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Producer { followerCount aboutPhotos { id } } } }"
    )
    nodes = (await stage.ask(people[0], query, ids=[one.producer for one in people]))["nodes"]
    assert [(node["followerCount"], len(node["aboutPhotos"])) for node in nodes] == [(0, 0), (0, 1), (0, 0)]


async def test_a_verified_producer_keeps_the_badge_through_a_change(stage: Stage) -> None:
    kilo, sam = await a_producer(stage.sessions, "Kilo", verified=True), await staff(stage.sessions)
    await update(stage, kilo, kilo.producer, name="Kilo Wave", handle="Kilo-Wave")
    shown = await stage.ask(sam, 'query { producer(by: {handle: "kilo-wave"}) { name handle verified } }')
    assert shown["producer"] == {"name": "Kilo Wave", "handle": "Kilo-Wave", "verified": True}
    assert Role.VERIFIED_PRODUCER in (await stage.ask(kilo, "{ me { roles } }"))["me"]["roles"]
