"""Who is suspended gets neither a profile nor the badge meanwhile: both would be there without being kept back (D-83)."""

import asyncio

import pytest

from db.clock import now
from db.models.privacy import AccountDeletion
from db.vocabulary import AccountDeletionStatus, ReviewStatus
from tests.factories import Person, a_listener, an_application, an_unowned_profile, staff
from tests.producers.test_claims import claim
from tests.stage import Somebody, Stage

pytestmark = pytest.mark.anyio
WHY = {"reason": "We look."}
ME = "{ me { roles producer { withheld { cause } } } }"


async def review(
    stage: Stage, who: Somebody, request: str, decision: str = "APPROVE"
) -> list[tuple[str, str]]:
    given = {"decision": decision, "reason": "Known."}
    return await stage.refusals(who, "reviewProducerRequest", id=request, input=given)


async def suspend(stage: Stage, sam: Somebody, person: Person) -> list[tuple[str, str]]:
    return await stage.refusals(sam, "suspendAccount", id=person.account, input=WHY)


async def test_nothing_is_approved_during_a_suspension_and_everything_after_it(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    ari, bea = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bea")
    asked = await an_application(stage.sessions, ari, "Ari", status=ReviewStatus.PENDING)
    profile = await an_unowned_profile(stage.sessions)
    claimed = (await claim(stage, bea, profile))["request"]["id"]
    for person in (ari, bea):
        assert await suspend(stage, sam, person) == []
    async with stage.nothing_changes():
        for request in (asked, claimed):
            assert await review(stage, sam, request) == [("id", "ACCOUNT_SUSPENDED")]
    for person in (ari, bea):
        assert await stage.refusals(sam, "reinstateAccount", id=person.account, input=WHY) == []
    for person, request in ((ari, asked), (bea, claimed)):
        assert await review(stage, sam, request) == []
        found = (await stage.ask(person, ME))["me"]
        assert found == {"roles": ["LISTENER", "PRODUCER"], "producer": {"withheld": None}}


async def test_who_is_suspended_can_be_denied(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    asked = await an_application(stage.sessions, ari, "Ari", status=ReviewStatus.PENDING)
    assert await suspend(stage, sam, ari) == []
    assert await review(stage, sam, asked, "DENY") == []
    assert (await stage.ask(ari, ME))["me"]["producer"] is None


async def test_who_is_being_deleted_is_given_nothing_and_can_be_denied(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    asked = await an_application(stage.sessions, ari, "Ari", status=ReviewStatus.PENDING)
    async with stage.sessions.writing() as session:
        session.add(
            AccountDeletion(account_id=ari.account, due_at=now(), status=AccountDeletionStatus.RUNNING)
        )
    async with stage.nothing_changes():
        assert await review(stage, sam, asked) == [("id", "ACCOUNT_LEAVING")]
    assert await review(stage, sam, asked, "DENY") == []


async def test_a_suspension_and_an_approval_at_once_leave_no_profile_that_is_shown(stage: Stage) -> None:
    sam, tina = await staff(stage.sessions), await staff(stage.sessions, "Tina")
    for number in range(4):
        ari = await a_listener(stage.sessions, f"Ari {number}")
        asked = await an_application(stage.sessions, ari, f"Ari {number}", status=ReviewStatus.PENDING)
        approved, suspended = await asyncio.gather(review(stage, tina, asked), suspend(stage, sam, ari))
        assert suspended == []
        found = (await stage.ask(ari, ME))["me"]["producer"]
        kept_back = {"withheld": {"cause": "SUSPENSION"}}
        assert (approved, found) in [([], kept_back), ([("id", "ACCOUNT_SUSPENDED")], None)]
