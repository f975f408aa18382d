"""Staff hold a producer's payouts once, for one reason at a time."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.clock import now
from db.models.payouts import PayoutHold
from tests.factories import a_producer, staff
from tests.payouts.payroll import Payroll

pytestmark = pytest.mark.anyio


async def test_who_is_held_already_is_held_for_another_reason_and_once(payroll: Payroll) -> None:
    nova, other = [await a_producer(payroll.stage.sessions, name) for name in ("Nova", "Echo")]
    sam = await staff(payroll.stage.sessions)

    async def hold(reason: str) -> Any:
        given = {"held": True, "reason": reason}
        answer = "holds { id reason placedAt }"
        return (await payroll.stage.mutate(sam, "setPayoutHold", answer, id=nova.producer, input=given))[
            "holds"
        ]

    at_once = await asyncio.gather(*(hold("We look at a sale.") for _ in range(3)))
    [first] = at_once[0]
    assert [one for holds in at_once for one in holds] == [first] * 3
    async with payroll.stage.nothing_changes():
        assert await hold("We look at a sale.") == [first]
    assert await hold("A bank asks.") == [first | {"reason": "A bank asks."}]
    query = "query($id: ID!) { node(id: $id) { ... on PayoutHold { reason } } }"
    seen = [(await payroll.stage.ask(who, query, id=first["id"]))["node"] for who in (sam, nova, other, None)]
    assert seen == [{"reason": "A bank asks."}, None, None, None]


async def test_what_holds_by_itself_is_no_hold_of_staff(payroll: Payroll) -> None:
    nova, sam = await a_producer(payroll.stage.sessions), await staff(payroll.stage.sessions)
    itself = PayoutHold(
        producer_id=nova.producer, cause="pac_1", reason="Another account.", until=now() + timedelta(days=2)
    )
    async with payroll.stage.sessions.writing() as session:
        session.add(itself)
    given = {"held": True, "reason": "We look too."}
    payload = await payroll.stage.mutate(
        sam, "setPayoutHold", "holds { reason }", id=nova.producer, input=given
    )
    assert [one["reason"] for one in payload["holds"]] == ["We look too.", "Another account."]
