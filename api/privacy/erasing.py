"""Deleting an account: a process whose every step can be entered again (D-81).

transaction - call - transaction: doors are closed, what is shared with others is left by the verbs that there are, licences
are sealed anew, the payment provider is asked and its bank waited for, the last letter goes out, and one transaction forgets
the rest.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.accounts import access_topic
from api.gateways.mail import Mailer
from api.licensing.certificate import Seal
from api.payouts.till import PayoutTill
from api.plans.paying import PlanTill
from api.privacy.deletion import DeletionTerms, put_off
from api.privacy.farewell import say_farewell
from api.privacy.forgetting import forget
from api.privacy.leaving import Keep, Leaving, leave_everything, seal_anew
from api.privacy.obstacles import InTheWay, is_more_than_told, left_for_good, stays_owed
from api.privacy.preview import person_of, standing_of
from api.privacy.settling import end_plan, look_at_account, pay_out_and_close
from db import jobs
from db.clock import now
from db.ids import AccountDeletionId, TrackId, new_id
from db.personal.holding import NO_ADDRESS
from db.queries import accounts, personal, profiles, proofs, tracks
from db.queries import deletions as queries
from db.queries.deletions import DeletionRow
from db.queries.personal import Person
from db.session import Sessions, announce
from db.vocabulary import (
    AccountDeletionStatus,
    DeletionObstacleKind,
    JobKind,
    ProofKind,
    TrackStatus,
)

_log: Final = structlog.get_logger(__name__)
_AGAIN_IN: Final = timedelta(hours=1)
"""What stands in the way is looked at again after this."""
_TOO_LONG: Final = timedelta(days=30)
"""Longer than a bank and the patience with a set-up take together."""
_CLOSED: Final = "deleted"
"""No hash of any password."""


@dataclass(frozen=True)
class Eraser:
    """What an account is deleted with.

    Attributes:
        mailer: Null where e-mail is off.
        plans: Null where no money is taken; likewise `payouts`.
        explorer: Tokens that this installation gives everybody a month.
        keep: Makes sure that the job is still this worker's, in the transaction that holds a step.
        settle: Ends the job.
    """

    sessions: Sessions
    mailer: Mailer | None
    seal: Seal
    plans: PlanTill | None
    payouts: PayoutTill | None
    terms: DeletionTerms
    explorer: int
    site: str
    keep: Keep
    settle: Keep


async def delete_account(eraser: Eraser, deletion: AccountDeletionId) -> None:
    """Delete the account of a deletion that is due; one that was called off, or is done, is left as it is.

    Raises:
        PaymentRefused, PaymentUnsure: It has to be tried again.
    """
    try:
        await _look_at_account(eraser, deletion)
        begun = await _begin(eraser, deletion)
        if begun is None:
            return
        row, person = begun
        if row.left_at is None:
            await _leave(eraser, row, person)  # first: nothing is sold while a bank is waited for
        await _settle_with_provider(eraser, row, person)
        if row.left_at is not None:
            await _leave(eraser, row, person)  # a sale that was undone meanwhile has put its track back
        await _say_farewell(eraser, row, person)
        await _forget(eraser, row, person)
    except InTheWay as obstacle:
        await _look_again(eraser, deletion, obstacle.kind)


async def _look_at_account(eraser: Eraser, deletion: AccountDeletionId) -> None:
    if eraser.payouts is None:
        return
    async with eraser.sessions.reading() as session:
        people = [
            await person_of(session, row.account_id) for row in await queries.deletions(session, [deletion])
        ]
    for person in people:
        await look_at_account(eraser.payouts, person)


async def _begin(eraser: Eraser, deletion: AccountDeletionId) -> tuple[DeletionRow, Person] | None:
    """Nobody comes in any more, and nothing new can be begun with what is theirs."""
    async with eraser.sessions.writing() as session:
        for known in await queries.deletions(session, [deletion]):
            await accounts.lock(session, known.account_id)  # the account first, as by everybody
        row = await queries.held_deletion(session, deletion)
        if row is None or row.status in {AccountDeletionStatus.CANCELLED, AccountDeletionStatus.DONE}:
            await eraser.settle(session)
            return None
        person = await person_of(session, row.account_id)
        if row.status is AccountDeletionStatus.WAITING and await _puts_off(session, eraser, row, person):
            await eraser.settle(session)
            return None
        if row.status is AccountDeletionStatus.WAITING:
            await _close_doors(session, eraser, row, person)
        await eraser.keep(session)
    return row, person


async def _puts_off(session: AsyncSession, eraser: Eraser, row: DeletionRow, person: Person) -> bool:
    """Whether more money would stay than its owner was told of: they are told, and have some days more, once."""
    standing, left = await standing_of(session, person, eraser.terms.payouts)
    if standing or row.told_again_at or not is_more_than_told(stays_owed(left), row.told):
        return False
    await put_off(session, row, left, eraser.terms)
    return True


async def _close_doors(session: AsyncSession, eraser: Eraser, row: DeletionRow, person: Person) -> None:
    """Tracks are hidden before it is looked at what is under way: who buys one holds it, or comes too late.

    Raises:
        InTheWay: Nothing is closed.
    """
    for track in await personal.ids_of(session, "track", person):
        found = await tracks.track_for_change(session, TrackId(track))
        if found is not None and found.status is TrackStatus.PUBLISHED:
            await tracks.change_track(session, found.id, {"status": TrackStatus.HIDDEN})
    standing, _ = await standing_of(session, person, eraser.terms.payouts)
    if standing:
        raise InTheWay(standing[0].kind)
    account = row.account_id
    await queries.move(session, row.id, AccountDeletionStatus.RUNNING)
    if person.producer is not None:  # what they wrote is seen no more, however long a bank takes
        await profiles.change_profile(session, person.producer, {"withheld_since": now()})
    await accounts.end_sessions(session, account)
    await accounts.revoke_api_tokens(session, account)
    await proofs.end(session, account, list(ProofKind))
    for role in await accounts.roles_held(session, account):
        await accounts.withdraw_role(session, account, role, by=account, reason="The account is deleted.")
    closed = {"password_hash": _CLOSED, "email_key": NO_ADDRESS.format(ulid=account.removeprefix("acc_"))}
    await accounts.change_account(session, account, **closed)
    announce(session, access_topic(account))


async def _leave(eraser: Eraser, row: DeletionRow, person: Person) -> None:
    leaving = Leaving(eraser.sessions, person, eraser.explorer, eraser.keep)
    await leave_everything(leaving)
    await seal_anew(leaving, eraser.seal)
    async with eraser.sessions.writing() as session:
        await queries.note_left(session, row.id)
        await eraser.keep(session)


async def _settle_with_provider(eraser: Eraser, row: DeletionRow, person: Person) -> None:
    if eraser.plans is not None:
        await end_plan(eraser.plans, row.account_id)
    if eraser.payouts is not None:
        waits = await pay_out_and_close(eraser.payouts, person, row)
        if waits is not None:
            raise InTheWay(waits)


async def _say_farewell(eraser: Eraser, row: DeletionRow, person: Person) -> None:
    async with eraser.sessions.reading() as session:
        [account] = await accounts.accounts(session, [row.account_id])
        _, left = await standing_of(session, person, eraser.terms.payouts)
    await say_farewell(eraser.mailer, row, account, left_for_good(left), site=eraser.site)


async def _forget(eraser: Eraser, row: DeletionRow, person: Person) -> None:
    async with eraser.sessions.writing() as session:
        await accounts.lock(session, row.account_id)
        await forget(session, person, row.id)
        await accounts.change_account(session, row.account_id, deleted_at=now())
        await queries.move(session, row.id, AccountDeletionStatus.DONE)
        await eraser.settle(session)
    _log.info("an account is deleted", deletion=row.id)


async def _look_again(eraser: Eraser, deletion: AccountDeletionId, kind: DeletionObstacleKind) -> None:
    """Later, by another job: this one has done what it could."""
    async with eraser.sessions.writing() as session:
        for row in await queries.deletions(session, [deletion]):
            if now() > row.due_at + _TOO_LONG:
                _log.critical("a deletion waits for weeks: a person must look", deletion=deletion, why=kind)
        await queries.note_waiting(session, deletion, kind)
        again = f"{deletion}:{new_id('evt')}"
        later = now() + _AGAIN_IN
        await jobs.add(session, JobKind.DELETE_ACCOUNT, key=again, run_at=later, deletion=deletion)
        await eraser.settle(session)
