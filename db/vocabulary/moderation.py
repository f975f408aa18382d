"""Words of what staff do with what people have put up, and with accounts (D-83)."""

from enum import StrEnum


class ModerationAction(StrEnum):
    """What staff do to content."""

    HIDE = "HIDE"
    """Its owner and staff see it, and nobody else; its owner cannot put it back."""
    RESTORE = "RESTORE"
    """It is what it was before, unless something else keeps it back."""
    REMOVE = "REMOVE"
    """Deleted for good, as if by its owner; of a profile what stands on it goes, and the profile stays."""


class StaffAction(StrEnum):
    """What stands in the audit log."""

    HIDE = "HIDE"
    RESTORE = "RESTORE"
    REMOVE = "REMOVE"
    DISMISS_REPORTS = "DISMISS_REPORTS"
    GIVE_ROLE = "GIVE_ROLE"
    TAKE_ROLE = "TAKE_ROLE"
    APPROVE = "APPROVE"
    DENY = "DENY"
    REVOKE_LICENCE = "REVOKE_LICENCE"
    HOLD_PAYOUTS = "HOLD_PAYOUTS"
    RELEASE_PAYOUTS = "RELEASE_PAYOUTS"
    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    UPHOLD_TAKEDOWN = "UPHOLD_TAKEDOWN"
    REJECT_TAKEDOWN = "REJECT_TAKEDOWN"
    RELEASE_TAKEDOWN = "RELEASE_TAKEDOWN"
    CREATE_EVENT = "CREATE_EVENT"
    CHANGE_EVENT = "CHANGE_EVENT"
    CANCEL_EVENT = "CANCEL_EVENT"
    CREATE_PROFILE = "CREATE_PROFILE"
    CLOSE_PERIOD = "CLOSE_PERIOD"


class WithholdingCause(StrEnum):
    """Why staff keep something back."""

    MODERATION = "MODERATION"
    """It breaks the rules of the platform."""
    TAKEDOWN = "TAKEDOWN"
    """A rights-holder's notice was upheld."""
    SUSPENSION = "SUSPENSION"
    """Its owner's account is suspended."""
