"""The ledger: what moved, from where to where, and why (MONEY 1). Rows are never changed: triggers refuse it."""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger
from sqlmodel import Field

from db.bookkeeping import HOUSE_ACCOUNTS
from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import JournalId, ProducerId
from db.table import Table
from db.vocabulary import CurrencyCode, JournalSource

_HOUSE: Final = ", ".join(f"'{account}'" for account in HOUSE_ACCOUNTS)


def _an_account(column: str) -> CheckConstraint:
    shapes = f"{column} LIKE 'sub_pool:____-__' OR {column} LIKE 'producer:pro_%\\:payable'"
    return CheckConstraint(f"{column} IN ({_HOUSE}) OR {shapes}", name=f"{column}_is_one")


class Journal(Table, table=True):
    """Entries of one cause, written together; never changed. A correction is another journal."""

    __table_args__ = (
        Index("journal_once", "source_kind", "source_id", unique=True),
        Index("journal_by_moment", "happened_at", "id"),
        Index("journal_by_entering", "posted_at", "id"),
        one_of("source_kind", JournalSource),
    )

    id: JournalId = own_id("jrn")
    source_kind: JournalSource = word(JournalSource)
    source_id: str = Field(sa_type=BYTEWISE_100)
    about: str | None = id_of(default=None)
    """What of ours it concerns: a purchase, an invoice, a closing of a month, a payout."""
    content_sha256: str = Field(max_length=64)
    """Of source, moment and entries: a replay that says anything else is found out, and so is a change."""
    happened_at: datetime = instant()
    posted_at: datetime = instant(default_factory=now)


class Entry(Table, table=True):
    """An amount that moved from one account to another; never changed."""

    __table_args__: ClassVar[Any] = (
        Index("entry_from", "from_account", "currency", "amount_minor"),
        Index("entry_to", "to_account", "currency", "amount_minor"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("from_account <> to_account", name="accounts_differ"),
        _an_account("from_account"),
        _an_account("to_account"),
        one_of("currency", CurrencyCode),
        {"sqlite_with_rowid": False},  # so that the entries of a journal are read along the key
    )

    journal_id: JournalId = id_of(foreign_key="journal.id", primary_key=True)
    position: int = Field(primary_key=True, sa_type=SmallInteger)
    from_account: str = Field(sa_type=BYTEWISE_100)
    to_account: str = Field(sa_type=BYTEWISE_100)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: CurrencyCode = word(CurrencyCode)


class ProducerBalance(Table, table=True):
    """What a producer's account has, kept with the entries in one transaction: the one balance that is kept."""

    __table_args__ = (one_of("currency", CurrencyCode),)

    producer_id: ProducerId = id_of(foreign_key="producer.id", primary_key=True)
    currency: CurrencyCode = word(CurrencyCode, primary_key=True)
    balance_minor: int = Field(sa_type=BigInteger)


class LedgerGuard(Table, table=True):
    """A row to lock: who takes from an account that never goes below zero takes its turn here."""

    account: str = Field(primary_key=True, sa_type=BYTEWISE_100)
