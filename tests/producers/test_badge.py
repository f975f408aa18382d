"""D-4 and D-5: asking for the badge, and staff who give it."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from api.producers.proof import CommunityMember, type_code
from db.clock import now
from db.models.producers import ProducerRequest
from db.vocabulary import ReviewStatus, UploadPurpose
from tests.factories import (
    Beatmaker,
    a_completed_upload,
    a_listener,
    a_producer,
    a_verified_producer,
    staff,
)
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

REQUEST = """request { id kind status producerName beatsUrl history { status }
  verification { command inviteUrl expiresAt confirmedAt } }"""
ME = """{ me { roles abilities { submitProducerRequest { allowed code } }
  producer { verified } producerRequests { nodes { id status } } } }"""


async def ask_for_badge(stage: Stage, who: Somebody, **different: Any) -> Json:
    given = {"kind": "GET_VERIFIED"} | different
    payload: Json = await stage.mutate(who, "submitProducerRequest", REQUEST, input=given)
    return payload


async def decide(stage: Stage, who: Somebody, request: str, decision: str = "APPROVE") -> Json:
    given = {"decision": decision, "reason": "Seen on Discord."}
    payload: Json = await stage.mutate(who, "reviewProducerRequest", REQUEST, id=request, input=given)
    return payload


async def type_the_code(stage: Stage, who: Beatmaker) -> None:
    """As the producer does on Discord; tests/http/test_discord.py does it there."""
    async with stage.sessions.writing() as session:
        [code] = await session.scalars(
            select(col(ProducerRequest.code)).where(
                col(ProducerRequest.account_id) == who.account,
                col(ProducerRequest.status) == ReviewStatus.PENDING,
            )
        )
        await type_code(session, CommunityMember("42", "nova", is_staff=False), code=code or "")


def codes_of(payload: Json) -> list[tuple[str, str]]:
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]


async def test_a_producer_gets_a_code_to_type_in_the_community(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    request = (await ask_for_badge(stage, nova))["request"]
    assert (request["kind"], request["status"], request["producerName"]) == ("GET_VERIFIED", "PENDING", None)
    challenge = request["verification"]
    assert re.fullmatch(r"/verify [2-9A-HJKMNP-Z]{10}", challenge["command"])
    assert (challenge["inviteUrl"], challenge["confirmedAt"]) == ("https://discord.gg/beatpass", None)
    left = datetime.fromisoformat(challenge["expiresAt"]) - now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


async def test_staff_give_the_badge(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    request = (await ask_for_badge(stage, nova))["request"]["id"]
    waiting = (await stage.ask(nova, ME))["me"]
    assert waiting["abilities"]["submitProducerRequest"] == {"allowed": False, "code": "REQUEST_PENDING"}
    async with stage.nothing_changes():
        assert codes_of(await decide(stage, sam, request)) == [("id", "CODE_NOT_TYPED")]
    await type_the_code(stage, nova)
    decided = (await decide(stage, sam, request))["request"]
    assert [step["status"] for step in decided["history"]] == ["PENDING", "APPROVED"]
    me = (await stage.ask(nova, ME))["me"]
    assert (me["roles"], me["producer"]) == (
        ["LISTENER", "PRODUCER", "VERIFIED_PRODUCER"],
        {"verified": True},
    )
    assert me["abilities"]["submitProducerRequest"] == {"allowed": False, "code": "UNKNOWN_VALUE"}


async def test_the_code_is_shown_to_nobody_but_its_producer(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    request = (await ask_for_badge(stage, nova))["request"]["id"]
    query = "query($id: ID!) { node(id: $id) { ... on ProducerRequest { verification { command } } } }"
    assert (await stage.ask(sam, query, id=request))["node"] == {"verification": None}
    assert (await stage.ask(await a_producer(stage.sessions), query, id=request))["node"] is None
    assert (await decide(stage, sam, request, "DENY"))["request"]["verification"] is None


async def test_who_is_no_producer_or_has_the_badge_is_refused(stage: Stage) -> None:
    ari, kilo = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    async with stage.nothing_changes():
        assert codes_of(await ask_for_badge(stage, ari)) == [("", "PRODUCER_REQUIRED")]
        assert codes_of(await ask_for_badge(stage, kilo)) == [("input.kind", "UNKNOWN_VALUE")]


async def test_one_waits_at_a_time_and_after_a_denial_another_may_follow(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    payloads = await asyncio.gather(ask_for_badge(stage, nova), ask_for_badge(stage, nova))
    assert sorted(codes_of(payload) for payload in payloads) == [[], [("", "REQUEST_PENDING")]]
    [request] = (await stage.ask(nova, ME))["me"]["producerRequests"]["nodes"]
    async with stage.nothing_changes():
        again = await ask_for_badge(stage, nova)
    assert again["errors"][0]["object"] == {"__typename": "ProducerRequest", "id": request["id"]}
    await decide(stage, sam, request["id"], "DENY")
    assert codes_of(await ask_for_badge(stage, nova)) == []


async def test_a_code_that_has_ended_is_renewed_on_the_same_request(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    first = (await ask_for_badge(stage, nova))["request"]
    await end_the_code(stage, nova)
    can_ask = (await stage.ask(nova, ME))["me"]["abilities"]["submitProducerRequest"]
    assert can_ask == {"allowed": True, "code": None}
    second = (await ask_for_badge(stage, nova))["request"]
    assert (second["id"], second["status"]) == (first["id"], "PENDING")
    assert second["verification"]["command"] != first["verification"]["command"]
    assert datetime.fromisoformat(second["verification"]["expiresAt"]) > now()


async def test_proofs_added_with_a_new_code_stand_behind_those_that_are_there(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    files = [
        await a_completed_upload(stage.sessions, nova, UploadPurpose.ATTACHMENT, filename=f"{n}.pdf")
        for n in range(6)
    ]
    request = (await ask_for_badge(stage, nova, attachmentUploadIds=files[:1]))["request"]["id"]
    await end_the_code(stage, nova)
    async with stage.nothing_changes():
        refused = await ask_for_badge(stage, nova, attachmentUploadIds=files[1:])
    assert codes_of(refused) == [("input.attachmentUploadIds", "TOO_LONG")]
    assert codes_of(await ask_for_badge(stage, nova, attachmentUploadIds=files[1:3])) == []
    query = "query($id: ID!) { node(id: $id) { ... on ProducerRequest { attachments { filename } } } }"
    shown = (await stage.ask(nova, query, id=request))["node"]["attachments"]
    assert [one["filename"] for one in shown] == ["0.pdf", "1.pdf", "2.pdf"]


async def end_the_code(stage: Stage, who: Beatmaker, **different: Any) -> None:
    columns = {"code_expires_at": now() - timedelta(seconds=1)} | different
    async with stage.sessions.writing() as session:
        asked = update(ProducerRequest).where(col(ProducerRequest.account_id) == who.account)
        await session.execute(asked.values(**columns))


async def test_a_code_that_was_typed_is_not_renewed(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await ask_for_badge(stage, nova)
    await end_the_code(stage, nova, code_typed_at=now())
    async with stage.nothing_changes():
        assert codes_of(await ask_for_badge(stage, nova)) == [("", "REQUEST_PENDING")]


async def test_who_lost_producer_access_gets_no_badge(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    request = (await ask_for_badge(stage, nova))["request"]["id"]
    await type_the_code(stage, nova)
    await stage.mutate(
        sam, "changeRole", id=nova.account, input={"role": "PRODUCER", "granted": False, "reason": "Gone"}
    )
    async with stage.nothing_changes():
        assert codes_of(await decide(stage, sam, request)) == [("id", "PRODUCER_REQUIRED")]


async def test_proofs_can_be_added(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    file = await a_completed_upload(stage.sessions, nova, UploadPurpose.ATTACHMENT)
    assert codes_of(await ask_for_badge(stage, nova, attachmentUploadIds=[file])) == []
    other = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        refused = await ask_for_badge(stage, other, attachmentUploadIds=[file])
    assert codes_of(refused) == [("input.attachmentUploadIds.0", "NOT_FOUND")]


async def test_a_badge_that_was_taken_stays_in_the_history_and_can_be_asked_for_again(stage: Stage) -> None:
    sam, kilo = await staff(stage.sessions), await a_verified_producer(stage.sessions)
    change = {"role": "VERIFIED_PRODUCER", "granted": False, "reason": "Sold beats of others."}
    await stage.mutate(sam, "changeRole", id=kilo.account, input=change)
    history = (
        "{ me { roles roleHistory { role granted reason } producer { verified } } reconAllowance { limit } }"
    )
    seen = await stage.ask(kilo, history)
    assert (seen["me"]["producer"], seen["reconAllowance"]) == ({"verified": False}, None)
    assert seen["me"]["roles"] == ["LISTENER", "PRODUCER"]
    notices = await stage.ask(kilo, "{ me { notifications { nodes { kind title body } } } }")
    assert notices["me"]["notifications"]["nodes"] == [
        {
            "kind": "SECURITY",
            "title": "You no longer have the verified badge",
            "body": "Sold beats of others.",
        }
    ]
    assert seen["me"]["roleHistory"][0] == {
        "role": "VERIFIED_PRODUCER",
        "granted": False,
        "reason": "Sold beats of others.",
    }
    request = (await ask_for_badge(stage, kilo))["request"]["id"]
    await type_the_code(stage, kilo)
    await decide(stage, sam, request)
    seen = await stage.ask(kilo, history)
    given = [step["granted"] for step in seen["me"]["roleHistory"] if step["role"] == "VERIFIED_PRODUCER"]
    assert (seen["me"]["producer"], given) == ({"verified": True}, [True, False, True])
