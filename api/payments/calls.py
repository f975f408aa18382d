"""Asking the payment provider for something once, whatever happens in between (MONEY 1.5).

A call is kept, and with it the key that it is made with, before it is made; nothing is called in a transaction. Where no
answer came, the same key is used again, and the provider answers as it did, or does it now. Where it refused, has failed
for good under the key, or has forgotten it, the next attempt has a key of its own. What it may have done under the key
before is looked for first, where doing it twice would do harm.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.gateways.payment_answers import PaymentBroken, PaymentRefused, PaymentUnsure
from db.clock import now
from db.queries import payments as queries
from db.queries.payments import CallRow
from db.session import Sessions
from db.vocabulary import CallOutcome, PaymentCallKind

_KEPT: Final = timedelta(hours=23)
"""The provider forgets a key after 24 hours, and then does what was done."""
_LONGEST_PROBLEM: Final = 500

Act = Callable[[str], Awaitable[str]]
"""Makes the call with a key; answers what the provider calls what was made."""
Find = Callable[[], Awaitable[str | None]]
"""Looks at the provider whether it was done; answers what it calls what was made."""


@dataclass(frozen=True)
class Intent:
    """What is to be done.

    Attributes:
        subject: About what of ours; with the kind it names the intent.
        again: It says how things shall be, not what to add: harmless when done twice, and each call has a key of its own, for
            the opposite may have been asked for since.
        final: A refusal is its end: what was told of it may have been acted upon, so it is not asked again.
    """

    kind: PaymentCallKind
    subject: str
    again: bool = False
    final: bool = False


async def carry_out(sessions: Sessions, intent: Intent, act: Act, find: Find | None = None) -> str:
    """Have the provider do it, unless it has.

    Args:
        find: For what may not be done twice: asked before another attempt is made after one that may have been done.

    Returns:
        What the provider calls what was made.

    Raises:
        PaymentRefused: It will not.
        PaymentUnsure: Whether it was done is not known; call again.
    """
    behind, done = await _found(sessions, intent, find) if find else (0, None)
    if done is not None:
        return done
    call = await _begin(sessions, intent, behind if find else None)
    if call.outcome is CallOutcome.DONE:
        return call.reference or ""
    if call.outcome is CallOutcome.REFUSED:
        raise PaymentRefused(*_said(call.problem))
    try:
        reference = await act(call.id)
    except (PaymentRefused, PaymentBroken) as problem:
        outcome = CallOutcome.REFUSED if isinstance(problem, PaymentRefused) else CallOutcome.BROKEN
        async with sessions.writing() as session:
            await queries.end_call(session, call.id, outcome, problem=str(problem)[:_LONGEST_PROBLEM])
        raise
    async with sessions.writing() as session:
        await queries.end_call(session, call.id, CallOutcome.DONE, reference=reference)
    return reference


async def _found(sessions: Sessions, intent: Intent, find: Find) -> tuple[int, str | None]:
    """What the last attempt has done after all, whose key tells nothing any more; null: nothing, or its key tells."""
    async with sessions.reading() as session:
        last = await queries.last_call(session, intent.kind, intent.subject)
    if last is None or last.outcome is CallOutcome.REFUSED or not _is_over(last, now(), intent):
        return (last.attempt if last and last.outcome is CallOutcome.REFUSED else 0), None
    found = await find()
    if found is not None:
        await _adopt(sessions, intent, found, last.attempt + 1)
    return last.attempt, found


async def _adopt(sessions: Sessions, intent: Intent, found: str, attempt: int) -> None:
    """Keep what was found as done, so that it is looked for no more."""
    async with sessions.writing() as session:
        await queries.begin_call(session, intent.kind, intent.subject, attempt)
        last = await queries.last_call(session, intent.kind, intent.subject)
        if last is not None and last.attempt == attempt:
            await queries.end_call(session, last.id, CallOutcome.DONE, reference=found)


async def _begin(sessions: Sessions, intent: Intent, behind: int | None) -> CallRow:
    """The call to make, kept; or the one that has been made."""
    async with sessions.writing() as session:
        last = await queries.held_call(session, intent.kind, intent.subject)
        is_own = False
        while last is None or (_is_over(last, now(), intent) and not is_own):
            if last and behind is not None and last.attempt != behind:
                raise PaymentUnsure("Another attempt was made meanwhile: look again for what it did.")
            attempt = last.attempt + 1 if last else 1
            is_own = await queries.begin_call(session, intent.kind, intent.subject, attempt)
            last = await queries.held_call(session, intent.kind, intent.subject)
    return last


def _is_over(call: CallRow, moment: datetime, intent: Intent) -> bool:
    """Whether another attempt has to follow."""
    if call.outcome is CallOutcome.UNSURE and not intent.again:
        return moment - call.called_at > _KEPT
    if call.outcome is CallOutcome.REFUSED and intent.final:
        return False
    return call.outcome in {CallOutcome.REFUSED, CallOutcome.BROKEN} or intent.again


def _said(problem: str | None) -> tuple[str, str]:
    """Code and sentence of a refusal, as they were kept."""
    code, _, message = (problem or "").partition(": ")
    return code, message
