"""Reading accounts, the roles they hold, and what they are signed in by."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.columns import Word
from db.ids import AccountId, ApiTokenId, PictureId, ProducerId, SessionId
from db.models.accounts import Account, ApiToken, RoleGrant, Session
from db.models.producers import Producer
from db.queries.rows import read, read_one, select_row
from db.vocabulary import ApiTokenScope, Role, SessionTransport


class AccountRow(NamedTuple):
    id: AccountId
    email: str
    display_name: str
    created_at: datetime
    email_verified_at: datetime | None
    picture_id: PictureId | None
    suspended_at: datetime | None


class RoleGrantRow(NamedTuple):
    account_id: AccountId
    role: Role
    granted_at: datetime
    granted_by: AccountId | None
    grant_reason: str | None
    withdrawn_at: datetime | None
    withdrawn_by: AccountId | None
    withdrawal_reason: str | None


class SessionRow(NamedTuple):
    id: SessionId
    account_id: AccountId
    device: str
    created_at: datetime
    last_seen_at: datetime


class ApiTokenRow(NamedTuple):
    id: ApiTokenId
    account_id: AccountId
    name: str
    scope: ApiTokenScope
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class Access(NamedTuple):
    """What a token opens."""

    id: str
    account_id: AccountId
    scope: ApiTokenScope
    producer_id: ProducerId | None
    last_used_at: datetime | None
    transport: SessionTransport | None
    suspended: bool


class Credentials(NamedTuple):
    account_id: AccountId
    password_hash: str


_SCOPE: Word[ApiTokenScope] = Word(ApiTokenScope)
_ACCOUNTS = select_row(AccountRow, Account)
_SESSIONS = select_row(SessionRow, Session)
_API_TOKENS = select_row(ApiTokenRow, ApiToken)


async def accounts(session: AsyncSession, ids: Collection[AccountId]) -> list[AccountRow]:
    return await read(session, AccountRow, _ACCOUNTS.where(col(Account.id).in_(ids)))


async def credentials(session: AsyncSession, email_key: str, *others: str) -> Credentials | None:
    """Of the account that has this key; where none has it, of one that has another of these."""
    fits = col(Account.email_key).in_((email_key, *others))
    chosen = select(col(Account.id), col(Account.password_hash)).where(fits)
    return await read_one(
        session, Credentials, chosen.order_by((col(Account.email_key) == email_key).desc()).limit(1)
    )


async def has_another(session: AsyncSession, email_keys: Collection[str], account: AccountId) -> bool:
    """Whether one of these keys is that of another account than this."""
    others = exists().where(col(Account.email_key).in_(email_keys), col(Account.id) != account)
    return (await session.scalars(select(others))).one()


async def password_hash(session: AsyncSession, account: AccountId) -> str:
    return (
        await session.execute(select(col(Account.password_hash)).where(col(Account.id) == account))
    ).scalar_one()


async def lock(session: AsyncSession, account: AccountId) -> None:
    """Keep others who lock this account waiting until the transaction ends; rows that name it may still be added."""
    await lock_all(session, [account])


async def is_deleted(session: AsyncSession, account: AccountId) -> bool:
    """Whether nobody is behind it any more (D-81)."""
    since = select(col(Account.deleted_at)).where(col(Account.id) == account)
    return await session.scalar(since) is not None


async def is_suspended(session: AsyncSession, account: AccountId) -> bool:
    """Whether staff suspend it; null of an account that there is not is no."""
    since = select(col(Account.suspended_at)).where(col(Account.id) == account)
    return (await session.execute(since)).scalar_one_or_none() is not None


async def lock_all(session: AsyncSession, accounts: Collection[AccountId]) -> None:
    """As `lock`, of several; in one order everywhere, or two who lock the same would wait for each other."""
    rows = select(col(Account.id)).where(col(Account.id).in_(accounts)).order_by(col(Account.id))
    await session.execute(rows.with_for_update(key_share=True))


async def find_accounts(session: AsyncSession, text: str, *, limit: int) -> list[AccountRow]:
    """Accounts whose e-mail or name contains the text, or whose id it is; newest first."""
    like = f"%{_escaped(text.casefold())}%"
    matching = or_(
        col(Account.email_key).like(like, escape="\\"),
        col(Account.email).ilike(like, escape="\\"),
        col(Account.display_name).ilike(like, escape="\\"),
        col(Account.id) == text,
    )
    found = _ACCOUNTS.where(matching).order_by(col(Account.id).desc()).limit(limit)
    return await read(session, AccountRow, found)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def holders_of(session: AsyncSession, role: Role) -> list[AccountId]:
    """Everybody who has a role now."""
    held = col(RoleGrant.role) == role, col(RoleGrant.withdrawn_at).is_(None)
    found = await session.scalars(select(col(RoleGrant.account_id)).where(*held))
    return [AccountId(account) for account in found]


async def role_grants(session: AsyncSession, of: Collection[AccountId]) -> list[RoleGrantRow]:
    """Every role that was ever given, oldest first."""
    grants = select_row(RoleGrantRow, RoleGrant).where(col(RoleGrant.account_id).in_(of))
    return await read(session, RoleGrantRow, grants.order_by(col(RoleGrant.id)))


async def roles_held(session: AsyncSession, account: AccountId) -> frozenset[Role]:
    held = and_(col(RoleGrant.account_id) == account, col(RoleGrant.withdrawn_at).is_(None))
    rows = await session.scalars(select(col(RoleGrant.role)).where(held))
    return frozenset({Role.LISTENER, *rows})


async def access_by_session(
    session: AsyncSession, token_sha256: str, *, idle_since: datetime
) -> Access | None:
    """What a session's token opens; null once it was ended or left alone since `idle_since`."""
    live = and_(
        col(Session.token_sha256) == token_sha256,
        col(Session.ended_at).is_(None),
        col(Session.last_seen_at) > idle_since,
    )
    statement = (
        select(
            col(Session.id),
            col(Session.account_id),
            literal(ApiTokenScope.FULL, _SCOPE),
            col(Producer.id),
            col(Session.last_seen_at),
            col(Session.transport),
            col(Account.suspended_at).is_not(None),
        )
        .join(Account, col(Account.id) == col(Session.account_id))
        .outerjoin(Producer, col(Producer.account_id) == col(Session.account_id))
        .where(live)
    )
    return await read_one(session, Access, statement)


