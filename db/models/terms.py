"""Who accepted which terms, and when (D-82)."""

from datetime import datetime

from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, word
from db.ids import AccountId
from db.table import Table
from db.vocabulary import TermsDocument


class TermsAcceptance(Table, table=True):
    """The first time that an account accepted a version of a document; rows are never changed."""

    __table_args__ = (one_of("document", TermsDocument),)

    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True)
    document: TermsDocument = word(TermsDocument, primary_key=True)
    version: str = Field(max_length=10, primary_key=True)
    """The day from which it holds, such as 2026-11-28."""
    accepted_at: datetime = instant(default_factory=now)
