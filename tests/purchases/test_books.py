"""The audit finds what is wrong with sales (MONEY 5.8)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text
from sqlmodel import col

from api.earnings.auditing import audit
from api.purchases.receipts import seller_of, write_missing_receipts
from db.bookkeeping import SUSPENSE
from db.ids import PurchaseId
from db.models.receipts import CreditNote
from db.vocabulary import JobKind, ReceiptKind, TrackStatus
from tests.earnings.books import a_journal, a_move, enter, looked
from tests.factories import a_listener
from tests.licences.licensed import change_track
from tests.purchases.begun import a_credit_note
from tests.purchases.market import Market
from tests.purchases.papers import credited, unwrite, written

pytestmark = pytest.mark.anyio


async def found(market: Market) -> dict[str, tuple[str, ...]]:
    """What the audit finds, by invariant."""
    return {one.invariant.name: one.broken_by for one in await audit(market.stage.sessions) if one.broken_by}


async def execute(market: Market, statement: str) -> None:
    async with market.stage.sessions.writing() as session:
        await session.execute(text(statement))


async def test_sales_and_their_undoing_are_in_the_books(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    kept, undone = [await market.bought(ari, await market.on_sale()) for _ in range(2)]
    await market.refund(ari, undone)
    await market.hear()
    assert [await market.status(one) for one in (kept, undone)] == ["COMPLETED", "REFUNDED"]
    assert await found(market) == {}


async def test_a_sale_that_the_books_do_not_know_is_found(market: Market) -> None:
    purchase = await market.bought(await a_listener(market.stage.sessions), await market.on_sale())
    await market.change(purchase, tax_minor=7)
    line = f"{purchase} is 29900, 3888 of fee and 7 of tax in USD, and the books have 29900, 3888 and 0"
    assert await found(market) == {"paid-purchases": (line,)}


async def test_a_sold_track_that_is_on_sale_is_found(market: Market) -> None:
    track = await market.on_sale()
    purchase = await market.bought(await a_listener(market.stage.sessions), track)
    await change_track(market.stage.sessions, track, status=TrackStatus.PUBLISHED)
    line = f"{purchase} is COMPLETED, its licence holds, and its track is PUBLISHED"
    assert await found(market) == {"sold-once": (line,)}


async def test_a_licence_that_outlives_its_refund_is_found(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await market.refund(ari, purchase)
    await execute(market, "UPDATE licence SET revoked_at = NULL, revocation_reason = NULL")
    line = f"{purchase} is REFUNDED, its licence holds, and its track is HIDDEN"
    assert await found(market) == {"sold-once": (line,)}


async def test_two_who_hold_one_exclusive_are_found(market: Market) -> None:
    sessions = market.stage.sessions
    one, other = await market.on_sale(), await market.on_sale()
    for name, track in (("Ari", one), ("Bo", other)):
        await market.bought(await a_listener(sessions, name), track)
    await execute(market, "DROP INDEX licence_exclusive_once")
    await execute(market, f"UPDATE licence SET track_id = '{one}'")
    assert await found(market) == {"sold-once": (f"2 hold the exclusive licence to {one}",)}


async def test_a_purchase_that_does_not_end_is_found(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    waiting = await market.begun(ari, await market.on_sale())
    asked = await market.bought(ari, await market.on_sale())
    await market.hear()
    then = datetime(2026, 1, 31, tzinfo=UTC)
    await market.change(waiting, expires_at=then)
    await market.change(asked, refund_asked_at=then, refund_key="one")
    assert await found(market) == {}
    await looked(market.stage.sessions, JobKind.EXPIRE_PURCHASES, timedelta(minutes=59))
    assert await found(market) == {}
    await looked(market.stage.sessions, JobKind.EXPIRE_PURCHASES, timedelta(minutes=61))
    assert await found(market) == {
        "purchases-end": tuple(
            sorted(
                (
                    f"{waiting} is CHECKOUT_OPEN and should have ended on 2026-01-31",
                    f"{asked} is COMPLETED and should have ended on 2026-01-31",
                )
            )
        )
    }


async def test_papers_that_credit_too_much_or_too_little_are_found(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    stands, undone = [await market.bought(ari, await market.on_sale()) for _ in range(2)]
    await market.refund(ari, undone)
    assert await found(market) == {}
    too_much = {"price_minor": 29_901, "fee_minor": 0, "tax_minor": 0}
    await a_credit_note(market.stage.sessions, PurchaseId(stands), **too_much)
    await unwrite(market, delete(CreditNote).where(col(CreditNote.purchase_id) == undone))
    was = "and was 29900, 3888 of fee and 0 of tax, of which"
    lines = (
        f"{stands} is COMPLETED {was} 29901, 0 and 0 are credited",
        f"{undone} is REFUNDED {was} 0, 0 and 0 are credited",
    )
    broken = await found(market)
    assert broken["credited-returns"] == tuple(sorted(lines))
    assert set(broken) == {"credited-returns", "unchangeable-tables"}


async def test_a_return_from_before_there_were_receipts_is_not_cried_about(market: Market) -> None:
    """Neither before its receipt is caught up with, nor for ever where the provider knows nothing of it any more."""
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await market.refund(ari, purchase)
    await unwrite(market)
    await market.change(purchase, payment_reference="pi_of_nobody")
    for _ in range(2):
        assert set(await found(market)) == {"unchangeable-tables"}
        await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
        await market.work()
    assert [one.kind for one in await written(market)] == [ReceiptKind.RECEIPT]
    assert await credited(market, purchase) == []


async def test_a_return_that_is_heard_of_with_its_sale_is_younger_than_the_receipt(market: Market) -> None:
    """Also where both are settled in one go: that its note is gone is found."""
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.pay_for(purchase)
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.payment_intents.capture(intent.id)  # at the provider's desk
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id})
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert await credited(market, purchase) == [(2, "REFUND", 29_900, 3888, 0)]
    await unwrite(market, delete(CreditNote))
    line = f"{purchase} is REFUNDED and was 29900, 3888 of fee and 0 of tax, of which 0, 0 and 0 are credited"
    assert (await found(market))["credited-returns"] == (line,)


async def test_money_that_waits_for_a_person_is_found(market: Market) -> None:
    await enter(market.stage.sessions, a_journal("odd", a_move(5, to_account=SUSPENSE)))
    assert await found(market) == {"nothing-unexplained": ("suspense has 5 CAD",)}
