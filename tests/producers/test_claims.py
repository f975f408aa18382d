"""D-2: staff make profiles for known beats, and whose they are claims them."""

import asyncio
from typing import Any

import pytest

from db.ids import new_id
from db.vocabulary import UploadPurpose
from tests.factories import (
    a_completed_upload,
    a_listener,
    a_producer,
    a_track,
    an_application,
    an_unowned_profile,
    staff,
)
from tests.producers.profiles import PROFILE, errors_of, profile, update
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

REQUEST = "request { id kind status claimedProducer { id claimed } }"
FACTS = {
    "producerName": "Echo Park",
    "beatsUrl": "https://soundcloud.com/echo-park",
    "firstName": "Eve",
    "lastName": "Park",
}
ME = "{ me { roles producer { id handle name claimed } abilities { submitProducerRequest { allowed code } } } }"


async def make(stage: Stage, who: Somebody, **given: Any) -> Json:
    payload: Json = await stage.mutate(who, "createProducer", f"producer {{ {PROFILE} }}", input=given)
    return payload


async def apply(stage: Stage, who: Somebody, kind: str, **different: Any) -> Json:
    payload: Json = await stage.mutate(
        who, "submitProducerRequest", REQUEST, input={"kind": kind} | FACTS | different
    )
    return payload


async def claim(stage: Stage, who: Somebody, producer: str | None, **different: Any) -> Json:
    return await apply(stage, who, "CLAIM_PROFILE", claimedProducerId=producer, **different)


async def review(stage: Stage, who: Somebody, request: str, decision: str = "APPROVE") -> Json:
    given = {"decision": decision, "reason": "Known."}
    payload: Json = await stage.mutate(who, "reviewProducerRequest", REQUEST, id=request, input=given)
    return payload


