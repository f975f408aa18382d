"""What the payment provider was asked, and what it has told (MONEY 1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, PaymentCallId
from db.models.payments import Payer, PaymentCall, PaymentEvent
from db.queries.rows import AnySelect, read_one, select_row
from db.transitions import CALL, EVENT, before
from db.vocabulary import CallOutcome, PaymentCallKind, PaymentEventState, PaymentSource

_EVENTS: Any = vars(PaymentEvent)["__table__"]
"""Rows given as parameters to an INSERT of the table, not of the model: it is compiled once, and takes half the time."""


class CallRow(NamedTuple):
    id: PaymentCallId
    attempt: int
    outcome: CallOutcome
    reference: str | None
    problem: str | None
    called_at: datetime


class NewEvent(NamedTuple):
    id: str
    source: PaymentSource
    type: str
    object_id: str
    happened_at: datetime


class EventRow(NamedTuple):
    id: str
    type: str
    object_id: str
    state: PaymentEventState


async def last_call(session: AsyncSession, kind: PaymentCallKind, subject: str) -> CallRow | None:
    """The latest attempt."""
    return await read_one(session, CallRow, _latest(kind, subject))


async def held_call(session: AsyncSession, kind: PaymentCallKind, subject: str) -> CallRow | None:
    """The latest attempt, which nobody follows with another until the transaction ends."""
    return await read_one(session, CallRow, _latest(kind, subject).with_for_update())


def _latest(kind: PaymentCallKind, subject: str) -> AnySelect:
    named = col(PaymentCall.kind) == kind, col(PaymentCall.subject) == subject
    chosen = select_row(CallRow, PaymentCall).where(*named)
    return chosen.order_by(col(PaymentCall.attempt).desc()).limit(1)


async def begin_call(session: AsyncSession, kind: PaymentCallKind, subject: str, attempt: int) -> bool:
    """Keep a call that is about to be made; false where somebody else's of the same number stands."""
    row = PaymentCall(kind=kind, subject=subject, attempt=attempt)
    new = inserting(session, PaymentCall).values(row.model_dump())
    added = new.on_conflict_do_nothing(index_elements=["kind", "subject", "attempt"])
    return await session.scalar(added.returning(col(PaymentCall.id))) is not None


async def end_call(
    session: AsyncSession,
    call: PaymentCallId,
    outcome: CallOutcome,
    *,
    reference: str | None = None,
    problem: str | None = None,
) -> None:
    """Note what came of a call; what is known to be done stays so."""
    values = {"outcome": outcome, "reference": reference, "problem": problem, "answered_at": now()}
    chosen = col(PaymentCall.id) == call, col(PaymentCall.outcome).in_(before(CALL, outcome))
    await session.execute(update(PaymentCall).where(*chosen).values(values))


async def payer_of(session: AsyncSession, account: AccountId) -> str | None:
    """By what name the provider knows an account."""
    found: str | None = await session.scalar(
        select(col(Payer.reference)).where(col(Payer.account_id) == account)
    )
    return found


async def keep_payer(session: AsyncSession, account: AccountId, reference: str) -> None:
    new = inserting(session, Payer).values(account_id=account, reference=reference)
    await session.execute(new.on_conflict_do_nothing(index_elements=["account_id"]))


async def receive(session: AsyncSession, events: Sequence[NewEvent]) -> set[str]:
    """Keep events; which of them were not there before."""
    if not events:
        return set()
    state = {"received_at": now(), "state": PaymentEventState.RECEIVED}
    rows = [
        one._asdict() | state for one in sorted(events)
    ]  # in one order, or two that write the same would wait
    new = inserting(session, _EVENTS).on_conflict_do_nothing(index_elements=["id"])
    return {str(one) for one in await session.scalars(new.returning(col(PaymentEvent.id)), rows)}


async def event(session: AsyncSession, id: str) -> EventRow | None:
    return await read_one(
        session, EventRow, select_row(EventRow, PaymentEvent).where(col(PaymentEvent.id) == id)
    )


async def settle_event(session: AsyncSession, id: str, state: PaymentEventState) -> None:
    """Note what came of an event; what is settled stays so."""
    chosen = col(PaymentEvent.id) == id, col(PaymentEvent.state).in_(before(EVENT, state))
    await session.execute(update(PaymentEvent).where(*chosen).values(state=state))


async def unread_events(session: AsyncSession, *, before: datetime, limit: int) -> list[str]:
    """Events that came in before a moment and that nobody has read, the oldest first."""
    waiting = col(PaymentEvent.state) == PaymentEventState.RECEIVED, col(PaymentEvent.received_at) < before
    chosen = select(col(PaymentEvent.id)).where(*waiting).order_by(col(PaymentEvent.received_at)).limit(limit)
    return [str(one) for one in await session.scalars(chosen)]
