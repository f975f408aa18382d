"""How often a door is tried: counted before anybody is looked up, so that being refused tells nothing."""

from api.auth.errors import TooManyAttempts
from api.gateways.attempts import Attempts, Name


async def count(attempts: Attempts, narrow: Name, *wide: Name) -> None:
    """Count an attempt: against one name alone, and against wider ones, which many people share.

    The network address that asks stands before what it asks for: else one whose tries are spent would go on using up
    those of whoever it names.

    Raises:
        TooManyAttempts: One of the names has none left.
    """
    tally = await attempts.count(narrow, *wide)
    if not tally:
        raise TooManyAttempts(limit=tally.limit, retry_at=tally.retry_at)