async def access_by_api_token(session: AsyncSession, token_sha256: str) -> Access | None:
    """What an API token opens; null once it was revoked or has expired."""
    statement = (
        select(
            col(ApiToken.id),
            col(ApiToken.account_id),
            col(ApiToken.scope),
            col(Producer.id),
            col(ApiToken.last_used_at),
            null(),
            col(Account.suspended_at).is_not(None),
        )
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .outerjoin(Producer, col(Producer.account_id) == col(ApiToken.account_id))
        .where(col(ApiToken.token_sha256) == token_sha256, _usable(now()))
    )
    return await read_one(session, Access, statement)


async def access_by_account(session: AsyncSession, email_key: str) -> Access | None:
    """What the account of an e-mail opens, without a token: for demo mode alone."""
    statement = (
        select(col(Account.id), col(Producer.id), col(Account.suspended_at))
        .outerjoin(Producer, col(Producer.account_id) == col(Account.id))
        .where(col(Account.email_key) == email_key)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    account, producer, suspended_at = row
    suspended = suspended_at is not None
    return Access(account, account, ApiTokenScope.FULL, producer, now(), None, suspended=suspended)


async def sessions_of(
    session: AsyncSession, of: Collection[AccountId], *, idle_since: datetime
) -> list[SessionRow]:
    """Sessions that still open something, newest first."""
    live = and_(col(Session.account_id).in_(of), col(Session.ended_at).is_(None))
    statement = _SESSIONS.where(live, col(Session.last_seen_at) > idle_since)
    return await read(session, SessionRow, statement.order_by(col(Session.id).desc()))


async def api_tokens_of(session: AsyncSession, of: Collection[AccountId]) -> list[ApiTokenRow]:
    """API tokens that still open something, newest first."""
    statement = _API_TOKENS.where(col(ApiToken.account_id).in_(of), _usable(now()))
    return await read(session, ApiTokenRow, statement.order_by(col(ApiToken.id).desc()))


async def session_rows(session: AsyncSession, ids: Collection[SessionId]) -> list[SessionRow]:
    statement = _SESSIONS.where(col(Session.id).in_(ids), col(Session.ended_at).is_(None))
    return await read(session, SessionRow, statement)


async def api_token_rows(session: AsyncSession, ids: Collection[ApiTokenId]) -> list[ApiTokenRow]:
    statement = _API_TOKENS.where(col(ApiToken.id).in_(ids), col(ApiToken.revoked_at).is_(None))
    return await read(session, ApiTokenRow, statement)


async def touch_session(session: AsyncSession, ids: Sequence[str]) -> None:
    await session.execute(update(Session).where(col(Session.id).in_(ids)).values(last_seen_at=now()))


async def touch_api_token(session: AsyncSession, ids: Sequence[str]) -> None:
    await session.execute(update(ApiToken).where(col(ApiToken.id).in_(ids)).values(last_used_at=now()))


async def end_sessions(
    session: AsyncSession, account: AccountId, *, only: str | None = None, but: str | None = None
) -> list[SessionId]:
    """End one session, or all but one; answers those that were ended now."""
    chosen = [col(Session.account_id) == account, col(Session.ended_at).is_(None)]
    chosen += [col(Session.id) == only] if only is not None else []
    chosen += [col(Session.id) != but] if but else []
    ended = update(Session).where(*chosen).values(ended_at=now()).returning(col(Session.id))
    return list(await session.scalars(ended))


async def revoke_api_token(session: AsyncSession, account: AccountId, token: ApiTokenId) -> bool:
    """True if it was usable until now."""
    revoked = (
        update(ApiToken)
        .where(
            col(ApiToken.id) == token, col(ApiToken.account_id) == account, col(ApiToken.revoked_at).is_(None)
        )
        .values(revoked_at=now())
        .returning(col(ApiToken.id))
    )
    return (await session.execute(revoked)).one_or_none() is not None


async def revoke_api_tokens(session: AsyncSession, account: AccountId) -> None:
    """All that were usable until now."""
    own = col(ApiToken.account_id) == account, col(ApiToken.revoked_at).is_(None)
    await session.execute(update(ApiToken).where(*own).values(revoked_at=now()))


async def has_been_on(session: AsyncSession, account: AccountId, device: str) -> bool:
    """Whether it was signed in on a device of this name; of sessions long over nothing is known."""
    of_device = col(Session.account_id) == account, col(Session.device) == device
    return (await session.scalars(select(exists().where(*of_device)))).one()


def _usable(moment: datetime) -> ColumnElement[bool]:
    unexpired = or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > moment)
    return and_(col(ApiToken.revoked_at).is_(None), unexpired)


async def change_account(session: AsyncSession, account: AccountId, **values: Any) -> None:
    await session.execute(update(Account).where(col(Account.id) == account).values(**values))


async def withdraw_role(
    session: AsyncSession, account: AccountId, role: Role, *, by: AccountId, reason: str
) -> None:
    """Take a role that is held; nothing changes if it is not."""
    held = and_(
        col(RoleGrant.account_id) == account,
        col(RoleGrant.role) == role,
        col(RoleGrant.withdrawn_at).is_(None),
    )
    taken = {"withdrawn_at": now(), "withdrawn_by": by, "withdrawal_reason": reason}
    await session.execute(update(RoleGrant).where(held).values(**taken))


async def forget_sessions(session: AsyncSession, *, before: datetime) -> None:
    """Delete sessions that were last used before then."""
    await session.execute(delete(Session).where(col(Session.last_seen_at) < before))
