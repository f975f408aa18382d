"""Plans, who has one, and the bills for it (D-50)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, InvoiceId, PlanId, PlanSubscriptionId
from db.table import Table
from db.vocabulary import CurrencyCode, PlanStatus

LIVING = text("status <> 'ENDED'")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Plan(Table, table=True):
    """A plan on sale: data, not code."""

    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        CheckConstraint("request_tokens >= 0", name="tokens_not_negative"),
        one_of("currency", CurrencyCode),
    )

    id: PlanId = own_id("pln")
    name: str = Field(max_length=60, unique=True)
    price_minor: int = Field(sa_type=BigInteger)
    """A month; 0: everybody has it who has no other."""
    currency: CurrencyCode = word(CurrencyCode)
    includes_downloads: bool
    request_tokens: int = Field(sa_type=SmallInteger)
    """Beat request tokens a month (D-60)."""
    on_sale: bool = True


class PlanSubscription(Table, table=True):
    """A plan that somebody has, had, or is about to pay; what it is follows from what the provider says."""

    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key", name="plan_subscription_once"),
        Index(
            "plan_subscription_living",
            "account_id",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
        Index("plan_subscription_of", "account_id", "created_at", "id"),
        one_of("status", PlanStatus),
    )

    id: PlanSubscriptionId = own_id("sub")
    account_id: AccountId = id_of(foreign_key="account.id")
    plan_id: PlanId = id_of(foreign_key="plan.id")
    status: PlanStatus = word(PlanStatus, default=PlanStatus.CHECKOUT_OPEN)
    idempotency_key: str = Field(max_length=100)
    return_path: str = Field(max_length=300)
    """Of our site, to come back to."""
    checkout_reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    checkout_url: str | None = Field(default=None, max_length=2000)
    reference: str | None = Field(default=None, sa_type=BYTEWISE_100, unique=True)
    """The provider's subscription; null until the checkout is paid."""
    next_plan_id: PlanId | None = id_of(default=None, foreign_key="plan.id")
    """Takes over at the period's end."""
    period_ends_at: datetime | None = instant(default=None)
    grace_ends_at: datetime | None = instant(default=None)
    version: int = 0
    """Counts what was learnt of it: whoever asked the provider before the last time has old news."""
    created_at: datetime = instant(default_factory=now)
    started_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)


class Invoice(Table, table=True):
    """A bill for a plan, as the provider says."""

    __table_args__ = (
        Index("invoice_of", "subscription_id", "issued_at", "id"),
        Index("invoice_paid_by", "payment_reference", unique=True),
        CheckConstraint("total_minor = base_minor + tax_minor", name="total_is_the_sum"),
        one_of("currency", CurrencyCode),
    )

    id: InvoiceId = own_id("inv")
    subscription_id: PlanSubscriptionId = id_of(foreign_key="plan_subscription.id")
    reference: str = Field(sa_type=BYTEWISE_100, unique=True)
    payment_reference: str | None = Field(default=None, sa_type=BYTEWISE_100)
    """What it was paid by; null until it is paid, and where no money was."""
    number: str = Field(max_length=100)
    base_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    total_minor: int = Field(sa_type=BigInteger)
    paid_base_minor: int = Field(default=0, sa_type=BigInteger)
    """Of what was paid in money: a bill may be paid in part with what was left over from those before."""
    paid_tax_minor: int = Field(default=0, sa_type=BigInteger)
    currency: CurrencyCode = word(CurrencyCode)
    issued_at: datetime = instant()
    paid_at: datetime | None = instant(default=None)
    pdf_url: str | None = Field(default=None, max_length=2000)
