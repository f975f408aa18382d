"""How often a door is tried: counted before anybody is looked up, so that being refused tells nothing."""

from api.auth.errors import TooManyAttempts
from api.gateways.attempts import Attempts, Door, Name


async def count(attempts: Attempts, narrow: Name, *wide: Name) -> None:
    """Count an attempt: against one name alone, and against wider ones, which many people share.

    Raises:
        TooManyAttempts: One of the names has none left.
    """
    if not await attempts.count(narrow, *wide):
        allowed = narrow.allowed if isinstance(narrow, Door) else attempts.allowed
        raise TooManyAttempts(limit=allowed, retry_at=await attempts.retry_at(narrow, *wide))
