"""Staff hide, restore and remove; what they hide nobody puts back, and what was hidden before stays so."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.staff import make_staff
from db.ids import new_id
from db.models.fingerprints import Fingerprint
from db.models.tracks import Track
from db.vocabulary import BeatRequestStatus, TrackStatus
from tests.collections.packs import a_collection
from tests.events.test_announcing import an_announcement
from tests.factories import a_listener, a_producer, a_track, a_verified_producer, an_exclusive, staff
from tests.licences.granted import a_licence
from tests.moderation.desk import SEEN, entries, log, moderate, told
from tests.requests.wanted import a_request
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio
COLLECTION = """query($id: ID!, $handle: String!) { collection(id: $id) { id withheld { cause } }
  producer(by: {handle: $handle}) { collections { totalCount } } }"""
PROFILE = """query($id: ID!, $handle: String!, $path: String!, $track: ID!) {
  byId: producer(by: {id: $id}) { id } byHandle: producer(by: {handle: $handle}) { id withheld { reason } }
  node(id: $id) { id } publicPage(path: $path) { canonicalPath }
  track(id: $track) { credits { name bio verified links { url } withheld { reason } } } }"""
REQUEST = """query($id: ID!) { beatRequest(id: $id) { id status withheld { cause reason } }
  beatRequests { totalCount } }"""


async def seen(stage: Stage, who: Somebody | None, track: str, handle: str = "") -> Json:
    found: Json = await stage.ask(who, SEEN, track=track, handle=handle, tag="808", text="night dri")
    return found


async def show(stage: Stage, who: Somebody, track: str, *, visible: bool) -> list[tuple[str, str]]:
    return await stage.refusals(who, "setTrackVisibility", id=track, input={"visible": visible})


async def status(stage: Stage, track: str) -> tuple[TrackStatus, TrackStatus | None]:
    async with stage.sessions.reading() as session:
        row = await session.get_one(Track, track)
        return row.status, row.withheld_as


async def test_a_hidden_track_is_for_its_producer_and_staff_alone(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova, title="Night Drive", tags=["808"])
    before = await seen(stage, None, track, nova.handle)
    assert (before["track"]["id"], before["tracks"]["totalCount"]) == (track, 1)
    assert [one["label"] for one in before["searchSuggestions"]] == ["Night Drive"]
    assert await moderate(stage, sam, track, "HIDE", "A rights-holder\nwrote.") == []
    hidden = await seen(stage, None, track, nova.handle)
    assert hidden == {
        "track": None,
        "producer": {"tracks": {"totalCount": 0}},
        "tracks": {"totalCount": 0},
        "searchSuggestions": [],
    }
    own = {
        "id": track,
        "status": "HIDDEN",
        "withheld": {"cause": "MODERATION", "reason": "A rights-holder\nwrote."},
    }
    assert (await seen(stage, nova, track))["track"] == own
    assert (await seen(stage, sam, track))["track"] == own
    [entry] = await log(stage, sam, objectId={"eq": track})
    assert (entry["action"], entry["reason"], entry["actor"]["displayName"]) == (
        "HIDE",
        "A rights-holder\nwrote.",
        "Sam",
    )
    assert entry["object"] == {"id": track, "__typename": "Track"}
    said = "Your track “Night Drive” was hidden by our staff"
    assert await told(stage.sessions, nova) == [(said, f"{said}. They wrote: A rights-holder\nwrote.")]
    assert await moderate(stage, sam, track, "RESTORE", "It is licensed.") == []
    assert await seen(stage, None, track, nova.handle) == before
    assert await entries(stage.sessions) == [("HIDE", track), ("RESTORE", track)]


async def test_the_producer_cannot_put_it_back_but_can_say_that_it_stays_hidden(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert await moderate(stage, sam, track, "HIDE") == []
    async with stage.nothing_changes():
        assert await show(stage, nova, track, visible=True) == [("id", "WITHHELD")]
    assert await show(stage, nova, track, visible=False) == []
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert await status(stage, track) == (TrackStatus.HIDDEN, None)
    assert await show(stage, nova, track, visible=True) == []
    assert await status(stage, track) == (TrackStatus.PUBLISHED, None)


@pytest.mark.parametrize(
    ("was", "withheld", "restored"),
    [
        (TrackStatus.HIDDEN, (TrackStatus.HIDDEN, TrackStatus.HIDDEN), TrackStatus.HIDDEN),
        (TrackStatus.SOLD, (TrackStatus.SOLD, TrackStatus.SOLD), TrackStatus.SOLD),
        (TrackStatus.DUPLICATE, (TrackStatus.DUPLICATE, TrackStatus.PUBLISHED), TrackStatus.DUPLICATE),
        (TrackStatus.PROCESSING, (TrackStatus.PROCESSING, TrackStatus.PUBLISHED), TrackStatus.PROCESSING),
    ],
)
async def test_restored_it_is_what_it_was(stage: Stage, was: Any, withheld: Any, restored: Any) -> None:
    nova, sam, ari = (
        await a_producer(stage.sessions),
        await staff(stage.sessions),
        await a_listener(stage.sessions),
    )
    track = await a_track(
        stage.sessions, nova, status=was, **(an_exclusive() if was is TrackStatus.SOLD else {})
    )
    before = await seen(stage, ari, track)
    assert await moderate(stage, sam, track, "HIDE") == []
    assert await status(stage, track) == withheld
    assert (await seen(stage, ari, track))["track"] is None
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert await status(stage, track) == (restored, None)
    assert await seen(stage, ari, track) == before


async def test_a_collection_is_hidden_and_its_tracks_are_not(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    pack = await a_collection(stage.sessions, nova, [track])
    asked = {"id": pack, "handle": nova.handle}
    before = await stage.ask(None, COLLECTION, **asked)
    assert before == {
        "collection": {"id": pack, "withheld": None},
        "producer": {"collections": {"totalCount": 1}},
    }
    assert await moderate(stage, sam, pack, "HIDE") == []
    assert await stage.ask(None, COLLECTION, **asked) == {
        "collection": None,
        "producer": {"collections": {"totalCount": 0}},
    }
    own = await stage.ask(nova, COLLECTION, **asked)
    assert own["collection"] == {"id": pack, "withheld": {"cause": "MODERATION"}}
    assert await status(stage, track) == (TrackStatus.PUBLISHED, None)
    assert await moderate(stage, sam, pack, "RESTORE") == []
    assert await stage.ask(None, COLLECTION, **asked) == before


async def test_of_a_hidden_profile_others_see_a_name_where_it_is_credited(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions, "Nova")
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    pat = await a_verified_producer(stage.sessions, "Pat")
    track = await a_track(stage.sessions, nova)
    assert await stage.refusals(nova, "updateProducer", id=nova.producer, input={"bio": "Bad words"}) == []
    assert await moderate(stage, sam, nova.producer, "HIDE", "The bio.") == []
    asked = {"id": nova.producer, "handle": nova.handle, "path": f"/p/{nova.handle}", "track": track}
    bare: Json = {"name": "Nova", "bio": None, "verified": False, "links": [], "withheld": None}
    for who in (None, ari, pat):
        assert await stage.ask(who, PROFILE, **asked) == {
            "byId": None,
            "byHandle": None,
            "node": None,
            "publicPage": None,
            "track": {"credits": [bare]},
        }
    own = await stage.ask(nova, PROFILE, **asked)
    assert own["byHandle"] == {"id": nova.producer, "withheld": {"reason": "The bio."}}
    async with stage.nothing_changes():
        assert await stage.refusals(ari, "followProducer", id=nova.producer) == [("id", "NOT_FOUND")]
    listed = '{ network { directory { nodes { id } } } searchSuggestions(text: "nov") { label } }'
    found = await stage.ask(pat, listed)
    assert (found["network"]["directory"]["nodes"], found["searchSuggestions"]) == (
        [],
        [{"label": "Night Drive"}],
    )
    assert await moderate(stage, sam, nova.producer, "RESTORE") == []
    found = await stage.ask(pat, listed)
    assert found["network"]["directory"]["nodes"] == [{"id": nova.producer}]
    assert {"label": "Nova"} in found["searchSuggestions"]


async def test_a_hidden_request_is_like_one_that_is_deleted_until_it_is_restored(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    sam, track = await staff(stage.sessions), await a_track(stage.sessions, nova)
    request = await a_request(stage.sessions, ari)
    assert await moderate(stage, sam, request, "HIDE", "It insults.") == []
    assert await stage.ask(nova, REQUEST, id=request) == {
        "beatRequest": None,
        "beatRequests": {"totalCount": 0},
    }
    own = await stage.ask(ari, REQUEST, id=request)
    kept = {"cause": "MODERATION", "reason": "It insults."}
    assert own["beatRequest"] == {"id": request, "status": "DELETED", "withheld": kept}
    offer = {"requestId": request, "trackId": track}
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "submitToBeatRequest", input=offer) == [
            ("input.requestId", "NOT_FOUND")
        ]
    assert await moderate(stage, sam, request, "RESTORE") == []
    assert (await stage.ask(nova, REQUEST, id=request))["beatRequest"] == {
        "id": request,
        "status": "ACTIVE",
        "withheld": None,
    }


async def test_a_hidden_request_that_its_requester_deletes_is_gone_for_good(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    request = await a_request(stage.sessions, ari)
    assert await moderate(stage, sam, request, "HIDE") == []
    assert await stage.refusals(ari, "deleteBeatRequest", id=request) == []
    async with stage.nothing_changes():
        assert await moderate(stage, sam, request, "RESTORE") == [("id", "NOT_FOUND")]
    assert (await stage.ask(ari, REQUEST, id=request))["beatRequest"]["status"] == BeatRequestStatus.DELETED


async def test_removed_it_is_gone_and_licences_stay(stage: Stage) -> None:
    nova, sam, ari = (
        await a_producer(stage.sessions),
        await staff(stage.sessions),
        await a_listener(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    licence = await a_licence(stage.sessions, ari, track)
    pack = await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova)])
    request = await a_request(stage.sessions, ari)
    for content in (track, pack, request):
        assert await moderate(stage, sam, content, "REMOVE") == []
        async with stage.nothing_changes():
            for again in ("HIDE", "RESTORE", "REMOVE"):
                assert await moderate(stage, sam, content, again) == [("id", "NOT_FOUND")]
    assert await status(stage, track) == (TrackStatus.REMOVED, None)
    held = await stage.ask(ari, "query($id: ID!) { licence(id: $id) { status work { title } } }", id=licence)
    assert held["licence"]["status"] == "ACTIVE"
    assert [one["object"] for one in await log(stage, sam, objectId={"in": [track, pack]})] == [None, None]


async def test_of_a_profile_what_stands_on_it_is_removed(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    text = {"bio": "Bad words", "city": "Riga", "roles": ["producer"]}
    assert await stage.refusals(nova, "updateProducer", id=nova.producer, input=text) == []
    assert await moderate(stage, sam, nova.producer, "REMOVE") == []
    asked = "query($id: ID!) { producer(by: {id: $id}) { name bio city roles aboutPhotos { id } picture { url } } }"
    assert (await stage.ask(None, asked, id=nova.producer))["producer"] == {
        "name": "Nova",
        "bio": None,
        "city": None,
        "roles": [],
        "aboutPhotos": [],
        "picture": None,
    }


async def test_what_staff_cannot_do_is_refused_and_changes_nothing(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    sold = await a_track(stage.sessions, nova, status=TrackStatus.SOLD, **an_exclusive())
    async with stage.nothing_changes():
        assert await moderate(stage, nova, track, "HIDE") == [("", "STAFF_REQUIRED")]
        assert await moderate(stage, sam, track, "RESTORE") == [("id", "NOT_WITHHELD")]
        assert await moderate(stage, sam, track, "HIDE", " ") == [("input.reason", "REQUIRED")]
        assert await moderate(stage, sam, sold, "REMOVE") == [("id", "TRACK_LOCKED")]
        assert await moderate(stage, sam, new_id("trk"), "HIDE") == [("id", "NOT_FOUND")]
        assert await moderate(stage, sam, sam.account, "HIDE") == [("id", "WRONG_ID_TYPE")]
    assert await moderate(stage, sam, track, "HIDE") == []
    async with stage.nothing_changes():
        assert await moderate(stage, sam, track, "HIDE") == [("id", "WITHHELD")]


async def test_of_two_who_decide_at_once_one_has_done_it(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    tina = await staff(stage.sessions, "Tina")
    tracks = [await a_track(stage.sessions, nova) for _ in range(8)]
    for action, other, code in (("HIDE", "HIDE", "WITHHELD"), ("RESTORE", "RESTORE", "NOT_WITHHELD")):
        for track in tracks:
            both = await asyncio.gather(
                moderate(stage, sam, track, action), moderate(stage, tina, track, other)
            )
            assert sorted(both) == [[], [("id", code)]]
    assert sorted(await entries(stage.sessions)) == sorted(
        (action, track) for track in tracks for action in ("HIDE", "RESTORE")
    )
    assert {await status(stage, track) for track in tracks} == {(TrackStatus.PUBLISHED, None)}


async def test_what_staff_do_elsewhere_is_in_the_log_too(stage: Stage) -> None:
    nova, sam, ari = (
        await a_producer(stage.sessions),
        await staff(stage.sessions),
        await a_listener(stage.sessions),
    )
    licence = await a_licence(stage.sessions, ari, await a_track(stage.sessions, nova))
    badge = {"role": "VERIFIED_PRODUCER", "granted": True, "reason": "Known"}
    assert await stage.refusals(sam, "changeRole", id=nova.account, input=badge) == []
    assert await stage.refusals(sam, "changeRole", id=nova.account, input=badge) == []  # held already
    taken = badge | {"granted": False}
    assert await stage.refusals(sam, "changeRole", id=nova.account, input=taken) == []
    assert await stage.refusals(sam, "revokeLicence", id=licence, input={"reason": "Fraud"}) == []
    for held in (True, False):
        wanted = {"held": held, "reason": "We look."}
        assert await stage.refusals(sam, "setPayoutHold", id=nova.producer, input=wanted) == []
    assert await entries(stage.sessions) == [
        ("GIVE_ROLE", nova.account),
        ("TAKE_ROLE", nova.account),
        ("REVOKE_LICENCE", licence),
        ("HOLD_PAYOUTS", nova.producer),
        ("RELEASE_PAYOUTS", nova.producer),
    ]
    member = f"mem_{sam.account.removeprefix('acc_')}"
    by_sam = await log(stage, sam, actorId={"eq": member})
    assert [one["reason"] for one in by_sam] == [
        "We look.",
        "We look.",
        "Fraud",
        "VERIFIED_PRODUCER: Known",
        "VERIFIED_PRODUCER: Known",
    ]
    assert await log(stage, sam, actorId={"eq": sam.account}) == by_sam
    assert await log(stage, sam, actorId={"eq": nova.account}) == []
    assert await log(stage, sam, at={"gte": "2100-01-01T00:00:00Z"}) == []


async def test_events_and_profiles_that_staff_make_are_in_the_log_and_what_changes_nothing_is_not(
    stage: Stage,
) -> None:
    sam = await staff(stage.sessions)
    made = await stage.mutate(sam, "createEvent", "event { id }", input=an_announcement())
    event = made["event"]["id"]
    for changes in ({"capacity": 9}, {"capacity": 9}, {"cancelled": True}, {"cancelled": True}):
        assert await stage.refusals(sam, "updateEvent", id=event, input=changes) == []
    profile = (await stage.mutate(sam, "createProducer", "producer { id }", input={"name": "Rhea"}))[
        "producer"
    ]["id"]
    assert await entries(stage.sessions) == [
        ("CREATE_EVENT", event),
        ("CHANGE_EVENT", event),
        ("CANCEL_EVENT", event),
        ("CREATE_PROFILE", profile),
    ]


async def test_who_is_made_staff_from_the_machine_itself_is_in_the_log_once(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    for _ in range(2):
        assert await make_staff(stage.sessions, ari.email)
    assert not await make_staff(stage.sessions, "nobody@nowhere.test")
    [entry] = await log(stage, sam, objectId={"eq": ari.account})
    assert (entry["action"], entry["actor"], entry["actorName"], entry["reason"]) == (
        "GIVE_ROLE",
        None,
        "The command line",
        "STAFF: Given on the command line",
    )


async def test_what_staff_remove_or_keep_back_stays_known_by_its_sound(stage: Stage) -> None:
    """Uploaded again it is a duplicate, whoever has deleted it."""
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    own, removed, hidden = [await a_track(stage.sessions, nova) for _ in range(3)]
    assert await moderate(stage, sam, removed, "REMOVE") == []
    assert await moderate(stage, sam, hidden, "HIDE") == []
    for track in (own, hidden):
        assert await stage.refusals(nova, "deleteTrack", id=track) == []
    async with stage.sessions.reading() as session:
        assert set(await session.scalars(select(col(Fingerprint.track_id)))) == {removed, hidden}
