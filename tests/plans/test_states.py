"""Every change of a plan's state that is written is one that the table has, whatever happens to the plan (D-50)."""

import random

import pytest
from sqlalchemy import text

from api.plans.rules import TRANSITIONS
from db.vocabulary import PlanStatus
from tests.factories import Person, a_listener
from tests.plans.shop import Shop
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_WATCH = (
    "CREATE TABLE change (number INTEGER PRIMARY KEY, before TEXT, after TEXT)",
    """CREATE TRIGGER watched AFTER UPDATE ON plan_subscription WHEN OLD.status <> NEW.status
       BEGIN INSERT INTO change (before, after) VALUES (OLD.status, NEW.status); END""",
)


async def watch(shop: Shop) -> None:
    """Have the database note every change of a state, seen by anybody or not."""
    async with shop.stage.sessions.writing() as session:
        for statement in _WATCH:
            await session.execute(text(statement))


async def changes(shop: Shop) -> list[tuple[PlanStatus, PlanStatus]]:
    async with shop.stage.sessions.reading() as session:
        rows = await session.execute(text("SELECT before, after FROM change ORDER BY number"))
        return [(PlanStatus(before), PlanStatus(after)) for before, after in rows]


async def do(shop: Shop, who: Person, what: str) -> None:
    """Something that happens to a plan, or cannot, and all that is heard of it."""
    match what.split():
        case ["begin", plan]:
            await shop.begin(who, plan)
        case ["pay"]:
            await shop.pay(who)
        case ["move", plan]:
            await shop.move(who, plan)
        case ["stop" | "resume" as word]:
            await shop.renew(who, renews=word == "resume")
        case ["card", card]:
            for customer in shop.seller.stripe.v1.customers.list().data:
                shop.seller.control("POST", f"/customers/{customer.id}/card", card=card)
        case ["wait", days]:
            shop.seller.advance(days=int(days))
        case _:
            raise ValueError(what)
    await shop.hear()


@on_sqlite
async def test_a_life_of_two_plans_is_written_step_by_step(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await watch(shop)
    life = (
        "begin Pro, begin Plus, pay, stop, resume, card declined, wait 31, card works, wait 5, stop, wait 62"
    )
    for what in life.split(", "):
        await do(shop, ari, what)
    open_, active, failed = PlanStatus.CHECKOUT_OPEN, PlanStatus.ACTIVE, PlanStatus.PAYMENT_FAILED
    stopped, ended = PlanStatus.CANCELLING, PlanStatus.ENDED
    assert await changes(shop) == [
        (open_, ended),
        (open_, active),
        (active, stopped),
        (stopped, active),
        (active, failed),
        (failed, active),
        (active, stopped),
        (stopped, ended),
    ]


@on_sqlite
@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_no_other_change_is_written(shop: Shop, seed: int) -> None:
    ari, chance = await a_listener(shop.stage.sessions), random.Random(seed)
    await watch(shop)
    for what in ("begin Plus", "pay"):
        await do(shop, ari, what)
    likely = [
        "move Pro",
        "move Classic",
        "stop",
        "resume",
        "card declined",
        "card works",
        "wait 5",
        "wait 31",
    ]
    for _ in range(12):
        await do(shop, ari, chance.choice(likely))
    written = await changes(shop)
    assert written[0] == (PlanStatus.CHECKOUT_OPEN, PlanStatus.ACTIVE)
    assert [(before, after) for before, after in written if after not in TRANSITIONS[before]] == []
    assert [before for before, _ in written[1:]] == [after for _, after in written[:-1]]
