"""The provider is asked once, with a key that is kept first; what it did is found again (MONEY 1.5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api.gateways.payment_answers import PaymentBroken, PaymentRefused, PaymentUnsure
from api.gateways.payments import Payments
from api.payments.calls import Intent, carry_out
from db.clock import now
from db.models.payments import PaymentCall
from db.vocabulary import PaymentCallKind
from tests.factories import a_listener
from tests.plans.shop import Shop
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_TRIES = 3
"""Of the SDK itself."""


async def calls(shop: Shop) -> list[tuple[str, int, str]]:
    async with shop.stage.sessions.reading() as session:
        rows = await session.scalars(select(PaymentCall).order_by("called_at", "attempt"))
        return [(row.kind.value, row.attempt, row.outcome.value) for row in rows]


async def introduce(shop: Shop, subject: str = "acc_1") -> str:
    payments = shop.stage.services.payments
    assert isinstance(payments, Payments)

    async def act(key: str) -> str:
        return await payments.add_payer(key, account=subject, email="a@b.ca", name="Ari")

    return await carry_out(shop.stage.sessions, Intent(PaymentCallKind.ADD_PAYER, subject), act)


def payers(shop: Shop) -> int:
    return len(shop.seller.stripe.v1.customers.list({"limit": 100}).data)


async def test_what_is_done_is_done_once(shop: Shop) -> None:
    assert await introduce(shop) == await introduce(shop)
    assert payers(shop) == 1
    assert await calls(shop) == [("ADD_PAYER", 1, "DONE")]


@pytest.mark.parametrize(
    ("fault", "done"), [("drop_before", 0), ("drop_after", 1), ("rate_limited", 0), ("conflict", 0)]
)
async def test_where_no_answer_came_the_same_key_tells(shop: Shop, fault: str, done: int) -> None:
    shop.seller.arm(fault, method="POST", path="/v1/customers")
    shop.seller.arm("drop_before", method="POST", path="/v1/customers", times=_TRIES - 1)
    with pytest.raises(PaymentUnsure):
        await introduce(shop)
    assert payers(shop) == done
    assert await calls(shop) == [("ADD_PAYER", 1, "UNSURE")]
    shop.seller.control("DELETE", "/faults")
    assert await introduce(shop)
    assert payers(shop) == 1
    assert await calls(shop) == [("ADD_PAYER", 1, "DONE")]


@pytest.mark.parametrize(("fault", "payers_made"), [("error_before", 1), ("error_after", 2)])
async def test_a_failure_that_is_said_for_ever_is_followed_by_another_key(
    shop: Shop, fault: str, payers_made: int
) -> None:
    shop.seller.arm(fault, method="POST", path="/v1/customers")
    with pytest.raises(PaymentBroken):
        await introduce(shop)
    assert await calls(shop) == [("ADD_PAYER", 1, "BROKEN")]
    assert await introduce(shop)
    assert payers(shop) == payers_made
    assert await calls(shop) == [("ADD_PAYER", 1, "BROKEN"), ("ADD_PAYER", 2, "DONE")]


@on_sqlite
async def test_what_was_refused_is_tried_again_with_a_key_of_its_own(shop: Shop) -> None:
    payments = shop.stage.services.payments
    assert isinstance(payments, Payments)

    async def close(key: str) -> str:
        await payments.close_checkout(key, "cs_test_of_nobody")
        return ""

    for _ in range(2):
        with pytest.raises(PaymentRefused) as refused:
            await carry_out(shop.stage.sessions, Intent(PaymentCallKind.CLOSE_CHECKOUT, "sub_1"), close)
        assert refused.value.code == "resource_missing"
    assert await calls(shop) == [("CLOSE_CHECKOUT", 1, "REFUSED"), ("CLOSE_CHECKOUT", 2, "REFUSED")]


@on_sqlite
async def test_a_key_that_the_provider_has_forgotten_is_not_used_again(shop: Shop) -> None:
    shop.seller.arm("drop_before", method="POST", path="/v1/customers", times=_TRIES)
    with pytest.raises(PaymentUnsure):
        await introduce(shop)
    shop.seller.control("DELETE", "/faults")
    async with shop.stage.sessions.writing() as session:
        await session.execute(update(PaymentCall).values(called_at=now() - timedelta(hours=23, minutes=1)))
    await introduce(shop)
    assert [(attempt, outcome) for _, attempt, outcome in await calls(shop)] == [(1, "UNSURE"), (2, "DONE")]


async def test_a_checkout_that_was_opened_without_an_answer_is_found_by_the_same_key(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    shop.seller.arm("drop_after", method="POST", path="/v1/checkout/sessions")
    shop.seller.arm("drop_before", method="POST", path="/v1/checkout/sessions", times=_TRIES - 1)
    refused = await shop.begin(ari, "Plus", idempotencyKey="one")
    assert [error["code"] for error in refused["errors"]] == ["PAYMENTS_UNAVAILABLE"]
    shop.seller.control("DELETE", "/faults")
    payload = await shop.begin(ari, "Plus", idempotencyKey="one")
    assert payload["errors"] == []
    assert len(shop.seller.stripe.v1.checkout.sessions.list({"limit": 100}).data) == 1
    assert payload["checkoutUrl"]


async def test_nobody_calls_behind_an_attempt_that_was_not_looked_for(shop: Shop) -> None:
    """Two workers at once: while one looks for what was done, the other makes the next attempt, and breaks."""
    intent, made = Intent(PaymentCallKind.REFUND, "pur_1"), list[str]()

    async def breaks(key: str) -> str:
        made.append(key)
        raise PaymentBroken("500 for ever under this key")

    async def nothing() -> None:
        return None

    async def looks_slowly() -> None:
        with pytest.raises(PaymentBroken):
            await carry_out(shop.stage.sessions, intent, breaks, nothing)

    with pytest.raises(PaymentBroken):
        await carry_out(shop.stage.sessions, intent, breaks, nothing)
    with pytest.raises(PaymentUnsure, match="look again"):
        await carry_out(shop.stage.sessions, intent, breaks, looks_slowly)
    assert len(made) == 2
    assert await calls(shop) == [("REFUND", 1, "BROKEN"), ("REFUND", 2, "BROKEN")]
