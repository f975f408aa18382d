"""D-2 and D-3: applying for producer access, and deciding about it."""

import asyncio
from typing import Any

import pytest

from db.ids import new_id
from db.vocabulary import ReviewStatus, UploadPurpose
from tests.factories import a_completed_upload, a_listener, a_producer, an_application, staff
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

GOOD = {
    "kind": "BECOME_PRODUCER",
    "producerName": "Nova Keys",
    "beatsUrl": "https://soundcloud.com/nova",
    "firstName": "Nova",
    "lastName": "Keys",
}
REQUEST = """request { id status producerName beatsUrl firstName lastName instagram label reviewReason
  applicant { displayName } history { status reason } attachments { filename byteSize file { url } } }"""
PROFILE = "{ me { roles producer { handle name verified bio } abilities { upload { allowed code } } } }"


async def apply(stage: Stage, who: Somebody, **different: Any) -> Json:
    payload: Json = await stage.mutate(who, "submitProducerRequest", REQUEST, input=GOOD | different)
    return payload


async def review(stage: Stage, who: Somebody, request: str, decision: str, reason: str | None = None) -> Json:
    given = {"decision": decision, "reason": reason}
    payload: Json = await stage.mutate(who, "reviewProducerRequest", REQUEST, id=request, input=given)
    return payload


def errors_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]


