"""What beat requests are paid with."""

from datetime import datetime

import strawberry


@strawberry.type
class RequestTokens:
    """Request tokens of the month, which is UTC's; what is left of them is not carried over."""

    allowance: int
    """What the month began with."""
    remaining: int
    """Left."""
    reset_at: datetime
    """The month's turn: full again."""
