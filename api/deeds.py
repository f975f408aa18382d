"""What staff do is written down, for good, in the transaction that does it. Every verb of theirs may call this."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AccountId, AuditEntryId, new_id
from db.models.moderation import AuditEntry
from db.vocabulary import StaffAction


async def note_deed(
    session: AsyncSession, by: AccountId, action: StaffAction, about: str, reason: str | None
) -> AuditEntryId:
    """Write into the audit log who did what to which object, and why.

    Args:
        about: Id of an object of any type.
    """
    entry = AuditEntryId(new_id("aud"))
    session.add(AuditEntry(id=entry, actor_id=by, action=action, object_id=about, reason=reason))
    await session.flush()
    return entry
