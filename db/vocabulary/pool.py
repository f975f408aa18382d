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
    """One pool for all."""
    LISTENER_CENTRED = "LISTENER_CENTRED"
    """Each listener's money to whom they heard."""
