"""An application is decided while the account of who applied is deleted: one waits for the other, and none is thrown out."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.privacy.forgetting import forget
from api.privacy.preview import person_of
from api.producers.errors import CodeIsUnknown
from api.producers.proof import CommunityMember, confirm_code, type_code
from db.ids import AccountDeletionId, new_id
from db.models.producers import ProducerRequest
from db.queries import accounts
from db.vocabulary import ReviewStatus, UploadPurpose
from tests.factories import (
    Person,
    a_completed_upload,
    a_listener,
    a_producer,
    an_application,
    an_unowned_profile,
    staff,
)
from tests.moderation.test_applications import review
from tests.moderation.test_at_once import somebody_waits
from tests.producers.test_badge import ask_for_badge, codes_of, end_the_code, type_the_code
from tests.producers.test_claims import claim
from tests.stage import Stage
from tests.tools.databases import on_postgres

pytestmark = pytest.mark.anyio
T = TypeVar("T")
Verb = Callable[..., Awaitable[None]]


async def beside_a_deletion(stage: Stage, who: Person, doing: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What comes of something that begins while their account is held, and waits until everything of theirs is gone."""
    async with stage.sessions.writing() as session:
        await accounts.lock(session, who.account)
        task = asyncio.create_task(doing())
        await somebody_waits(stage)
        await forget(session, await person_of(session, who.account), AccountDeletionId(new_id("del")))
    return await task


async def applied(stage: Stage, kind: str) -> tuple[Person, str]:
    """Who waits for staff, and for what."""
    if kind == "CLAIM_PROFILE":
        bea = await a_listener(stage.sessions, "Bea")
        profile = await an_unowned_profile(stage.sessions)
        return bea, (await claim(stage, bea, profile))["request"]["id"]
    if kind == "GET_VERIFIED":
        nova = await a_producer(stage.sessions)
        request = (await ask_for_badge(stage, nova))["request"]["id"]
        await type_the_code(stage, nova)
        return nova, request
    ari = await a_listener(stage.sessions)
    return ari, await an_application(stage.sessions, ari, "Ari", status=ReviewStatus.PENDING)


async def left(stage: Stage) -> list[str]:
    async with stage.sessions.reading() as session:
        return list(await session.scalars(select(col(ProducerRequest.id))))


@on_postgres
@pytest.mark.parametrize("decision", ["APPROVE", "DENY"])
@pytest.mark.parametrize("kind", ["BECOME_PRODUCER", "CLAIM_PROFILE", "GET_VERIFIED"])
async def test_staff_take_the_account_before_the_application(stage: Stage, kind: str, decision: str) -> None:
    sam = await staff(stage.sessions)
    who, request = await applied(stage, kind)
    came = await beside_a_deletion(stage, who, lambda: review(stage, sam, request, decision))
    assert (came, await left(stage)) == ([("id", "NOT_FOUND")], [])


@on_postgres
@pytest.mark.parametrize("verb", [type_code, confirm_code])
async def test_on_discord_the_account_comes_first_too(stage: Stage, verb: Verb) -> None:
    nova, _ = await applied(stage, "GET_VERIFIED")
    async with stage.sessions.reading() as session:
        [code] = await session.scalars(select(col(ProducerRequest.code)))

    async def typed() -> None:
        with pytest.raises(CodeIsUnknown):
            async with stage.sessions.writing() as session:
                await verb(session, CommunityMember("42", "nova", is_staff=True), code=str(code))

    await beside_a_deletion(stage, nova, typed)
    assert await left(stage) == []


@on_postgres
async def test_a_code_is_renewed_under_the_lock_of_the_account(stage: Stage) -> None:
    """It changes the application and then its files, which whoever deletes the account takes the other way round."""
    nova = await a_producer(stage.sessions)
    await ask_for_badge(stage, nova)
    await end_the_code(stage, nova)
    proof = await a_completed_upload(stage.sessions, nova, UploadPurpose.ATTACHMENT, filename="proof.pdf")
    again = await beside_a_deletion(
        stage, nova, lambda: ask_for_badge(stage, nova, attachmentUploadIds=[proof])
    )
    assert codes_of(again) == [("input.attachmentUploadIds.0", "UPLOAD_UNUSABLE")]
    assert await left(stage) == []
