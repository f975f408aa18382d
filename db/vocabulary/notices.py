"""Words of notifications."""

from enum import StrEnum


class NotificationKind(StrEnum):
    """What can be told."""

    NEW_UPLOAD = "NEW_UPLOAD"
    """A producer whom the account follows has published a track."""
    NEW_FOLLOWER = "NEW_FOLLOWER"
    """Somebody follows the account's profile."""
    BEAT_SUBMISSION = "BEAT_SUBMISSION"
    """A track was offered to the account's beat request, or a requester answered an offer of its own."""
    MATCHING_REQUEST = "MATCHING_REQUEST"
    """Own tracks answer a beat request; for verified producers (D-5)."""
    REQUEST_EXPIRING = "REQUEST_EXPIRING"
    """The account's beat request closes soon."""
    LICENSE_GRANTED = "LICENSE_GRANTED"
    """The account was granted a licence, or one of its licences was revoked."""
    TRACK_DOWNLOAD = "TRACK_DOWNLOAD"
    """Somebody licensed and downloaded the account's track."""
    EXCLUSIVE_SOLD = "EXCLUSIVE_SOLD"
    """The account's track was sold exclusively, or such a sale was undone."""
    PLAY_MILESTONE = "PLAY_MILESTONE"
    """A track that credits the account has 100, 1,000, 10,000 … counted plays."""
    ACHIEVEMENT = "ACHIEVEMENT"
    """A level was reached (D-57)."""
    SIMILARITY_MATCH = "SIMILARITY_MATCH"
    """Similar audio was found (D-34)."""
    NEW_SUBSCRIBERS = "NEW_SUBSCRIBERS"
    """Somebody who follows the account's profile, or came by one of its links, pays for a plan; for verified producers (D-5)."""
    ANALYTICS_REPORT = "ANALYTICS_REPORT"
    """Figures of a week or a month; for verified producers (D-5)."""
    PAYOUT_UPDATE = "PAYOUT_UPDATE"
    """A payout was sent, has arrived or came back; for verified producers (D-5)."""
    PAYOUT_SETUP_REMINDER = "PAYOUT_SETUP_REMINDER"
    """Earnings wait until payouts are set up."""
    CASE_DECIDED = "CASE_DECIDED"
    """Staff decided an application or an appeal, about something that the account has put up, or about what it reported."""
    SUPPORT_REPLY = "SUPPORT_REPLY"
    """Staff have answered the account's ticket, or closed it."""
    CONTACT_REQUEST = "CONTACT_REQUEST"
    """A producer asks to connect, or has accepted; for verified producers (D-5)."""
    EVENT_UPDATE = "EVENT_UPDATE"
    """An event that the account has a seat or a place in the line of; for verified producers (D-5)."""
    SECURITY = "SECURITY"
    """The ways into the account have changed; cannot be switched off."""


class NotificationChannel(StrEnum):
    """Ways to be told."""

    IN_APP = "IN_APP"
    """In `Account.notifications`."""
    EMAIL = "EMAIL"
    """By e-mail: at once, or once a day where it can wait."""
    LIVE = "LIVE"
    """In `notificationAdded`, the moment it happens."""


class EmailTiming(StrEnum):
    """When a notification goes out by e-mail."""

    AT_ONCE = "AT_ONCE"
    """In an e-mail of its own."""
    DIGEST = "DIGEST"
    """With the others of the day."""


class ReportSpan(StrEnum):
    """What an Analytics Report covers."""

    WEEK = "WEEK"
    """Monday to Sunday."""
    MONTH = "MONTH"
    """A calendar month."""
