"""Terms that were accepted (D-82)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId
from db.models.terms import TermsAcceptance
from db.queries.rows import read, select_row
from db.vocabulary import TermsDocument


class AcceptanceRow(NamedTuple):
    account_id: AccountId
    document: TermsDocument
    version: str
    accepted_at: datetime


async def accept(session: AsyncSession, account: AccountId, document: TermsDocument, version: str) -> None:
    """Keep that an account accepted a version; the first time stays."""
    facts = {"account_id": account, "document": document, "version": version, "accepted_at": now()}
    new = inserting(session, TermsAcceptance).values(facts)
    await session.execute(new.on_conflict_do_nothing())


async def acceptances(session: AsyncSession, accounts: Collection[AccountId]) -> list[AcceptanceRow]:
    """The latest first."""
    found = select_row(AcceptanceRow, TermsAcceptance).where(col(TermsAcceptance.account_id).in_(accounts))
    latest_first = (
        col(TermsAcceptance.accepted_at).desc(),
        col(TermsAcceptance.document),
        col(TermsAcceptance.version),
    )
    return await read(session, AcceptanceRow, found.order_by(*latest_first))