async def test_staff_make_a_profile_that_nobody_owns(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    picture = await a_completed_upload(stage.sessions, sam, UploadPurpose.PROFILE_PICTURE)
    links = [{"network": "SOUNDCLOUD", "url": "soundcloud.com/echo-park"}]
    payload = await make(
        stage, sam, name="Echo Park", handle="Echo", city="LA", roles=["producer"], links=links,
        pictureUploadId=picture, bio="Known beats.",
    )  # fmt: skip
    assert payload["errors"] == []
    shown = payload["producer"]
    assert (shown["handle"], shown["claimed"], shown["city"]) == ("Echo", False, "LA")
    assert shown["completeness"]["percent"] == 100
    assert (await make(stage, sam, name="Echo Park"))["producer"]["handle"] == "echo-park"
    assert (await make(stage, sam, name="Echo Park"))["producer"]["handle"] == "echo-park-2"
    query = '{ producer(by: {handle: "ECHO"}) { id claimed completeness { percent } } }'
    assert (await stage.ask(None, query))["producer"] == {
        "id": shown["id"], "claimed": False, "completeness": None,
    }  # fmt: skip


async def test_all_that_is_wrong_with_a_new_profile_is_told_at_once(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        payload = await make(stage, sam, name=" ", handle="x", bio="x" * 2001, pictureUploadId=new_id("upl"))
        assert errors_of(payload) == [
            ("input.name", "REQUIRED"),
            ("input.bio", "TOO_LONG"),
            ("input.handle", "TOO_SHORT"),
            ("input.pictureUploadId", "NOT_FOUND"),
        ]
        taken = await make(stage, sam, name="Nova", handle=nova.handle)
        assert errors_of(taken) == [("input.handle", "HANDLE_TAKEN")]
        for who in (nova, ari):
            assert errors_of(await make(stage, who, name="Echo")) == [("", "STAFF_REQUIRED")]


async def test_an_approved_claim_makes_the_applicant_the_owner(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    producer = await an_unowned_profile(stage.sessions, "Echo Park")
    await stage.mutate(ari, "followProducer", id=producer)
    request = (await claim(stage, ari, producer))["request"]
    assert (request["kind"], request["status"]) == ("CLAIM_PROFILE", "PENDING")
    assert request["claimedProducer"] == {"id": producer, "claimed": False}
    assert (await stage.ask(ari, ME))["me"]["producer"] is None
    approved = (await review(stage, sam, request["id"]))["request"]
    assert (approved["status"], approved["claimedProducer"]["claimed"]) == ("APPROVED", True)
    me = (await stage.ask(ari, ME))["me"]
    assert (me["roles"], me["producer"]["id"]) == (["LISTENER", "PRODUCER"], producer)
    shown = (await update(stage, ari, producer, name="Echo"))["producer"]
    assert (shown["name"], shown["claimed"], shown["followerCount"]) == ("Echo", True, 0)


async def test_all_that_is_wrong_with_a_claim_is_told_at_once(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    file = await a_completed_upload(stage.sessions, nova, UploadPurpose.ATTACHMENT)
    path = "input.claimedProducerId"
    async with stage.nothing_changes():
        for claimed, code in (
            (None, "REQUIRED"),
            ("", "REQUIRED"),
            ("x", "NOT_FOUND"),
            (new_id("pro"), "NOT_FOUND"),
            (new_id("trk"), "WRONG_ID_TYPE"),
            (nova.producer, "NOT_CLAIMABLE"),
        ):
            payload = await claim(stage, ari, claimed, lastName=" ", attachmentUploadIds=[file])
            assert errors_of(payload) == [
                ("input.lastName", "REQUIRED"),
                (path, code),
                ("input.attachmentUploadIds.0", "NOT_FOUND"),
            ]


async def test_only_a_claim_names_a_profile(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    producer = await an_unowned_profile(stage.sessions)
    async with stage.nothing_changes():
        for who, kind in ((ari, "BECOME_PRODUCER"), (nova, "GET_VERIFIED")):
            payload = await apply(stage, who, kind, claimedProducerId=producer)
            assert errors_of(payload) == [("input.claimedProducerId", "MALFORMED")]


async def test_who_has_a_profile_claims_no_other(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    producer = await an_unowned_profile(stage.sessions)
    async with stage.nothing_changes():
        assert errors_of(await claim(stage, nova, producer)) == [("input.kind", "UNKNOWN_VALUE")]
    taken = {"role": "PRODUCER", "granted": False, "reason": "Gone"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    async with stage.nothing_changes():
        [error] = (await claim(stage, nova, producer))["errors"]
    assert error["message"] == "You have a profile: apply for producer access, and it is yours again."
    assert errors_of(await apply(stage, nova, "BECOME_PRODUCER")) == []


async def test_of_two_who_claim_a_profile_one_gets_it_and_the_other_waits_for_staff(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    producer = await an_unowned_profile(stage.sessions)
    people = [await a_listener(stage.sessions, name) for name in ("Eve", "Ida")]
    first, second = [(await claim(stage, one, producer))["request"]["id"] for one in people]
    assert errors_of(await review(stage, sam, first)) == []
    async with stage.nothing_changes():
        [error] = (await review(stage, sam, second))["errors"]
    assert (error["path"], error["code"], error["object"]["id"]) == (["id"], "NOT_CLAIMABLE", second)
    assert (await stage.ask(people[1], ME))["me"]["roles"] == ["LISTENER"]
    assert (await review(stage, sam, second, "DENY"))["request"]["status"] == "DENIED"


async def test_two_claims_of_a_profile_that_are_approved_at_once_give_it_to_one(stage: Stage) -> None:
    sam, kim = await staff(stage.sessions), await staff(stage.sessions, "Kim")
    producer = await an_unowned_profile(stage.sessions)
    people = [await a_listener(stage.sessions, name) for name in ("Eve", "Ida")]
    first, second = [(await claim(stage, one, producer))["request"]["id"] for one in people]
    payloads = await asyncio.gather(review(stage, sam, first), review(stage, kim, second))
    assert sorted(map(errors_of, payloads)) == [[], [("id", "NOT_CLAIMABLE")]]
    roles = [(await stage.ask(one, ME))["me"]["roles"] for one in people]
    assert sorted(roles) == [["LISTENER"], ["LISTENER", "PRODUCER"]]


@pytest.mark.parametrize("order", ["claim first", "claim last", "at once"])
async def test_a_claim_and_an_application_of_one_person_never_make_two_profiles(
    stage: Stage, order: str
) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    producer = await an_unowned_profile(stage.sessions)
    become = await an_application(stage.sessions, ari)
    claimed = (await claim(stage, ari, producer))["request"]["id"]
    assert (await stage.ask(ari, ME))["me"]["abilities"]["submitProducerRequest"]["code"] == "REQUEST_PENDING"
    if order == "at once":
        payloads = list(await asyncio.gather(review(stage, sam, become), review(stage, sam, claimed)))
    else:
        requests = [claimed, become] if order == "claim first" else [become, claimed]
        payloads = [await review(stage, sam, one) for one in requests]
    tables = await stage.tables()
    assert len([row for row in tables["producer"] if ari.account in row]) == 1
    assert (await stage.ask(ari, ME))["me"]["roles"] == ["LISTENER", "PRODUCER"]
    refused = [error for payload in payloads for error in errors_of(payload)]
    owned = (await profile(stage, None, producer))["claimed"]
    assert refused == [("id", "NOT_CLAIMABLE")]
    if order != "at once":
        assert owned is (order == "claim first")


async def test_one_claim_of_a_person_waits_at_a_time(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    first, second = [await an_unowned_profile(stage.sessions, name) for name in ("Echo", "Park")]
    await claim(stage, ari, first)
    async with stage.nothing_changes():
        assert errors_of(await claim(stage, ari, second)) == [("", "REQUEST_PENDING")]
    assert (await stage.ask(ari, ME))["me"]["abilities"]["submitProducerRequest"] == {
        "allowed": True, "code": None,
    }  # fmt: skip
    assert errors_of(await apply(stage, ari, "BECOME_PRODUCER")) == []


async def test_a_profile_is_credited_before_its_owner_joins(stage: Stage) -> None:
    """And the track is on the profile that they take over (D-16)."""
    sam, ari, nova = (
        await staff(stage.sessions),
        await a_listener(stage.sessions),
        await a_producer(stage.sessions),
    )
    producer = await an_unowned_profile(stage.sessions)
    track = await a_track(stage.sessions, nova)
    given = {"creditedProducerIds": [producer]}
    payload = await stage.mutate(
        nova, "updateTrack", "track { credits { id claimed } }", id=track, input=given
    )
    assert payload["track"]["credits"][1] == {"id": producer, "claimed": False}
    request = (await claim(stage, ari, producer))["request"]["id"]
    await review(stage, sam, request)
    query = "{ me { producer { creditedTracks { nodes { id } } } } }"
    assert (await stage.ask(ari, query))["me"]["producer"]["creditedTracks"]["nodes"] == [{"id": track}]


async def test_any_number_of_producers_may_be_called_by_a_word_of_ours(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    made = [(await make(stage, sam, name="Studio"))["producer"]["handle"] for _ in range(4)]
    assert made == ["studio-2", "studio-3", "studio-4", "studio-5"]
