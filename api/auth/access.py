"""Who stands behind a token, and what else an account is signed in by."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.accounts import access_topic
from api.auth.errors import TooManyApiTokens
from api.auth.tokens import API_TOKEN, SESSION, new_token, stored_form
from api.notices import warn
from api.refusals import InvalidValue, NotAllowed, NotFound, Problems
from api.suspension import KEPT_ROLES
from api.texts import checked_text
from api.viewer import Viewer
from db.clock import now
from db.ids import ApiTokenId, SessionId, prefix_of
from db.models.accounts import ApiToken
from db.queries import accounts as queries
from db.queries.accounts import Access
from db.session import Sessions, announce
from db.vocabulary import ApiTokenScope, ErrorCode

_SEEN_AGAIN_AFTER: Final = timedelta(minutes=5)
"""The last request is noted this often: a write at every request would cost more than it tells."""
_LONGEST_NOTE: Final = 100
_MOST_API_TOKENS: Final = 50
"""That live, of one account: more than anybody has programs, and still a list that one can read."""
_NOT_YOU: Final = "If it was not you, change your password at once: that signs out everybody else."

Authenticate = Callable[[Sessions, str, Any], Awaitable[Viewer | None]]
"""Finds the viewer behind a token; the third argument is the connection that it came over."""


class MadeToken(NamedTuple):
    """An API token that was just made; the secret is known only now."""

    id: ApiTokenId
    secret: str


async def viewer_behind(sessions: Sessions, token: str, *, session_days: int) -> Viewer | None:
    """The account that a bearer token opens; null for an unknown, ended or expired one."""
    async with sessions.reading() as session:
        access = await _access(session, token, now() - timedelta(days=session_days))
        viewer = await viewer_with(session, access) if access else None
    if access and _is_due(access.last_used_at):
        await _note_use(sessions, access)
    return viewer


async def viewer_with(session: AsyncSession, access: Access) -> Viewer:
    """The viewer whom an access lets in."""
    held = await queries.roles_held(session, access.account_id)
    return Viewer(
        account_id=access.account_id,
        access=SessionId(access.id),
        roles=held & KEPT_ROLES if access.suspended else held,
        scope=access.scope,
        producer_id=access.producer_id,
        suspended=access.suspended,
    )


async def make_api_token(
    session: AsyncSession, viewer: Viewer, *, name: str, scope: ApiTokenScope, expires_at: datetime | None
) -> MadeToken:
    """Make a token for a program; one that a token makes reaches no further, in time neither.

    Raises:
        TooManyApiTokens: The account has as many as it may.
        ManyRefused: What is wrong with the input.
    """
    await queries.lock(session, viewer.account_id)  # two at once cannot share the last place
    problems = Problems()
    with problems.under("name"):
        name = checked_text(name, longest=_LONGEST_NOTE)
    if not viewer.scope.reaches(scope):
        problems.note(NotAllowed("A token cannot make one that reaches further.", ("scope",)))
    with problems.under("expires_at"):
        expires_at = await _checked_end(session, viewer, expires_at)
    problems.refuse_any()
    if len(await queries.api_tokens_of(session, [viewer.account_id])) >= _MOST_API_TOKENS:
        raise TooManyApiTokens(limit=_MOST_API_TOKENS)
    secret = new_token(API_TOKEN)
    token = ApiToken(
        account_id=viewer.account_id,
        name=name,
        scope=scope,
        token_sha256=stored_form(secret),
        expires_at=expires_at,
    )
    session.add(token)
    await session.flush()
    sentence = f"“{name}” can use your account until it is revoked. If it was not you, revoke it at once."
    await warn(session, viewer.account_id, "An API token was made", sentence, subject=token.id)
    return MadeToken(token.id, secret)


async def _checked_end(session: AsyncSession, viewer: Viewer, end: datetime | None) -> datetime | None:
    """When a new token ends: when it should, or when the token does that makes it.

    Raises:
        InvalidValue: That has passed.
        NotAllowed: The token that makes it ends before, or has just been revoked.
    """
    if end and end <= now():
        raise InvalidValue("This moment has passed.", code=ErrorCode.OUT_OF_RANGE)
    if prefix_of(viewer.access) != "tok":
        return end
    makers = await queries.api_token_rows(session, [ApiTokenId(viewer.access)])
    if not makers:
        raise NotAllowed("The token that asks was revoked.")
    last = makers[0].expires_at
    if end and last and end > last:
        raise NotAllowed("A token cannot make one that outlives it.")
    return end or last


async def revoke_access(session: AsyncSession, viewer: Viewer, access: str) -> str:
    """End one of the viewer's sessions or API tokens, at once, and tell them.

    Raises:
        NotFound: It is none of theirs, or has ended.
    """
    is_token = prefix_of(access) == "tok"
    if is_token:
        ended = await queries.revoke_api_token(session, viewer.account_id, ApiTokenId(access))
    else:
        ended = bool(await queries.end_sessions(session, viewer.account_id, only=access))
    if not ended:
        raise NotFound("There is no such session or token.", ("id",))
    announce(session, access_topic(viewer.account_id))
    title = "An API token was revoked" if is_token else "A browser or app was signed out"
    await warn(session, viewer.account_id, title, _NOT_YOU)
    return access


async def end_other_sessions(session: AsyncSession, viewer: Viewer) -> None:
    """End every session but the one that asks, and tell the account if there was any."""
    if await queries.end_sessions(session, viewer.account_id, but=viewer.access):
        announce(session, access_topic(viewer.account_id))
        await warn(session, viewer.account_id, "All other browsers and apps were signed out", _NOT_YOU)


async def _access(session: AsyncSession, token: str, idle_since: datetime) -> Access | None:
    if token.startswith(SESSION):
        return await queries.access_by_session(session, stored_form(token), idle_since=idle_since)
    if token.startswith(API_TOKEN):
        return await queries.access_by_api_token(session, stored_form(token))
    return None


def _is_due(last_used_at: datetime | None) -> bool:
    return last_used_at is None or now() - last_used_at > _SEEN_AGAIN_AFTER


async def _note_use(sessions: Sessions, access: Access) -> None:
    touch = queries.touch_api_token if prefix_of(access.id) == "tok" else queries.touch_session
    async with sessions.writing() as session:
        await touch(session, [access.id])
