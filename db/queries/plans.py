"""Plans, who has one, and the bills for it (D-50)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AccountId, InvoiceId, PlanId, PlanSubscriptionId
from db.models.accounts import Account
from db.models.plans import LIVING, Invoice, Plan, PlanSubscription
from db.queries.rows import read, read_one, select_row
from db.vocabulary import CurrencyCode, PlanStatus


class PlanRow(NamedTuple):
    id: PlanId
    name: str
    price_minor: int
    currency: CurrencyCode
    includes_downloads: bool
    request_tokens: int
    on_sale: bool


class PlanSubscriptionRow(NamedTuple):
    id: PlanSubscriptionId
    account_id: AccountId
    plan_id: PlanId
    status: PlanStatus
    idempotency_key: str
    return_path: str
    checkout_reference: str | None
    checkout_url: str | None
    reference: str | None
    next_plan_id: PlanId | None
    period_ends_at: datetime | None
    grace_ends_at: datetime | None
    version: int
    started_at: datetime | None


class InvoiceRow(NamedTuple):
    id: InvoiceId
    subscription_id: PlanSubscriptionId
    reference: str
    number: str
    base_minor: int
    tax_minor: int
    total_minor: int
    paid_base_minor: int
    paid_tax_minor: int
    currency: CurrencyCode
    issued_at: datetime
    paid_at: datetime | None
    pdf_url: str | None


_PLANS = select_row(PlanRow, Plan)
_SUBSCRIPTIONS = select_row(PlanSubscriptionRow, PlanSubscription)


async def plans_on_sale(session: AsyncSession) -> list[PlanRow]:
    """Cheapest first."""
    cheapest = _PLANS.where(col(Plan.on_sale)).order_by(col(Plan.price_minor), col(Plan.id))
    return await read(session, PlanRow, cheapest)


async def plans(session: AsyncSession, ids: Collection[PlanId]) -> list[PlanRow]:
    """Also those that are not on sale any more."""
    return await read(session, PlanRow, _PLANS.where(col(Plan.id).in_(ids)))


async def plans_of(
    session: AsyncSession, accounts: Collection[AccountId], moment: datetime
) -> dict[AccountId, PlanRow]:
    """The plan that each account has at a moment: what it pays for, else what costs nothing."""
    held = select(col(PlanSubscription.account_id), *_PLANS.selected_columns).join(
        Plan, col(Plan.id) == col(PlanSubscription.plan_id)
    )
    chosen = held.where(col(PlanSubscription.account_id).in_(accounts), LIVING, holds_at(moment))
    paid = {AccountId(account): PlanRow._make(plan) for account, *plan in await session.execute(chosen)}
    if len(paid) == len(set(accounts)):
        return paid
    [free] = await read(session, PlanRow, _PLANS.where(col(Plan.price_minor) == 0, col(Plan.on_sale)))
    return dict.fromkeys(accounts, free) | paid


async def plan_of(session: AsyncSession, account: AccountId, moment: datetime) -> PlanRow:
    """The plan that an account has at a moment."""
    return (await plans_of(session, [account], moment))[account]


def holds_at(moment: datetime) -> ColumnElement[bool]:
    """Whether a subscription gives what its plan includes: paid, or within the days of grace."""
    status = col(PlanSubscription.status)
    return or_(
        status.in_([PlanStatus.ACTIVE, PlanStatus.CANCELLING]),
        and_(status == PlanStatus.PAYMENT_FAILED, col(PlanSubscription.grace_ends_at) > moment),
    )


async def subscriptions(
    session: AsyncSession, ids: Collection[PlanSubscriptionId]
) -> list[PlanSubscriptionRow]:
    return await read(session, PlanSubscriptionRow, _SUBSCRIPTIONS.where(col(PlanSubscription.id).in_(ids)))


async def living_of(session: AsyncSession, accounts: Collection[AccountId]) -> list[PlanSubscriptionRow]:
    """What these accounts have, or are about to pay: one each at most."""
    chosen = col(PlanSubscription.account_id).in_(accounts), LIVING
    return await read(session, PlanSubscriptionRow, _SUBSCRIPTIONS.where(*chosen))


async def shown_of(
    session: AsyncSession, accounts: Collection[AccountId]
) -> dict[AccountId, PlanSubscriptionRow]:
    """What each account has, or is about to pay; else the last that it had, which its bills are found by."""
    shown = or_(LIVING, col(PlanSubscription.started_at).is_not(None))
    chosen = _SUBSCRIPTIONS.where(col(PlanSubscription.account_id).in_(accounts), shown)
    over = col(PlanSubscription.status) == PlanStatus.ENDED
    last = await read(
        session, PlanSubscriptionRow, chosen.order_by(over.desc(), col(PlanSubscription.created_at))
    )
    return {row.account_id: row for row in last}


async def begun_with(session: AsyncSession, account: AccountId, key: str) -> PlanSubscriptionRow | None:
    """What an account has begun under a client's key."""
    named = col(PlanSubscription.account_id) == account, col(PlanSubscription.idempotency_key) == key
    return await read_one(session, PlanSubscriptionRow, _SUBSCRIPTIONS.where(*named))


