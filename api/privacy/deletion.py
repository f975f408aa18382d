"""Asking for one's account to be deleted, and calling it off (D-81)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.limiting import count
from api.auth.passwords import LONGEST, is_password
from api.gateways.attempts import Attempts
from api.notices import warn
from api.payouts.till import Terms, payout_terms
from api.privacy.errors import BalanceIsNotAcknowledged, DeletionIsBlocked, NoDeletionWaits, PasswordIsWrong
from api.privacy.farewell import what_becomes_of_money
from api.privacy.obstacles import BalanceLeft, stays_owed
from api.privacy.preview import person_of, standing_of
from api.refusals import Problems
from api.settings import Settings
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import AccountDeletionId, new_id
from db.models.privacy import AccountDeletion
from db.queries import accounts
from db.queries import deletions as queries
from db.queries.deletions import DeletionRow
from db.session import Sessions
from db.vocabulary import AccountDeletionStatus, JobKind


@dataclass(frozen=True)
class Asked:
    """What somebody says who wants their account deleted."""

    password: str
    balance_acknowledged: bool = False


@dataclass(frozen=True)
class DeletionTerms:
    """What an installation has decided about deletions.

    Attributes:
        wait: From asking to doing: time to think again, and for the owner to notice that it was somebody else.
        payouts: What it has decided about these.
    """

    wait: timedelta
    payouts: Terms


def deletion_terms(settings: Settings) -> DeletionTerms:
    return DeletionTerms(timedelta(days=settings.deletion_days), payout_terms(settings))


async def request_deletion(
    sessions: Sessions, attempts: Attempts, viewer: Viewer, asked: Asked, terms: DeletionTerms
) -> AccountDeletionId:
    """Have an account deleted in some days; asked again meanwhile, the same deletion is answered.

    Raises:
        TooManyAttempts: At the present password.
        PasswordIsWrong: It is not the present one.
        ManyRefused: What stands in the way; or money would stay, and nobody has said that they know.
    """
    await count(attempts, f"password:{viewer.account_id}")
    async with sessions.reading() as session:
        stored = await accounts.password_hash(session, viewer.account_id)
    if not await is_password(stored, asked.password[:LONGEST]):
        raise PasswordIsWrong
    async with sessions.writing() as session:
        await accounts.lock(session, viewer.account_id)
        if await accounts.password_hash(session, viewer.account_id) != stored:
            raise PasswordIsWrong  # another request has changed it meanwhile
        if known := (await queries.undone_of(session, [viewer.account_id])).get(viewer.account_id):
            return known.id
        return await _ask(session, viewer, asked, terms)


async def cancel_deletion(session: AsyncSession, viewer: Viewer) -> None:
    """Keep the account after all.

    Raises:
        NoDeletionWaits: None was asked for, or it has begun.
    """
    await accounts.lock(session, viewer.account_id)
    known = (await queries.undone_of(session, [viewer.account_id])).get(viewer.account_id)
    if known is None or not await queries.move(session, known.id, AccountDeletionStatus.CANCELLED):
        raise NoDeletionWaits
    await warn(session, viewer.account_id, "Your account stays", "Its deletion was called off.")


async def put_off(
    session: AsyncSession, row: DeletionRow, left: Sequence[BalanceLeft], terms: DeletionTerms
) -> None:
    """Wait once more, for more money would stay than its owner was told of."""
    due = now() + terms.wait
    await queries.put_off(session, row.id, until=due, told=stays_owed(left))
    again = f"{row.id}:{new_id('evt')}"
    await jobs.add(session, JobKind.DELETE_ACCOUNT, key=again, run_at=due, deletion=row.id)
    sentence = (
        f"It was due, but more money would stay than you were told of: it is deleted on {_in_words(due)}."
    )
    body = f"{sentence} {what_becomes_of_money(left)} Until then it can be called off."
    await warn(session, row.account_id, "Your account is deleted later", body)


async def _ask(
    session: AsyncSession, viewer: Viewer, asked: Asked, terms: DeletionTerms
) -> AccountDeletionId:
    person = await person_of(session, viewer.account_id)
    standing, left = await standing_of(session, person, terms.payouts)
    problems = Problems()
    problems.note(*(DeletionIsBlocked(one.message) for one in standing if one.refuses))
    owed = stays_owed(left)
    if owed and not asked.balance_acknowledged:
        problems.note(BalanceIsNotAcknowledged())
    problems.refuse_any()
    moment = now()
    deletion = AccountDeletion(
        account_id=viewer.account_id,
        requested_at=moment,
        due_at=moment + terms.wait,
        told=dict[str, int](owed.items()),
    )
    session.add(deletion)
    await session.flush()
    await jobs.add(
        session, JobKind.DELETE_ACCOUNT, key=deletion.id, run_at=deletion.due_at, deletion=deletion.id
    )
    sentence = f"Your account is deleted on {_in_words(deletion.due_at)}. Until then it can be called off."
    advice = "If you did not ask for that, call it off and change your password at once."
    money = what_becomes_of_money(left)
    body = " ".join(part for part in (sentence, money, advice) if part)
    await warn(session, viewer.account_id, "Your account is about to be deleted", body)
    return deletion.id


def _in_words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d at %H:%M} UTC"