async def test_an_application_waits_for_staff_with_everything_that_was_told(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = (await apply(stage, ari, instagram="@nova", label="Night Records"))["request"]
    assert {name: request[name] for name in ("status", "producerName", "instagram", "label")} == {
        "status": "PENDING",
        "producerName": "Nova Keys",
        "instagram": "nova",
        "label": "Night Records",
    }
    assert request["applicant"] == {"displayName": "Ari"}
    assert request["history"] == [{"status": "PENDING", "reason": None}]


async def test_all_problems_of_an_application_are_told_at_once(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    wrong = {"producerName": " ", "beatsUrl": "https://localhost", "lastName": None, "instagram": "no spaces"}
    async with stage.nothing_changes():
        payload = await apply(stage, ari, **wrong)
    assert errors_of(payload) == [
        ("input.producerName", "REQUIRED"),
        ("input.beatsUrl", "MALFORMED"),
        ("input.lastName", "REQUIRED"),
        ("input.instagram", "MALFORMED"),
    ]


async def test_a_second_application_is_refused_while_one_waits(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    await apply(stage, ari)
    async with stage.nothing_changes():
        assert errors_of(await apply(stage, ari)) == [("", "REQUEST_PENDING")]


async def test_of_two_applications_at_once_one_waits(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    payloads = await asyncio.gather(apply(stage, ari), apply(stage, ari))
    assert sorted(errors_of(payload) for payload in payloads) == [[], [("", "REQUEST_PENDING")]]


async def test_a_producer_has_nothing_to_apply_for(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        assert errors_of(await apply(stage, nova)) == [("input.kind", "UNKNOWN_VALUE")]


async def test_a_denial_needs_a_reason_that_the_applicant_reads_and_may_be_followed_by_another_try(
    stage: Stage,
) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    request = await an_application(stage.sessions, ari)
    async with stage.nothing_changes():
        assert errors_of(await review(stage, sam, request, "DENY")) == [("input.reason", "REQUIRED")]
    assert errors_of(await review(stage, sam, request, "DENY", "The link is dead.")) == []
    read = "query($id: ID!) { node(id: $id) { ... on ProducerRequest { status reviewReason reviewedAt } } }"
    denied = (await stage.ask(ari, read, id=request))["node"]
    assert (denied["status"], denied["reviewReason"]) == ("DENIED", "The link is dead.")
    assert denied["reviewedAt"]
    assert (await stage.ask(ari, PROFILE))["me"]["roles"] == ["LISTENER"]
    assert errors_of(await apply(stage, ari)) == []


async def test_an_approval_gives_the_profile_and_the_role(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    request = await an_application(stage.sessions, ari, "Nova Keys")
    before = (await stage.ask(ari, PROFILE))["me"]
    assert before["abilities"]["upload"] == {"allowed": False, "code": "PRODUCER_REQUIRED"}
    decided = (await review(stage, sam, request, "APPROVE"))["request"]
    assert [step["status"] for step in decided["history"]] == ["PENDING", "APPROVED"]
    assert (await stage.ask(ari, PROFILE))["me"] == {
        "roles": ["LISTENER", "PRODUCER"],
        "producer": {"handle": "nova-keys", "name": "Nova Keys", "verified": False, "bio": None},
        "abilities": {"upload": {"allowed": True, "code": None}},
    }


async def test_what_is_decided_is_decided(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    request = await an_application(stage.sessions, ari)
    await review(stage, sam, request, "APPROVE")
    async with stage.nothing_changes():
        payload = await review(stage, sam, request, "DENY", "Changed my mind")
    [error] = payload["errors"]
    assert (error["__typename"], error["code"]) == ("WrongState", "ALREADY_REVIEWED")
    assert error["object"] == {"__typename": "ProducerRequest", "id": request}


async def test_of_two_reviews_at_once_one_decides(stage: Stage) -> None:
    sam, kim = await staff(stage.sessions), await staff(stage.sessions, "Kim")
    ari = await a_listener(stage.sessions)
    request = await an_application(stage.sessions, ari)
    reviews = (review(stage, sam, request, "APPROVE"), review(stage, kim, request, "APPROVE"))
    payloads = await asyncio.gather(*reviews)
    assert sorted(errors_of(payload) for payload in payloads) == [[], [("id", "ALREADY_REVIEWED")]]
    tables = await stage.tables()
    assert len(tables["producer"]) == 1
    assert len(tables["case_step"]) == 2


async def test_producers_of_one_name_approved_at_once_get_handles_of_their_own(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    people = [await a_listener(stage.sessions, name) for name in ("A", "B", "C", "D", "E")]
    requests = [await an_application(stage.sessions, one, "Nova Keys") for one in people]
    payloads = await asyncio.gather(*(review(stage, sam, one, "APPROVE") for one in requests))
    assert [errors_of(payload) for payload in payloads] == [[]] * 5
    handles = {(await stage.ask(one, PROFILE))["me"]["producer"]["handle"] for one in people}
    assert handles == {"nova-keys", "nova-keys-2", "nova-keys-3", "nova-keys-4", "nova-keys-5"}


async def test_who_lost_access_and_gets_it_again_keeps_the_profile(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    taken = {"role": "PRODUCER", "granted": False, "reason": "Gone"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    request = (await apply(stage, nova, producerName="Another"))["request"]["id"]
    assert errors_of(await review(stage, sam, request, "APPROVE")) == []
    me = (await stage.ask(nova, PROFILE))["me"]
    assert (me["producer"]["handle"], me["roles"]) == (nova.handle, ["LISTENER", "PRODUCER"])


async def test_only_staff_decide_and_only_what_is_there(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    sam = await staff(stage.sessions)
    request = await an_application(stage.sessions, ari)
    async with stage.nothing_changes():
        for who in (ari, nova):
            assert errors_of(await review(stage, who, request, "APPROVE")) == [("", "STAFF_REQUIRED")]
        assert errors_of(await review(stage, sam, new_id("req"), "APPROVE")) == [("id", "NOT_FOUND")]
        assert errors_of(await review(stage, sam, nova.producer, "APPROVE")) == [("id", "WRONG_ID_TYPE")]


async def test_attachments_are_shown_to_applicant_and_staff_in_their_order(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    files = [
        await a_completed_upload(stage.sessions, ari, UploadPurpose.ATTACHMENT, filename=name, byte_size=size)
        for name, size in (("b.png", 7), ("a.pdf", 8))
    ]
    request = (await apply(stage, ari, attachmentUploadIds=files))["request"]
    shown = [(one["filename"], one["byteSize"]) for one in request["attachments"]]
    assert shown == [("b.png", 7), ("a.pdf", 8)]
    assert files[0] in request["attachments"][0]["file"]["url"]
    case = "{ staff { cases { totalCount nodes { ... on ProducerRequest { attachments { filename } } } } } }"
    [node] = (await stage.ask(sam, case))["staff"]["cases"]["nodes"]
    assert [one["filename"] for one in node["attachments"]] == ["b.png", "a.pdf"]


async def test_every_attachment_that_cannot_be_used_is_told(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    purpose = UploadPurpose.ATTACHMENT
    good = await a_completed_upload(stage.sessions, ari, purpose)
    foreign = await a_completed_upload(stage.sessions, nova, purpose)
    used = await a_completed_upload(stage.sessions, ari, purpose, used_by=new_id("req"))
    async with stage.nothing_changes():
        payload = await apply(stage, ari, attachmentUploadIds=[good, foreign, used, good, "x"])
    place = "input.attachmentUploadIds"
    assert errors_of(payload) == [
        (f"{place}.1", "NOT_FOUND"),
        (f"{place}.2", "UPLOAD_USED"),
        (f"{place}.3", "REPEATED"),
        (f"{place}.4", "NOT_FOUND"),
    ]


async def test_at_most_five_files_are_added(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        payload = await apply(stage, ari, attachmentUploadIds=["x"] * 6)
    assert errors_of(payload)[0] == ("input.attachmentUploadIds", "TOO_LONG")


async def test_the_queue_is_oldest_first_by_state_and_by_the_page(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    names = ["A", "B", "C"]
    requests = [
        await an_application(stage.sessions, await a_listener(stage.sessions), name) for name in names
    ]
    done = await an_application(
        stage.sessions, await a_listener(stage.sessions), status=ReviewStatus.APPROVED
    )
    query = """query($after: String) { staff { cases(first: 2, after: $after, where: {status: {eq: PENDING}}) {
      totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }"""
    first = (await stage.ask(sam, query))["staff"]["cases"]
    rest = (await stage.ask(sam, query, after=first["pageInfo"]["endCursor"]))["staff"]["cases"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert [node["id"] for node in first["nodes"] + rest["nodes"]] == requests
    every = "{ staff { cases { nodes { id } } } }"
    assert done in {node["id"] for node in (await stage.ask(sam, every))["staff"]["cases"]["nodes"]}


async def test_another_ones_application_is_not_there(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions)
    request = await an_application(stage.sessions, ari)
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert await stage.ask(nova, query, id=request) == {"node": None}
    assert await stage.ask(None, query, id=request) == {"node": None}
    assert await stage.ask(ari, query, id=request) == {"node": {"id": request}}


@pytest.mark.parametrize("purpose", ["TRACK_AUDIO", "COVER_ART"])
async def test_before_approval_no_beat_and_no_cover_is_taken(stage: Stage, purpose: str) -> None:
    ari = await a_listener(stage.sessions)
    await an_application(stage.sessions, ari)
    given = {"purpose": purpose, "filename": "beat.wav", "byteSize": 1000}
    async with stage.nothing_changes():
        payload = await stage.mutate(ari, "createUpload", "upload { id }", input=given)
    [error] = payload["errors"]
    assert (error["__typename"], error["code"]) == ("NotPermitted", "PRODUCER_REQUIRED")
    assert error["requiredRole"] == "PRODUCER"


async def test_after_approval_they_are(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    given = {"purpose": "TRACK_AUDIO", "filename": "beat.wav", "byteSize": 1000}
    payload = await stage.mutate(nova, "createUpload", "upload { url status }", input=given)
    assert payload["upload"]["status"] == "WAITING"
    assert payload["upload"]["url"].startswith("https://api.beatpass.test/uploads/upl_")
