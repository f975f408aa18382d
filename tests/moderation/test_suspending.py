"""Staff suspend an account: what it has put up is hidden, its money held, and others keep what they have (D-83)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.events.releasing import release_seats
from api.moderation.rules import TrackState, track_released, track_withheld
from api.recon.duplicates import publish
from api.suspension import OPEN
from db.models.payouts import PayoutHold
from db.models.tracks import Track
from db.queries import accounts
from db.queries.tracks import track_for_change
from db.vocabulary import TrackStatus
from tests.authorisation.table import ACTS
from tests.authorisation.world import a_world
from tests.events.gathering import an_event, going
from tests.factories import (
    Person,
    a_listener,
    a_producer,
    a_track,
    a_verified_producer,
    an_exclusive,
    staff,
)
from tests.licences.granted import a_licence
from tests.moderation.desk import entries, moderate, told
from tests.privacy.leaving import PASSWORD, with_password
from tests.requests.wanted import a_request
from tests.stage import Somebody, Stage
from tests.test_authorisation import attempt
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
REASON = {"reason": "Uploads what others made."}
OTHERS = """query($handle: String!, $request: ID!) {
  tracks { totalCount } producer(by: {handle: $handle}) { id } beatRequest(id: $request) { id status }
  searchSuggestions(text: "night dri") { label } }"""
OWN = """{ me { suspended suspensions { reason until endReason by { id } } roles
    abilities { upload { allowed code } license { code } }
    producer { withheld { cause reason } tracks { nodes { status withheld { cause reason } } } } }
  backstage { __typename } finances { balances { available { currency } } } network { contacts { totalCount } } }"""
FOUND = "query($search: String!) { staff { accounts(search: $search) { suspended suspensions { by { displayName } endedBy { displayName } endReason } } } }"


async def suspend(stage: Stage, who: Somebody, person: Person) -> list[tuple[str, str]]:
    return await stage.refusals(who, "suspendAccount", id=person.account, input=REASON)


async def reinstate(stage: Stage, who: Somebody, person: Person) -> list[tuple[str, str]]:
    reason = {"reason": "It is licensed."}
    return await stage.refusals(who, "reinstateAccount", id=person.account, input=reason)


async def states(stage: Stage) -> list[tuple[TrackStatus, TrackStatus | None]]:
    async with stage.sessions.reading() as session:
        rows = await session.scalars(select(Track).order_by(col(Track.number)))
        return [(row.status, row.withheld_as) for row in rows]


async def open_holds(stage: Stage) -> list[str]:
    async with stage.sessions.reading() as session:
        rows = await session.scalars(select(PayoutHold).where(col(PayoutHold.released_at).is_(None)))
        return sorted(row.reason for row in rows)


async def test_what_a_suspended_account_has_put_up_is_hidden_and_comes_back_as_it_was(stage: Stage) -> None:
    nova, sam = await a_verified_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    ari, kilo = await a_listener(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await a_track(stage.sessions, nova, title="Night Drive")
    for status in (TrackStatus.HIDDEN, TrackStatus.PROCESSING, TrackStatus.REMOVED):
        await a_track(stage.sessions, nova, status, title="Moon")
    await a_track(stage.sessions, nova, TrackStatus.SOLD, title="Snow", **an_exclusive())
    kept = await a_track(stage.sessions, nova, title="Rain")
    await a_track(stage.sessions, kilo, title="Sun", credited=[nova])
    request = await a_request(stage.sessions, nova)
    assert await moderate(stage, sam, kept, "HIDE") == []
    asked = {"handle": nova.handle, "request": request}
    before, was = await stage.ask(ari, OTHERS, **asked), await states(stage)
    assert (before["tracks"]["totalCount"], before["producer"]) == (2, {"id": nova.producer})
    assert await suspend(stage, sam, nova) == []
    assert await stage.ask(ari, OTHERS, **asked) == {
        "tracks": {"totalCount": 1},
        "producer": None,
        "beatRequest": None,
        "searchSuggestions": [],
    }
    shown, hidden = TrackStatus.PUBLISHED, TrackStatus.HIDDEN
    assert sorted(await states(stage), key=str) == sorted(
        [
            (hidden, shown),
            (hidden, hidden),
            (TrackStatus.PROCESSING, shown),
            (TrackStatus.REMOVED, None),
            (TrackStatus.SOLD, TrackStatus.SOLD),
            (hidden, shown),
            (shown, None),
        ],
        key=str,
    )
    assert await reinstate(stage, sam, nova) == []
    assert (await stage.ask(ari, OTHERS, **asked), await states(stage)) == (before, was)
    assert await moderate(stage, sam, kept, "RESTORE") == []
    assert await entries(stage.sessions) == [
        ("HIDE", kept),
        ("SUSPEND", nova.account),
        ("REINSTATE", nova.account),
        ("RESTORE", kept),
    ]


async def test_what_staff_restore_meanwhile_waits_for_the_end_of_the_suspension(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert await moderate(stage, sam, track, "HIDE") == []
    assert await suspend(stage, sam, nova) == []
    assert await moderate(stage, sam, track, "RESTORE") == []
    assert await states(stage) == [(TrackStatus.HIDDEN, TrackStatus.PUBLISHED)]
    assert await reinstate(stage, sam, nova) == []
    assert await states(stage) == [(TrackStatus.PUBLISHED, None)]


async def test_who_is_suspended_reads_why_and_what_is_their_own(stage: Stage) -> None:
    nova, sam = await a_verified_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    await a_track(stage.sessions, nova)
    assert await suspend(stage, sam, nova) == []
    found = await stage.ask(nova, OWN)
    why = {"cause": "SUSPENSION", "reason": REASON["reason"]}
    closed = {"code": "ACCOUNT_SUSPENDED"}
    assert found["me"] == {
        "suspended": True,
        "suspensions": [{"reason": REASON["reason"], "until": None, "endReason": None, "by": None}],
        "roles": ["LISTENER", "PRODUCER", "VERIFIED_PRODUCER"],
        "abilities": {"upload": {"allowed": False} | closed, "license": closed},
        "producer": {"withheld": why, "tracks": {"nodes": [{"status": "HIDDEN", "withheld": why}]}},
    }
    assert (found["backstage"], found["network"]) == ({"__typename": "Backstage"}, None)
    assert found["finances"] is not None
    assert [title for title, _ in await told(stage.sessions, nova)] == ["Your account is suspended"]
    assert await reinstate(stage, sam, nova) == []
    [seen] = (await stage.ask(sam, FOUND, search=nova.account))["staff"]["accounts"]
    assert seen == {
        "suspended": False,
        "suspensions": [
            {"by": {"displayName": "Sam"}, "endedBy": {"displayName": "Sam"}, "endReason": "It is licensed."}
        ],
    }
    assert (await stage.ask(nova, OWN))["network"] is not None


@on_sqlite
async def test_every_mutation_that_is_not_named_is_closed_to_who_is_suspended(stage: Stage) -> None:
    world = await a_world(stage.sessions)
    sam, owner = world.people["staff"], world.people["owner"]
    assert sam
    assert owner
    assert await suspend(stage, sam, owner) == []
    async with stage.nothing_changes():
        for name, act in ACTS.items():
            if name not in OPEN:
                came = await attempt(stage, owner, name, act.arguments(world, "owner"))
                assert (name, came) == (name, ["ACCOUNT_SUSPENDED"])


async def test_who_signs_in_first_in_the_same_document_passes_no_closed_door(stage: Stage) -> None:
    ari, nova, sam = (
        await with_password(stage, await a_listener(stage.sessions)),
        await a_producer(stage.sessions),
        await staff(stage.sessions),
    )
    assert await suspend(stage, sam, ari) == []
    both = """mutation($in: SignInInput!, $id: ID!) { signIn(input: $in) { account { suspended } errors { code } }
      followProducer(id: $id) { errors { code } } }"""
    given = {"email": ari.email, "password": PASSWORD}
    for who in (ari, None):
        found = await stage.ask(who, both, **{"in": given, "id": nova.producer})
        assert found == {
            "signIn": {"account": {"suspended": True}, "errors": []},
            "followProducer": {"errors": [{"code": "ACCOUNT_SUSPENDED"}]},
        }


async def test_money_is_held_and_goes_on_with_the_end_of_the_suspension_alone(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    own = {"held": True, "reason": "We look."}
    assert await stage.refusals(sam, "setPayoutHold", id=nova.producer, input=own) == []
    assert await suspend(stage, sam, nova) == []
    held = f"The account is suspended: {REASON['reason']}"
    assert await open_holds(stage) == [held, "We look."]
    free = {"held": False, "reason": "Fine."}
    assert await stage.refusals(sam, "setPayoutHold", id=nova.producer, input=free) == []
    assert await open_holds(stage) == [held]
    assert await stage.refusals(sam, "setPayoutHold", id=nova.producer, input=own) == []
    assert await reinstate(stage, sam, nova) == []
    assert await open_holds(stage) == ["We look."]


async def test_licences_of_others_stay_valid_and_nobody_gets_a_new_one(stage: Stage) -> None:
    nova, sam, ari = (
        await a_producer(stage.sessions),
        await staff(stage.sessions),
        await a_listener(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    licence = await a_licence(stage.sessions, ari, track)
    assert await suspend(stage, sam, nova) == []
    held = "query($id: ID!) { licence(id: $id) { status downloads { format } } }"
    found = (await stage.ask(ari, held, id=licence))["licence"]
    assert (found["status"], len(found["downloads"])) == ("ACTIVE", 1)
    bea = await a_listener(stage.sessions, "Bea")
    async with stage.nothing_changes():
        assert await stage.refusals(bea, "licenseTrack", trackId=track) == [("trackId", "NOT_FOUND")]
        assert await stage.refusals(bea, "startPlay", trackId=track) == [("trackId", "NOT_FOUND")]


async def test_a_track_that_passes_its_check_meanwhile_is_not_shown(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    assert await suspend(stage, sam, nova) == []
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)  # it was on its way
    async with stage.sessions.writing() as session:
        row = await track_for_change(session, track)
        assert row
        await publish(session, row)
    assert await states(stage) == [(TrackStatus.HIDDEN, TrackStatus.PUBLISHED)]
    assert await reinstate(stage, sam, nova) == []
    assert await states(stage) == [(TrackStatus.PUBLISHED, None)]


async def test_seats_at_events_are_given_back(stage: Stage) -> None:
    nova, sam = await a_verified_producer(stage.sessions, "Nova"), await staff(stage.sessions)
    event = await an_event(stage.sessions, sam)
    assert await stage.refusals(nova, "rsvpToEvent", id=event, input={"going": True}) == []
    assert await suspend(stage, sam, nova) == []

    async def nothing(_: Any) -> None:
        """No job behind it."""

    await release_seats(stage.sessions, nova.account, keep=nothing, settle=nothing)
    assert await going(stage.sessions, event) == 0


async def test_what_staff_cannot_suspend_is_refused_and_changes_nothing(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    async with stage.nothing_changes():
        assert await suspend(stage, nova, sam) == [("", "STAFF_REQUIRED")]
        assert await suspend(stage, sam, sam) == [("id", "OWN_ACCOUNT")]
        assert await reinstate(stage, sam, nova) == [("id", "NOT_SUSPENDED")]
        unknown = "acc_00000000000000000000000000"
        assert await stage.refusals(sam, "suspendAccount", id=unknown, input=REASON) == [("id", "NOT_FOUND")]
        blank = {"reason": " "}
        assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=blank) == [
            ("input.reason", "REQUIRED")
        ]
    assert await suspend(stage, sam, nova) == []
    async with stage.nothing_changes():
        assert await suspend(stage, sam, nova) == [("id", "ACCOUNT_SUSPENDED")]
        assert await reinstate(stage, nova, nova) == [("", "ACCOUNT_SUSPENDED")]


async def test_of_two_who_suspend_at_once_one_has_done_it(stage: Stage) -> None:
    sam, tina = await staff(stage.sessions), await staff(stage.sessions, "Tina")
    people = [await a_producer(stage.sessions, f"P{one}") for one in range(6)]
    for act, code in ((suspend, "ACCOUNT_SUSPENDED"), (reinstate, "NOT_SUSPENDED")):
        for person in people:
            both = await asyncio.gather(act(stage, sam, person), act(stage, tina, person))
            assert sorted(both) == [[], [("id", code)]]
    assert len(await entries(stage.sessions)) == 12


async def test_all_tracks_at_once_become_what_the_rule_says_of_one(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    every = [one for one in TrackStatus if one is not TrackStatus.REMOVED]
    for status in every:
        await a_track(stage.sessions, nova, status, **(an_exclusive() if status is TrackStatus.SOLD else {}))
    was = [TrackState(status, None) for status in every]
    assert await suspend(stage, sam, nova) == []
    withheld = [track_withheld(one) for one in was]
    assert sorted(await states(stage), key=str) == sorted((tuple(one) for one in withheld), key=str)
    assert await reinstate(stage, sam, nova) == []
    assert [track_released(one) for one in withheld] == was
    assert sorted(await states(stage), key=str) == sorted((tuple(one) for one in was), key=str)


async def test_the_words_of_demo_mode_open_no_more_than_a_session_would(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    for verb, suspended in (("suspendAccount", True), ("reinstateAccount", False)):
        assert await stage.refusals(sam, verb, id=nova.account, input={"reason": "Fraud."}) == []
        async with stage.sessions.reading() as session:
            access = await accounts.access_by_account(session, nova.email)
        assert access is not None
        assert access.suspended is suspended
