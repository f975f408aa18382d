"""Who applied, while staff decide about it."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.producers.errors import ApplicantIsSuspended
from db.queries import accounts
from db.queries.producers import ProducerRequestRow


async def hold_applicant(session: AsyncSession, request: ProducerRequestRow) -> None:
    """Lock the account of who applied until the transaction ends; who gives it anything holds it.

    So two applications of theirs may be approved at once, or one while they are suspended: each sees the other. What came
    during a suspension would be shown, and its money not be held (D-83).

    Raises:
        ApplicantIsSuspended: Staff suspend it.
    """
    await accounts.lock(session, request.account_id)
    if await accounts.is_suspended(session, request.account_id):
        raise ApplicantIsSuspended(object_id=request.id)
