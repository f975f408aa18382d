"""The blue badge: asked for by a producer, proved in the Discord community, given by staff (D-4)."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import grant, require
from api.cases import attach, case_topic, open_case
from api.producers.applicants import refuse_absent
from api.producers.errors import (
    AlreadyVerified,
    ApplicationIsWaiting,
    CodeIsNotTyped,
    NotAProducerAnyMore,
)
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId, ProducerRequestId, UploadId, new_id
from db.models.producers import ProducerRequest
from db.queries import accounts, cases
from db.queries import producers as queries
from db.queries.producers import ProducerRequestRow
from db.session import announce
from db.vocabulary import ProducerRequestKind, Role

_CODE_LIVES: Final = timedelta(days=7)
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is mistaken for another when it is copied by hand."""
_CODE_LENGTH: Final = 10
"""31 letters each: 49 bits, for a code that lives a week and opens nothing by itself."""


async def ask_for_badge(
    session: AsyncSession, viewer: Viewer, *, attachments: Sequence[UploadId]
) -> ProducerRequestId:
    """Ask for the badge; the answer holds a one-time code. Asked again once the code has ended, it gets a new one.

    Raises:
        NotAllowed: The viewer is no producer.
        AlreadyVerified: The viewer has the badge.
        ApplicationIsWaiting: One is waiting, with a code that still works.
        ManyRefused: An attachment cannot be used.
    """
    require(viewer, Role.PRODUCER)
    if viewer.has(Role.VERIFIED_PRODUCER):
        raise AlreadyVerified
    kind = ProducerRequestKind.GET_VERIFIED
    if waiting := await queries.waiting_request(session, viewer.account_id, kind):
        await _renew(session, waiting)
        known = len(await cases.attachments(session, [waiting.id]))
        await attach(session, viewer, waiting.id, attachments, known=known)
        return waiting.id
    request = ProducerRequestId(new_id("req"))
    await _add(session, viewer, request)
    await open_case(session, viewer, request, attachments)
    return request


async def give_badge(session: AsyncSession, request: ProducerRequestRow, *, by: AccountId | None) -> None:
    """Give the role that an approved application asked for. Needs the lock of the account.

    Args:
        by: The member of staff; null for one who is known by a role on Discord only.

    Raises:
        CodeIsNotTyped: Whoever asked has not proved who they are.
        ApplicantIsSuspended: Staff suspend their account.
        NotAProducerAnyMore: Producer access was taken since.
    """
    if request.code_typed_at is None:
        raise CodeIsNotTyped(object_id=request.id)
    await refuse_absent(session, request)
    if Role.PRODUCER not in await accounts.roles_held(session, request.account_id):
        raise NotAProducerAnyMore(object_id=request.id)
    await grant(
        session, request.account_id, Role.VERIFIED_PRODUCER, by=by, reason=f"Application {request.id}"
    )


async def _add(session: AsyncSession, viewer: Viewer, request: ProducerRequestId) -> None:
    kind = ProducerRequestKind.GET_VERIFIED
    try:
        async with session.begin_nested():
            asked = ProducerRequest(id=request, account_id=viewer.account_id, kind=kind)
            asked.code, asked.code_expires_at = _new_code(), now() + _CODE_LIVES
            session.add(asked)
    except IntegrityError as error:
        waiting = await queries.waiting_request(session, viewer.account_id, kind)
        raise ApplicationIsWaiting(object_id=waiting.id if waiting else None) from error


async def _renew(session: AsyncSession, request: ProducerRequestRow) -> None:
    if request.code_typed_at or (request.code_expires_at and request.code_expires_at > now()):
        raise ApplicationIsWaiting(object_id=request.id)
    await queries.renew_code(session, request.id, _new_code(), expires_at=now() + _CODE_LIVES)
    announce(session, case_topic(request.id))


def code_in(text: str) -> str | None:
    """The code that somebody typed, in small letters perhaps; null for what is none."""
    code = text.strip().upper()
    return code if len(code) == _CODE_LENGTH and set(code) <= set(_LETTERS) else None


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
