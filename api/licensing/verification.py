"""A stranger's look at a certificate: whether it is ours, holds, and says what was granted (D-46)."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries import licences
from db.queries.licences import LicenceRow


async def verify(session: AsyncSession, number: str) -> LicenceRow | None:
    """The licence of this number, after one more look at it was counted; null if there never was one."""
    if not await licences.count_verification(session, number):
        return None
    return await licences.licence_numbered(session, number)
