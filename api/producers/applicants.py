"""Who applied, while staff decide about it."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.producers.errors import ApplicantIsLeaving, ApplicantIsSuspended
from db.ids import ProducerRequestId
from db.queries import accounts, deletions
from db.queries import producers as queries
from db.queries.producers import ProducerRequestRow


async def request_held(session: AsyncSession, request: ProducerRequestId) -> ProducerRequestRow | None:
    """An application, with the account of who applied locked until the transaction ends; null: there is none any more.

    The account comes before the application, as for everybody who takes both: whoever deletes the account takes its
    applications with it, and the other way round each would wait for the other. Who gives an account anything holds it, so
    two applications of theirs may be approved at once, or one while they are suspended: each sees the other.
    """
    for known in await queries.requests(session, [request]):
        await accounts.lock(session, known.account_id)
    return next(iter(await queries.requests(session, [request])), None)


async def refuse_absent(session: AsyncSession, request: ProducerRequestRow) -> None:
    """Give nothing during a suspension, for it would be shown, and its money not be held (D-83); and nothing to who is being deleted.

    Needs the account's lock.

    Raises:
        ApplicantIsSuspended: Staff suspend the account of who applied.
        ApplicantIsLeaving: It is being deleted, and nobody would own what it is given (D-81).
    """
    if await accounts.is_suspended(session, request.account_id):
        raise ApplicantIsSuspended(object_id=request.id)
    if await deletions.is_running(session, request.account_id):
        raise ApplicantIsLeaving(object_id=request.id)
