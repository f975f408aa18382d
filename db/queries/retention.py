"""Statements that forget what was kept for long enough, some rows at a time (D-81)."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import first_id
from db.models.notices import Notification
from db.models.payments import PaymentCall, PaymentEvent
from db.models.plays import Play
from db.models.producers import ProducerRequest
from db.vocabulary import EmailTiming, PaymentEventState, ReviewStatus

_NAMES: Final = ("first_name", "last_name", "instagram")
_SAYS: Final = ": "
"""Between the code of a problem and its sentence."""


async def forget_words_of_notices(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Of those that were read; they are in no list any more. Read along the key, which begins with their moment."""
    old = col(Notification.id) < first_id("ntf", before), col(Notification.read_at) < before
    some = select(col(Notification.id)).where(*old, col(Notification.title) != "").limit(limit)
    said: dict[str, Any] = {
        "title": "",
        "body": "",
        "path": "",
        "email_refused": None,
        "in_app": False,
        "live": False,
        "withheld_in_app": None,
        "withheld_live": None,
    }
    waits = col(Notification.email) == EmailTiming.DIGEST
    await session.execute(
        update(Notification).where(col(Notification.id).in_(some), waits).values(email=None)
    )
    return await _changed(session, update(Notification).where(col(Notification.id).in_(some)).values(said))


async def forget_plays(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Their sums stay. Read along the key, which begins with their moment."""
    old = col(Play.id) < first_id("ply", before), col(Play.started_at) < before
    some = select(col(Play.id)).where(*old).order_by(col(Play.id)).limit(limit)
    return await _changed(session, delete(Play).where(col(Play.id).in_(some)))


async def forget_words_of_calls(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """The first word is the code, which a refusal that stands is told by."""
    old = col(PaymentCall.called_at) < before, col(PaymentCall.problem).contains(_SAYS)
    some = select(col(PaymentCall.id), col(PaymentCall.problem)).where(*old).limit(limit)
    found = (await session.execute(some)).all()
    for call, problem in found:
        code = (problem or "").partition(_SAYS)[0]
        await session.execute(update(PaymentCall).where(col(PaymentCall.id) == call).values(problem=code))
    return len(found)


async def forget_events(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Those that were read; one that waits is kept until somebody has looked."""
    read = col(PaymentEvent.state) != PaymentEventState.RECEIVED
    some = select(col(PaymentEvent.id)).where(col(PaymentEvent.happened_at) < before, read).limit(limit)
    return await _changed(session, delete(PaymentEvent).where(col(PaymentEvent.id).in_(some)))


async def forget_names_of_applicants(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Of applications that were decided by then."""
    decided = col(ProducerRequest.status) != ReviewStatus.PENDING, col(ProducerRequest.reviewed_at) < before
    named = or_(*(col(getattr(ProducerRequest, name)).is_not(None) for name in _NAMES))
    some = select(col(ProducerRequest.id)).where(*decided, named).limit(limit)
    changed = update(ProducerRequest).where(col(ProducerRequest.id).in_(some))
    return await _changed(session, changed.values(dict.fromkeys(_NAMES)))


async def _changed(session: AsyncSession, change: Any) -> int:
    result: Any = await session.execute(change)
    return int(result.rowcount)
