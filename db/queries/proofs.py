"""Letters that prove whose an e-mail address is, and what their links are good for."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, ProofId
from db.models.accounts import KEPT, AccountProof
from db.queries.rows import read_one, select_row
from db.vocabulary import ProofKind


class ProofRow(NamedTuple):
    id: ProofId
    account_id: AccountId
    kind: ProofKind
    address: str
    address_key: str
    created_at: datetime


_PROOFS = select_row(ProofRow, AccountProof)


async def living(
    session: AsyncSession, token_sha256: str, kinds: Collection[ProofKind], *, moment: datetime
) -> ProofRow | None:
    """What a token is good for; null if it was used, has ended, or is for something else."""
    fits = col(AccountProof.token_sha256) == token_sha256, col(AccountProof.kind).in_(kinds)
    return await read_one(session, ProofRow, _PROOFS.where(*fits, _lives(moment)))


async def use(session: AsyncSession, proof: ProofId) -> bool:
    """End one that lives; false if somebody else was first."""
    moment = now()
    ending = update(AccountProof).where(col(AccountProof.id) == proof, _lives(moment))
    ended = await session.scalars(ending.values(ended_at=moment).returning(col(AccountProof.id)))
    return ended.one_or_none() is not None


async def end(
    session: AsyncSession,
    account: AccountId,
    kinds: Collection[ProofKind],
    *,
    after: datetime | None = None,
) -> None:
    """Put away an account's proofs of some kinds, all or those made after a moment."""
    chosen = [col(AccountProof.account_id) == account, col(AccountProof.kind).in_(kinds)]
    chosen += [col(AccountProof.created_at) > after] if after else []
    ending = update(AccountProof).where(*chosen, col(AccountProof.ended_at).is_(None))
    await session.execute(ending.values(ended_at=now()))


async def give_token(
    session: AsyncSession, proof: ProofId, token_sha256: str, *, moment: datetime
) -> ProofRow | None:
    """Let a token open a proof whose letter is about to go out; null if the proof has ended."""
    arming = update(AccountProof).where(col(AccountProof.id) == proof, _lives(moment))
    await session.execute(arming.values(token_sha256=token_sha256))
    return await read_one(session, ProofRow, _PROOFS.where(col(AccountProof.id) == proof, _lives(moment)))


async def made_since(
    session: AsyncSession, account: AccountId, kind: ProofKind, since: datetime
) -> list[datetime]:
    """When an account's proofs of a kind were made, oldest first."""
    of_kind = col(AccountProof.account_id) == account, col(AccountProof.kind) == kind
    moments = select(col(AccountProof.created_at)).where(*of_kind, col(AccountProof.created_at) > since)
    return list(await session.scalars(moments.order_by(col(AccountProof.created_at))))


async def pending_emails(
    session: AsyncSession, accounts: Collection[AccountId], *, moment: datetime
) -> dict[AccountId, str]:
    """Addresses that become those of accounts once a link is opened."""
    waiting = col(AccountProof.account_id).in_(accounts), col(AccountProof.kind) == ProofKind.CHANGE_EMAIL
    found = select(col(AccountProof.account_id), col(AccountProof.address)).where(*waiting, _lives(moment))
    return {AccountId(account): address for account, address in await session.execute(found)}


async def is_kept_for_another(
    session: AsyncSession, address_keys: Collection[str], account: AccountId, *, moment: datetime
) -> bool:
    """Whether another account may have an address of these keys back."""
    others = col(AccountProof.address_key).in_(address_keys), col(AccountProof.account_id) != account
    kept = exists().where(KEPT, *others, col(AccountProof.expires_at) > moment)
    return (await session.scalars(select(kept))).one()


async def forget(session: AsyncSession, *, before: datetime) -> None:
    """Delete those that could not be used any more then."""
    await session.execute(delete(AccountProof).where(col(AccountProof.expires_at) < before))


def _lives(moment: datetime) -> ColumnElement[bool]:
    return and_(col(AccountProof.ended_at).is_(None), col(AccountProof.expires_at) > moment)
