"""D-41: whoever has a plan with downloads licenses a track by downloading it, once, and for good."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from api.catalog.offers import STANDARD_CONDITIONS
from api.licensing.downloads import record_mp3
from db.clock import now
from db.models.plans import PlanSubscription
from db.vocabulary import EmailTiming, JobKind, LicensingModel, PlanStatus, TrackStatus
from tests.factories import (
    a_listener,
    a_producer,
    a_track,
    an_exclusive,
    an_unowned_profile,
    staff,
    the_upload_of,
)
from tests.licences.granted import a_plan
from tests.licences.licensed import (
    LICENSE,
    a_subscriber,
    ability,
    change_track,
    hide,
    job_keys,
    licences,
    license_,
    licensed,
    look,
    moment,
    told,
)
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def test_a_subscriber_licenses_a_track_and_has_its_files_and_its_certificate(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova"), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova, audio_sha256="a1" * 32)
    payload = await license_(stage, ari, track, "licence { id } downloadUrl")
    assert payload["errors"] == []
    seen = await look(stage, ari, payload["licence"]["id"])
    assert (seen["kind"], seen["status"], seen["revokedAt"]) == ("STANDARD", "ACTIVE", None)
    assert (seen["track"], seen["producer"]) == ({"id": track}, {"id": nova.producer})
    assert (seen["work"]["title"], seen["work"]["artists"]) == ("Night Drive", ["Nova"])
    assert (seen["work"]["producerName"], seen["licensee"]["displayName"]) == ("Nova", "Ari")
    assert seen["terms"] == {
        "producerSharePercent": None,
        "licenseeSharePercent": None,
        "royaltyPercent": None,
        "territory": "Worldwide",
        "governingLaw": "Ontario, Canada",
        "permissions": [],
        "deliveredFiles": ["WAV", "MP3_320"],
        "conditions": list(STANDARD_CONDITIONS),
    }
    [wav] = seen["downloads"]
    assert (wav["format"], wav["filename"]) == ("WAV", "Nova - Night Drive.wav")
    upload = await the_upload_of(stage.sessions, track)
    assert f"/files/masters/{upload}.wav?" in wav["file"]["url"]
    assert payload["downloadUrl"].partition("?")[0] == wav["file"]["url"].partition("?")[0]
    certificate = seen["certificate"]
    assert _UUID.fullmatch(certificate["number"])
    assert certificate["verifyUrl"] == f"https://beatpass.test/licences/{certificate['number']}"
    assert (certificate["fingerprintSha256"], len(certificate["signature"])) == ("a1" * 32, 43)
    assert moment(certificate["issuedAt"]) == moment(seen["grantedAt"])
    assert await job_keys(stage.sessions, JobKind.MAKE_MP3) == [payload["licence"]["id"]]


async def test_downloading_again_gives_the_same_licence_whatever_became_of_track_and_plan(
    stage: Stage,
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    subscription = await a_plan(stage.sessions, ari)
    tracks = [await a_track(stage.sessions, nova) for _ in range(3)]
    ids = [await licensed(stage, ari, track) for track in tracks]
    async with stage.sessions.writing() as session:
        paid = await session.get_one(PlanSubscription, subscription)
        paid.status, paid.ended_at = PlanStatus.ENDED, now()
    await hide(stage.sessions, tracks[0])
    await change_track(stage.sessions, tracks[1], status=TrackStatus.SOLD)
    await stage.mutate(nova, "deleteTrack", id=tracks[2])
    async with stage.nothing_changes():
        again = [await license_(stage, ari, track, "licence { id } downloadUrl") for track in tracks]
    assert [one["licence"]["id"] for one in again] == ids
    assert [bool(one["downloadUrl"]) for one in again] == [True, True, True]
    assert [(await look(stage, ari, one))["track"] for one in ids] == [None, {"id": tracks[1]}, None]
    assert await stage.refusals(ari, LICENSE, trackId=await a_track(stage.sessions, nova)) == [
        ("", "PLAN_REQUIRED")
    ]


async def test_a_double_click_makes_one_licence_and_tells_of_it_once(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    both = await asyncio.gather(*(license_(stage, ari, track) for _ in range(4)))
    assert len({one["licence"]["id"] for one in both}) == 1
    assert [one["errors"] for one in both] == [[], [], [], []]
    assert (len(await licences(stage.sessions)), len(await told(stage.sessions))) == (1, 2)
    assert len(await job_keys(stage.sessions, JobKind.MAKE_MP3)) == 1


async def test_each_account_has_a_licence_of_its_own_and_an_mp3_that_is_there_is_not_made_again(
    stage: Stage,
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    people = [await a_subscriber(stage.sessions, name) for name in ("Ari", "Lee", "Noa")]
    ids = {await licensed(stage, who, track) for who in people[:2]}
    assert len(ids) == 2
    assert len({one.number for one in await licences(stage.sessions)}) == 2
    assert set(await job_keys(stage.sessions, JobKind.MAKE_MP3)) == ids
    upload = await the_upload_of(stage.sessions, track)
    async with stage.sessions.writing() as session:
        await record_mp3(session, upload, byte_size=1)
    await licensed(stage, people[2], track)
    assert set(await job_keys(stage.sessions, JobKind.MAKE_MP3)) == ids


async def test_all_who_are_credited_are_named(stage: Stage) -> None:
    nova, kilo, juno = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Juno")]
    track = await a_track(stage.sessions, nova, credited=[kilo, juno])
    await licensed(stage, await a_subscriber(stage.sessions), track)
    [row] = await licences(stage.sessions)
    assert row.terms["credit"] == "Produced by Nova, Kilo and Juno"
    assert row.work["producers"] == ["Nova", "Kilo", "Juno"]
    assert row.work["producer_name"] == "Nova"


@on_sqlite
@pytest.mark.parametrize("status", sorted(set(TrackStatus) - {TrackStatus.PUBLISHED}))
async def test_only_what_is_in_the_catalogue_can_be_licensed(stage: Stage, status: TrackStatus) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    code = "NOT_LICENSABLE" if status is TrackStatus.SOLD else "NOT_FOUND"
    async with stage.nothing_changes():
        assert await stage.refusals(ari, LICENSE, trackId=track) == [("trackId", code)]
        own = "NOT_FOUND" if status is TrackStatus.REMOVED else "OWN_TRACK"
        assert await stage.refusals(nova, LICENSE, trackId=track) == [("trackId", own)]


@on_sqlite
async def test_what_is_sold_to_one_buyer_only_has_no_standard_licence(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    alone = an_exclusive(licensing_model=LicensingModel.EXCLUSIVE_ONLY)
    track = await a_track(stage.sessions, nova, **alone)
    async with stage.nothing_changes():
        [error] = (await license_(stage, ari, track))["errors"]
    assert (error["__typename"], error["code"]) == ("WrongState", "NOT_LICENSABLE")
    assert error["message"] == "This track is sold exclusively: there is no standard licence to it."
    assert error["object"] == {"__typename": "Track", "id": track}
    assert await ability(stage, ari, track) == {
        "allowed": False,
        "code": "NOT_LICENSABLE",
        "message": error["message"],
    }
    await licensed(stage, ari, await a_track(stage.sessions, nova, **an_exclusive()))


@pytest.mark.parametrize(
    ("plan", "status", "grace_days", "code"),
    [
        ("Explorer", PlanStatus.ACTIVE, None, "PLAN_REQUIRED"),
        ("Classic", PlanStatus.CHECKOUT_OPEN, None, "PLAN_REQUIRED"),
        ("Classic", PlanStatus.ENDED, None, "PLAN_REQUIRED"),
        ("Classic", PlanStatus.PAYMENT_FAILED, -1, "PLAN_REQUIRED"),
        ("Classic", PlanStatus.PAYMENT_FAILED, 1, None),
        ("Classic", PlanStatus.CANCELLING, None, None),
        ("Plus", PlanStatus.ACTIVE, None, None),
        ("Pro", PlanStatus.ACTIVE, None, None),
    ],
)
@on_sqlite
async def test_a_plan_with_downloads_that_holds_is_what_it_takes(
    stage: Stage, plan: str, status: PlanStatus, grace_days: int | None, code: str | None
) -> None:
    ari = await a_listener(stage.sessions)
    grace = None if grace_days is None else now() + timedelta(days=grace_days)
    await a_plan(stage.sessions, ari, plan, status=status, grace_ends_at=grace)
    track = await a_track(stage.sessions, await a_producer(stage.sessions))
    button = await ability(stage, ari, track)
    assert (button["allowed"], button["code"]) == (code is None, code)
    doors = "{ me { abilities { license { allowed code } } } }"
    assert (await stage.ask(ari, doors))["me"]["abilities"]["license"] == {
        "allowed": code is None,
        "code": code,
    }
    if code is None:
        await licensed(stage, ari, track)
        return
    async with stage.nothing_changes():
        [error] = (await license_(stage, ari, track))["errors"]
    assert (error["__typename"], error["path"], error["code"]) == ("NotPermitted", [], code)
    assert [one["name"] for one in error["requiredPlans"]] == ["Classic", "Plus", "Pro"]
    assert error["message"] == button["message"]


async def test_the_button_says_what_the_mutation_would(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert (await ability(stage, None, track))["code"] == "SIGN_IN_REQUIRED"
    assert (await ability(stage, nova, track))["code"] == "OWN_TRACK"
    assert (await ability(stage, await a_listener(stage.sessions, "Lee"), track))["code"] == "PLAN_REQUIRED"
    assert (await ability(stage, ari, track))["allowed"] is True
    licence = await licensed(stage, ari, track)
    await change_track(stage.sessions, track, status=TrackStatus.SOLD)
    assert (await ability(stage, ari, track))["allowed"] is True
    held = "query($id: ID!) { track(id: $id) { viewerLicence { id } } }"
    assert (await stage.ask(ari, held, id=track))["track"]["viewerLicence"] == {"id": licence}
    for other in (None, nova, await a_subscriber(stage.sessions, "Lee")):
        assert (await stage.ask(other, held, id=track))["track"]["viewerLicence"] is None


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "code"), [("trk_x", "NOT_FOUND"), ("", "NOT_FOUND"), (f"acc_{'0' * 26}", "WRONG_ID_TYPE")]
)
async def test_a_track_that_there_is_not_cannot_be_licensed(stage: Stage, wrong: str, code: str) -> None:
    ari = await a_subscriber(stage.sessions)
    async with stage.nothing_changes():
        assert await stage.refusals(ari, LICENSE, trackId=wrong) == [("trackId", code)]


async def test_both_parties_and_staff_see_a_licence_and_the_licensee_alone_its_files(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova))
    for who in (nova, await staff(stage.sessions)):
        seen = await look(stage, who, licence)
        assert (seen["id"], seen["downloads"]) == (licence, None)
    for other in (None, await a_subscriber(stage.sessions, "Lee"), await a_producer(stage.sessions, "Olga")):
        assert await look(stage, other, licence) is None
        node = "query($id: ID!) { node(id: $id) { id } }"
        assert (await stage.ask(other, node, id=licence))["node"] is None
    assert len((await look(stage, ari, licence))["downloads"]) == 1


async def test_licensee_and_producer_are_told(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova"), await a_subscriber(stage.sessions)
    licence = await licensed(stage, ari, await a_track(stage.sessions, nova, title="Tape Delay"))
    [granted, downloaded] = await told(stage.sessions)
    [row] = await licences(stage.sessions)
    assert (granted.kind, granted.account_id, granted.subject_id) == ("LICENSE_GRANTED", ari.account, licence)
    assert granted.title == "You licensed “Tape Delay”"
    assert granted.body == (
        "The standard licence to “Tape Delay” by Nova is yours, and stays yours when your plan ends."
        f" Credit: Produced by Nova. Certificate {row.number}."
    )
    assert granted.path == downloaded.path == f"/licences/{row.number}"
    assert (downloaded.kind, downloaded.account_id) == ("TRACK_DOWNLOAD", nova.account)
    assert downloaded.title == "Ari licensed “Tape Delay”"
    subject = "{ me { notifications { nodes { subject { __typename id } } } } }"
    for who in (ari, nova):
        [shown] = (await stage.ask(who, subject))["me"]["notifications"]["nodes"]
        assert shown["subject"] == {"__typename": "Licence", "id": licence}


@on_sqlite
async def test_a_licence_goes_by_e_mail_at_once_and_a_download_with_the_others_of_the_day(
    mailing: Stage,
) -> None:
    nova, ari = await a_producer(mailing.sessions), await a_subscriber(mailing.sessions)
    await licensed(mailing, ari, await a_track(mailing.sessions, nova))
    assert [one.email for one in await told(mailing.sessions)] == [EmailTiming.AT_ONCE, EmailTiming.DIGEST]


@on_sqlite
async def test_a_profile_that_nobody_owns_grants_licences_and_nobody_is_told(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await change_track(stage.sessions, track, producer_id=await an_unowned_profile(stage.sessions))
    licence = await licensed(stage, ari, track)
    assert (await look(stage, ari, licence))["work"]["producerName"] == "Echo Park"
    assert [one.kind for one in await told(stage.sessions)] == ["LICENSE_GRANTED"]


async def test_a_licence_keeps_what_it_said_when_names_and_facts_change(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions, "Nova"), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    before = await look(stage, ari, await licensed(stage, ari, track))
    await stage.mutate(nova, "updateTrack", id=track, input={"title": "Another Name", "artists": ["Other"]})
    await stage.mutate(nova, "updateProducer", id=nova.producer, input={"name": "Other"})
    after = await look(stage, ari, before["id"])
    kept = ("work", "terms", "grantedAt")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert [one["filename"] for one in after["downloads"]] == ["Nova - Night Drive.wav"]


async def test_licences_are_listed_newest_first_by_the_page_and_by_kind(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    ids = [await licensed(stage, ari, await a_track(stage.sessions, nova)) for _ in range(3)]
    query = """query($first: Int, $after: String, $last: Int, $where: LicenceWhere) { me {
      licences(first: $first, after: $after, last: $last, where: $where) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id } } } }"""

    async def listed(**variables: Any) -> Any:
        return (await stage.ask(ari, query, **variables))["me"]["licences"]

    first = await listed(first=2)
    assert [one["id"] for one in first["nodes"]] == [ids[2], ids[1]]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = await listed(first=2, after=first["pageInfo"]["endCursor"])
    assert [one["id"] for one in rest["nodes"]] == [ids[0]]
    assert [one["id"] for one in (await listed(last=1))["nodes"]] == [ids[0]]
    assert (await listed(where={"kind": {"eq": "EXCLUSIVE"}}))["totalCount"] == 0
    assert len((await listed(where={"kind": {"in": ["STANDARD"]}}))["nodes"]) == 3
    assert (await stage.ask(nova, query))["me"]["licences"]["nodes"] == []
