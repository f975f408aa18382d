"""Words of the pool of subscription money."""

from enum import StrEnum


class PoolRunStatus(StrEnum):
    """State of a closing."""

    OPEN = "OPEN"
    """What it is reckoned from is being written down."""
    FROZEN = "FROZEN"
    """That is done, and never changes; so is how much there is."""
    COMPUTED = "COMPUTED"
    """Whose it is, is known."""
    POSTED = "POSTED"
    """It is in the books."""


class PoolDivision(StrEnum):
    """Ways to divide a pool."""

    POOLED = "POOLED"
    """One pool for all, by weight: as it is paid."""
    LISTENER_CENTRED = "LISTENER_CENTRED"
    """Each listener's money to whom they heard. The pool is the subscribers', in proportion to what each paid in the month. Each one's part goes to the tracks they heard in it, in proportion to counted plays times age factor, and of a track to its credited producers equally. What has no weight is as if nobody had heard it; the part of who heard nothing is divided as in POOLED."""
