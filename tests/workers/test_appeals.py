"""D-31: objecting to a block, and staff who decide, with the real engine."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from db.ids import TrackId, new_id
from db.models.recon import ReconScan
from db.vocabulary import JobKind, TrackStatus, UploadPurpose
from tests.factories import Beatmaker, Person, a_completed_upload, a_producer, a_track, staff
from tests.stage import Json
from tests.workers.studio import Beats, Studio

pytestmark = pytest.mark.anyio

STATEMENT = "Both beats are mine: the first is the demo, this is the finished mix."
APPEAL = "appeal { id status statement reviewReason track { id status } history { status reason } attachments { filename } }"
SHOWN = """query($id: ID!) { track(id: $id) { status publishedAt viewerCan { appeal { allowed code } }
  fingerprint { status duplicate { track { id } appeal { id status reviewReason history { status } } } } } }"""


@pytest.fixture
async def nova(studio: Studio) -> Beatmaker:
    return await a_producer(studio.stage.sessions)


@pytest.fixture
async def kilo(studio: Studio) -> Beatmaker:
    return await a_producer(studio.stage.sessions, "Kilo")


@pytest.fixture
async def sam(studio: Studio) -> Person:
    return await staff(studio.stage.sessions)


@pytest.fixture
async def blocked(studio: Studio, beats: Beats, nova: Beatmaker, kilo: Beatmaker) -> TrackId:
    """Kilo's trimmed copy of Nova's beat."""
    await studio.published(nova, beats.first, title="Original")
    copy = await studio.upload(kilo, beats.trimmed, title="Copy")
    await studio.check(copy)
    return copy


async def appeal(studio: Studio, who: Any, track: str, **given: Any) -> Json:
    input_ = {"statement": STATEMENT} | given
    payload: Json = await studio.stage.mutate(who, "appealDuplicate", APPEAL, id=track, input=input_)
    return payload


async def decide(
    studio: Studio, who: Any, of: str, decision: str = "APPROVE", reason: str = "Proved."
) -> Json:
    given = {"decision": decision, "reason": reason}
    payload: Json = await studio.stage.mutate(who, "reviewDuplicateAppeal", APPEAL, id=of, input=given)
    return payload


async def shown(studio: Studio, who: Any, track: str) -> Json:
    track_shown: Json = (await studio.stage.ask(who, SHOWN, id=track))["track"]
    return track_shown


def codes_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]


async def test_an_appeal_waits_for_staff_and_is_seen_with_the_block(
    studio: Studio, kilo: Beatmaker, blocked: TrackId
) -> None:
    file = await a_completed_upload(studio.stage.sessions, kilo, UploadPurpose.ATTACHMENT, filename="a.pdf")
    assert (await shown(studio, kilo, blocked))["viewerCan"]["appeal"] == {"allowed": True, "code": None}
    opened = (await appeal(studio, kilo, blocked, attachmentUploadIds=[file]))["appeal"]
    assert (opened["status"], opened["statement"], opened["attachments"]) == (
        "PENDING", STATEMENT, [{"filename": "a.pdf"}],
    )  # fmt: skip
    seen = await shown(studio, kilo, blocked)
    assert seen["fingerprint"]["duplicate"]["appeal"] == {
        "id": opened["id"], "status": "PENDING", "reviewReason": None, "history": [{"status": "PENDING"}],
    }  # fmt: skip
    assert seen["viewerCan"]["appeal"] == {"allowed": False, "code": "APPEAL_OPEN"}


async def test_a_granted_appeal_publishes_the_track_at_once(
    studio: Studio, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    decided = (await decide(studio, sam, opened))["appeal"]
    assert (decided["status"], decided["track"]) == ("APPROVED", {"id": blocked, "status": "PUBLISHED"})
    assert [step["status"] for step in decided["history"]] == ["PENDING", "APPROVED"]
    seen = await shown(studio, kilo, blocked)
    assert (seen["fingerprint"]["status"], bool(seen["publishedAt"])) == ("VERIFIED_UNIQUE", True)
    assert seen["fingerprint"]["duplicate"]["appeal"]["status"] == "APPROVED"
    assert (await studio.job(JobKind.MAKE_PREVIEW, blocked)).state == "READY"
    public = await shown(studio, None, blocked)
    assert (public["status"], public["fingerprint"]["duplicate"]) == ("PUBLISHED", None)


async def test_the_original_does_not_look_like_a_duplicate_afterwards(
    studio: Studio, nova: Beatmaker, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    original = (await shown(studio, kilo, blocked))["fingerprint"]["duplicate"]["track"]["id"]
    await decide(studio, sam, (await appeal(studio, kilo, blocked))["appeal"]["id"])
    assert (await shown(studio, nova, original))["fingerprint"]["duplicate"] is None


async def test_what_staff_took_in_is_guarded_before_its_terms_are_written_and_after(
    studio: Studio, beats: Beats, nova: Beatmaker, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    await decide(studio, sam, (await appeal(studio, kilo, blocked))["appeal"]["id"])
    await delete_original(studio, nova, kilo, blocked)  # only the one taken in is left to be copied
    assert (await studio.counts())["posting"] == 0
    early = await studio.upload(nova, beats.first, title="Early")
    await studio.check(early)
    await write_terms(studio, blocked)
    assert (await studio.counts())["posting"] > 50
    late = await studio.upload(nova, beats.first, title="Late")
    await studio.check(late)
    assert await studio.statuses(nova, [early, late]) == ["DUPLICATE", "DUPLICATE"]


async def delete_original(studio: Studio, nova: Beatmaker, kilo: Beatmaker, blocked: TrackId) -> None:
    original = (await shown(studio, kilo, blocked))["fingerprint"]["duplicate"]["track"]["id"]
    await studio.stage.mutate(nova, "deleteTrack", id=original)


async def write_terms(studio: Studio, track: TrackId) -> None:
    [key] = [job.key for job in await studio.jobs(JobKind.POST_RECORDING) if track in job.key]
    await studio.work(JobKind.POST_RECORDING, key.partition(":")[2])
    await studio.work(JobKind.POST_RECORDING, key.partition(":")[2])  # twice is once


async def test_what_came_while_a_track_was_blocked_is_compared_with_it_once_it_is_taken_in(
    studio: Studio, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    await decide(studio, sam, (await appeal(studio, kilo, blocked))["appeal"]["id"])
    [job] = await studio.jobs(JobKind.RESCAN)
    await studio.work(JobKind.RESCAN, job.key.partition(":")[2])
    async with studio.stage.sessions.reading() as session:
        [scan] = (await session.scalars(select(ReconScan).where(col(ReconScan.track_id) == blocked))).all()
    assert (scan.trigger, scan.status, scan.compared_count) == ("SCHEDULED", "DONE", 1)


async def test_a_later_copy_of_what_was_granted_is_not_shown_as_its_original(
    studio: Studio, beats: Beats, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    await decide(studio, sam, (await appeal(studio, kilo, blocked))["appeal"]["id"])
    before = (await shown(studio, kilo, blocked))["fingerprint"]["duplicate"]
    eve = await a_producer(studio.stage.sessions, "Eve")
    copy = await studio.upload(
        eve, beats.trimmed, title="Later"
    )  # the very same file: more alike than the original
    await studio.check(copy)
    await decide(studio, sam, (await appeal(studio, eve, copy))["appeal"]["id"])
    assert (await shown(studio, kilo, blocked))["fingerprint"]["duplicate"] == before


async def test_the_pair_never_blocks_again(
    studio: Studio, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    await decide(studio, sam, (await appeal(studio, kilo, blocked))["appeal"]["id"])
    await studio.check_again(blocked)
    seen = await shown(studio, kilo, blocked)
    assert (seen["status"], seen["fingerprint"]["status"]) == ("PUBLISHED", "VERIFIED_UNIQUE")


async def test_a_denied_appeal_changes_nothing_but_itself_and_another_may_follow(
    studio: Studio, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    decided = (await decide(studio, sam, opened, "DENY", "The mix is the same."))["appeal"]
    assert (decided["status"], decided["reviewReason"]) == ("DENIED", "The mix is the same.")
    seen = await shown(studio, kilo, blocked)
    assert (seen["status"], seen["viewerCan"]["appeal"]["allowed"]) == ("DUPLICATE", True)
    second = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    assert (await shown(studio, kilo, blocked))["fingerprint"]["duplicate"]["appeal"]["id"] == second


async def test_one_appeal_waits_at_a_time(studio: Studio, kilo: Beatmaker, blocked: TrackId) -> None:
    payloads = await asyncio.gather(appeal(studio, kilo, blocked), appeal(studio, kilo, blocked))
    assert sorted(codes_of(payload) for payload in payloads) == [[], [("id", "APPEAL_OPEN")]]
    async with studio.stage.nothing_changes():
        payload = await appeal(studio, kilo, blocked)
    assert payload["errors"][0]["object"]["__typename"] == "DuplicateAppeal"


async def test_who_may_not_appeal_is_refused(
    studio: Studio, nova: Beatmaker, kilo: Beatmaker, sam: Person, blocked: TrackId
) -> None:
    fine = await a_track(studio.stage.sessions, kilo)
    async with studio.stage.nothing_changes():
        assert codes_of(await appeal(studio, nova, blocked)) == [("id", "NOT_FOUND")]
        assert codes_of(await appeal(studio, nova, fine)) == [("id", "NOT_YOURS")]
        assert codes_of(await appeal(studio, kilo, fine)) == [("id", "NOT_BLOCKED")]
        assert codes_of(await appeal(studio, sam, blocked)) == [("", "PRODUCER_REQUIRED")]
        assert codes_of(await appeal(studio, kilo, kilo.producer)) == [("id", "WRONG_ID_TYPE")]
        assert codes_of(await appeal(studio, kilo, new_id("trk"))) == [("id", "NOT_FOUND")]


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"statement": "Mine!"}, [("input.statement", "TOO_SHORT")]),
        ({"statement": " \u200b "}, [("input.statement", "REQUIRED")]),
        ({"statement": "x" * 5001}, [("input.statement", "TOO_LONG")]),
        ({"attachmentUploadIds": ["x"]}, [("input.attachmentUploadIds.0", "NOT_FOUND")]),
        (
            {"statement": "Mine!", "attachmentUploadIds": ["x"]},
            [("input.statement", "TOO_SHORT"), ("input.attachmentUploadIds.0", "NOT_FOUND")],
        ),
    ],
)
async def test_an_appeal_that_says_too_little_or_too_much_is_refused(
    studio: Studio, kilo: Beatmaker, given: Json, codes: list[tuple[str, str]]
) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    async with studio.stage.nothing_changes():
        assert codes_of(await appeal(studio, kilo, blocked, **given)) == codes


async def test_only_staff_decide_and_only_once_and_with_a_reason(
    studio: Studio, kilo: Beatmaker, sam: Person
) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    async with studio.stage.nothing_changes():
        assert codes_of(await decide(studio, kilo, opened)) == [("", "STAFF_REQUIRED")]
        assert codes_of(await decide(studio, sam, opened, reason=" ")) == [("input.reason", "REQUIRED")]
        assert codes_of(await decide(studio, sam, blocked)) == [("id", "WRONG_ID_TYPE")]
        assert codes_of(await decide(studio, sam, new_id("apl"))) == [("id", "NOT_FOUND")]
    both = await asyncio.gather(decide(studio, sam, opened), decide(studio, sam, opened, "DENY"))
    assert sorted(codes_of(payload) for payload in both) == [[], [("id", "ALREADY_REVIEWED")]]
    async with studio.stage.nothing_changes():
        assert codes_of(await decide(studio, sam, opened)) == [("id", "ALREADY_REVIEWED")]


async def test_the_queue_of_staff_has_applications_and_appeals_in_one_order(
    studio: Studio, kilo: Beatmaker, sam: Person
) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    first = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    asked = await studio.stage.mutate(
        kilo, "submitProducerRequest", "request { id }", input={"kind": "GET_VERIFIED"}
    )
    second = asked["request"]["id"]
    query = """query($after: String, $where: CaseWhere) { staff { cases(first: 1, after: $after, where: $where) {
      totalCount pageInfo { endCursor } nodes { __typename id ... on DuplicateAppeal { statement track { id } } } } } }"""

    async def cases(**given: Any) -> Json:
        found: Json = (await studio.stage.ask(sam, query, **given))["staff"]["cases"]
        return found

    page = await cases()
    assert (page["totalCount"], page["nodes"][0]["id"], page["nodes"][0]["track"]) == (
        2,
        first,
        {"id": blocked},
    )
    following = await cases(after=page["pageInfo"]["endCursor"])
    assert following["nodes"] == [{"__typename": "ProducerRequest", "id": second}]
    for kind, ids in (("DUPLICATE_APPEAL", [first]), ("PRODUCER_REQUEST", [second])):
        assert [node["id"] for node in (await cases(where={"kind": {"eq": kind}}))["nodes"]] == ids
    assert (await cases(where={"kind": {"in": []}}))["totalCount"] == 0


async def test_an_appeal_goes_with_its_track(studio: Studio, kilo: Beatmaker, sam: Person) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    await studio.stage.mutate(kilo, "deleteTrack", id=blocked)
    assert (await studio.stage.ask(sam, "{ staff { cases { totalCount } } }"))["staff"]["cases"][
        "totalCount"
    ] == 0
    async with studio.stage.nothing_changes():
        assert codes_of(await decide(studio, sam, opened)) == [("id", "NOT_FOUND")]


async def test_an_appeal_is_there_for_its_producer_and_staff_alone(
    studio: Studio, nova: Beatmaker, kilo: Beatmaker, sam: Person
) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    query = "query($id: ID!) { node(id: $id) { id } }"
    seen = [(await studio.stage.ask(who, query, id=opened))["node"] for who in (kilo, sam, nova, None)]
    assert seen == [{"id": opened}, {"id": opened}, None, None]


async def test_the_producer_hears_of_the_decision(studio: Studio, kilo: Beatmaker, sam: Person) -> None:
    blocked = await a_track(studio.stage.sessions, kilo, TrackStatus.DUPLICATE)
    opened = (await appeal(studio, kilo, blocked))["appeal"]["id"]
    query = "subscription($id: ID!) { trackChanged(id: $id) { fingerprint { status } } }"
    watching: AsyncGenerator[Any] = studio.stage.watch(kilo, query, id=blocked)
    async with aclosing(watching):
        heard = [await anext(watching)]
        await decide(studio, sam, opened)
        heard.append(await anext(watching))
    statuses = [one.data["trackChanged"]["fingerprint"]["status"] for one in heard]
    assert statuses == ["DUPLICATE", "VERIFIED_UNIQUE"]
