"""What staff do is written down, for good, in the transaction that does it. Every verb of theirs may call this."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AccountId, AuditEntryId, new_id
from db.models.moderation import AuditEntry
from db.vocabulary import StaffAction

_LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Outsider:
    """Who acts for us by another door than an account of theirs.

    Attributes:
        name: What they are known by, and where.
    """

    name: str


async def note_deed(
    session: AsyncSession, by: AccountId | Outsider, action: StaffAction, about: str, reason: str | None
) -> AuditEntryId:
    """Write into the audit log who did what to which object, and why.

    Args:
        about: Id of an object of any type.
    """
    entry = AuditEntryId(new_id("aud"))
    name = by.name[:_LONGEST_NAME] if isinstance(by, Outsider) else None
    actor = None if isinstance(by, Outsider) else by
    session.add(
        AuditEntry(id=entry, actor_id=actor, actor_name=name, action=action, object_id=about, reason=reason)
    )
    await session.flush()
    return entry
