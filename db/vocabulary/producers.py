"""Words of profiles, the dashboard and experience."""

from enum import StrEnum


class SocialNetwork(StrEnum):
    """Where producers are found."""

    INSTAGRAM = "INSTAGRAM"
    """instagram.com."""
    YOUTUBE = "YOUTUBE"
    """youtube.com."""
    SOUNDCLOUD = "SOUNDCLOUD"
    """soundcloud.com."""
    SPOTIFY = "SPOTIFY"
    """open.spotify.com."""
    TIKTOK = "TIKTOK"
    """tiktok.com."""
    X = "X"
    """x.com, formerly twitter.com."""
    FACEBOOK = "FACEBOOK"
    """facebook.com."""
    TWITCH = "TWITCH"
    """twitch.tv."""
    WEBSITE = "WEBSITE"
    """Any other place."""


class XpCause(StrEnum):
    """Why XP is given (D-57)."""

    TRACK_PUBLISHED = "TRACK_PUBLISHED"
    """A track passed its check and was published: 100, once."""
    METADATA_COMPLETE = "METADATA_COMPLETE"
    """A track has everything that describes it: 50, once."""
    COLLABORATION = "COLLABORATION"
    """A published track credits more than one producer: 25 for each of them, once."""
    COUNTED_PLAY = "COUNTED_PLAY"
    """Counted plays of a track on one day, UTC: 1 for each, for every producer it credits. Points grow until the day is over."""


class BackstageTaskKind(StrEnum):
    """Kinds of tasks."""

    COMPLETE_PROFILE = "COMPLETE_PROFILE"
    """Something is missing on the profile."""
    DELIST_VERSION = "DELIST_VERSION"
    """A track is nearly the same as one that was sold exclusively: take it off sale."""
    SOLVE_DUPLICATE = "SOLVE_DUPLICATE"
    """A track is blocked: appeal, or delete it."""
    REVIEW_MATCHES = "REVIEW_MATCHES"
    """Similar audio was found and not looked at."""
    CHECK_ANALYSIS = "CHECK_ANALYSIS"
    """The audio contradicts what is declared."""
    ADD_METADATA = "ADD_METADATA"
    """A track lacks a description or tags."""
    CONNECT_PAYOUTS = "CONNECT_PAYOUTS"
    """Earnings are not paid out until the set-up is complete."""
    GET_VERIFIED = "GET_VERIFIED"
    """The badge is still to be had."""


class SeriesMetric(StrEnum):
    """Chart values."""

    PLAYS = "PLAYS"
    """Plays of tracks that credited the producer then, all that were opened."""
    COUNTED_PLAYS = "COUNTED_PLAYS"
    """Those of them that count (D-51)."""
    EARNINGS = "EARNINGS"
    """What was earned less what went back, in one currency, by when it happened; payouts change nothing of it. Statements go by when things were entered, so a month's line may stand in a later one."""
    FOLLOWERS = "FOLLOWERS"
    """Accounts that followed for the first time in the step."""


class SeriesInterval(StrEnum):
    """Chart steps."""

    DAY = "DAY"
    """From midnight to midnight."""
    WEEK = "WEEK"
    """From Monday on."""
    MONTH = "MONTH"
    """From the first of a month on."""
