"""What a suspended account may still do: sign in, look, take back and end what is its own, and write to support (D-83)."""

from dataclasses import dataclass
from typing import Final

from api.refusals import NotAllowed
from db.vocabulary import ErrorCode, Role

OPEN: Final = frozenset(
    {
        "signUp",
        "signIn",
        "signOut",
        "requestPasswordReset",
        "resetPassword",
        "verifyEmail",
        "sendEmailProof",
        "updateAccount",
        "endOtherSessions",
        "revokeAccess",
        "markNotificationsRead",
        "updateNotificationPreferences",
        "setPlanRenewal",
        "cancelPurchase",
        "refundPurchase",
        "deleteTrack",
        "deleteCollection",
        "deleteLicencePreset",
        "deleteBeatRequest",
        "cancelReconScan",
        "removeOwnCredit",
        "unfollowProducer",
        "fileTakedown",
        "confirmTakedown",
        "answerTakedown",
        "acceptPlatformTerms",
        "requestDataExport",
        "requestAccountDeletion",
        "cancelAccountDeletion",
        "openSupportTicket",
        "replyToSupportTicket",
    }
)
"""Mutations; whatever is not named here is closed, also what is added one day."""
KEPT_ROLES: Final = frozenset({Role.LISTENER, Role.PRODUCER})
"""With PRODUCER the dashboard and the books stay open to read; what the badge and staff are for does not."""


@dataclass(eq=False)
class AccountIsSuspended(NotAllowed):
    message: str = "Your account is suspended: `suspensions` says why. Write to support if you think that it should not be."
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.ACCOUNT_SUSPENDED
