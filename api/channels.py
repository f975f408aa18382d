"""By which channels an account is told of what: the defaults, and what nobody can change (D-70, D-71)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from db.vocabulary import EmailTiming, NotificationChannel, NotificationKind

MAILING: Final = "mailing"
"""In the `info` of a session: whether this installation sends e-mail. Where it does not, nothing is kept for later."""
DIGESTED: Final = frozenset(
    {
        NotificationKind.NEW_UPLOAD,
        NotificationKind.NEW_FOLLOWER,
        NotificationKind.BEAT_SUBMISSION,
        NotificationKind.TRACK_DOWNLOAD,
        NotificationKind.NEW_SUBSCRIBERS,
        NotificationKind.PLAY_MILESTONE,
        NotificationKind.ACHIEVEMENT,
    }
)
"""What can wait for the e-mail of the day: it is pleasant to know, and there may be a lot of it."""
IN_DIGESTS: Final = DIGESTED | {NotificationKind.MATCHING_REQUEST}
"""What a digest may hold: also what came quietly, for there was much of it that day (D-64)."""
VERIFIED_ONLY: Final = frozenset(
    {
        NotificationKind.SIMILARITY_MATCH,
        NotificationKind.ANALYTICS_REPORT,
        NotificationKind.MATCHING_REQUEST,
        NotificationKind.NEW_SUBSCRIBERS,
        NotificationKind.PAYOUT_UPDATE,
        NotificationKind.CONTACT_REQUEST,
        NotificationKind.EVENT_UPDATE,
    }
)
"""Never told to anybody else (D-5)."""
ALWAYS: Final = frozenset({NotificationKind.SECURITY})
"""Cannot be switched off: who takes over an account would do that first. Nothing else goes by e-mail to an address
that nobody has proved, and not many of these, for it may be a stranger's (D-80)."""

Switches = Mapping[tuple[NotificationKind, NotificationChannel], bool]
"""What an account has set; what is not named stands as it is by default."""


@dataclass(frozen=True)
class Channels:
    """Where one notification goes; `email` is null where it does not go by e-mail."""

    in_app: bool
    live: bool
    email: EmailTiming | None


def is_on(kind: NotificationKind, channel: NotificationChannel, switches: Switches) -> bool:
    """Whether a kind goes by a channel; everything does until it is switched off."""
    return kind in ALWAYS or switches.get((kind, channel), True)


def channels_of(
    kind: NotificationKind, switches: Switches, *, mailing: bool, quiet: bool = False
) -> Channels:
    """Where a notification of this kind goes now.

    Args:
        mailing: Whether e-mail about it can be sent to the account.
        quiet: It disturbs nobody: it stands in the list, and waits for the e-mail of the day.
    """
    timing = EmailTiming.DIGEST if quiet or kind in DIGESTED else EmailTiming.AT_ONCE
    return Channels(
        in_app=is_on(kind, NotificationChannel.IN_APP, switches),
        live=not quiet and is_on(kind, NotificationChannel.LIVE, switches),
        email=timing if mailing and is_on(kind, NotificationChannel.EMAIL, switches) else None,
    )
