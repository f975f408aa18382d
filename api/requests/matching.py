"""Finding which tracks answer which beat requests (D-62)."""

from db.ids import AccountId


def matches_topic(account: AccountId) -> str:
    """Announced when an account's tracks answer something new."""
    return f"matches:{account}"