async def held_subscription(
    session: AsyncSession, subscription: PlanSubscriptionId
) -> PlanSubscriptionRow | None:
    """One, locked until the transaction ends."""
    chosen = _SUBSCRIPTIONS.where(col(PlanSubscription.id) == subscription).with_for_update()
    return await read_one(session, PlanSubscriptionRow, chosen)


async def subscription_called(session: AsyncSession, reference: str) -> PlanSubscriptionRow | None:
    """By the provider's name, of the subscription or of the checkout."""
    named = or_(
        col(PlanSubscription.reference) == reference,
        col(PlanSubscription.checkout_reference) == reference,
    )
    return await read_one(session, PlanSubscriptionRow, _SUBSCRIPTIONS.where(named))


async def change_subscription(
    session: AsyncSession, subscription: PlanSubscriptionId, values: Mapping[str, Any]
) -> None:
    chosen = col(PlanSubscription.id) == subscription
    await session.execute(update(PlanSubscription).where(chosen).values(dict(values)))


async def invoices_of(
    session: AsyncSession, subscriptions: Collection[PlanSubscriptionId]
) -> list[InvoiceRow]:
    """The latest first."""
    chosen = select_row(InvoiceRow, Invoice).where(col(Invoice.subscription_id).in_(subscriptions))
    latest = chosen.order_by(col(Invoice.issued_at).desc(), col(Invoice.id).desc())
    return await read(session, InvoiceRow, latest)


async def payer_has_left(session: AsyncSession, subscription: PlanSubscriptionId) -> bool:
    """Whether the account that had a plan was deleted; it is locked, so it is not in this moment."""
    whose = select(col(Account.deleted_at)).join(
        PlanSubscription, col(PlanSubscription.account_id) == col(Account.id)
    )
    locked = whose.where(col(PlanSubscription.id) == subscription).with_for_update(key_share=True, of=Account)
    return await session.scalar(locked) is not None


async def keep_invoice(session: AsyncSession, row: Invoice) -> InvoiceRow:
    """Write a bill as it is now; one that was paid stays so."""
    values = row.model_dump()
    new = inserting(session, Invoice).values(values)
    amounts = ("base_minor", "tax_minor", "total_minor", "paid_base_minor", "paid_tax_minor")
    facts = (*amounts, "number", "pdf_url", "paid_at", "payment_reference")
    news = {name: new.excluded[name] for name in facts}
    unpaid = or_(col(Invoice.paid_at).is_(None), col(Invoice.payment_reference).is_(None))
    await session.execute(new.on_conflict_do_update(index_elements=["reference"], set_=news, where=unpaid))
    chosen = select_row(InvoiceRow, Invoice).where(col(Invoice.reference) == row.reference)
    return (await read(session, InvoiceRow, chosen))[0]
