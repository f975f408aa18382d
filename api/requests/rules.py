"""Who sees which beat requests, and what may be done with one in which state (D-60)."""

from datetime import datetime, timedelta
from textwrap import shorten
from typing import Final

from api.refusals import InvalidValue, Problems, Refused
from api.requests.errors import (
    RequestIsAnothers,
    RequestIsNotRenewable,
    RequestNotFound,
    TokensAreUsed,
)
from api.requests.tokens import Tokens, next_month
from api.texts import checked_length
from api.viewer import Viewer
from db.ids import AccountId
from db.vocabulary import BeatRequestStatus, ErrorCode, Role

RENEWABLE_FOR: Final = timedelta(days=30)
"""From its expiry on."""
WARNED_BEFORE: Final = timedelta(hours=3)
"""Its end: time enough to look at what was offered."""
_LONGEST_KEY: Final = 100
_SHORT: Final = 80


def checked_idempotency_key(problems: Problems, key: str) -> str | None:
    """A client's name for what it asks for, as it is; null where it is none, which is noted."""
    with problems.under("idempotency_key"):
        if not key.strip():
            raise InvalidValue("Give a key, such as a UUID.", code=ErrorCode.REQUIRED)
        if not key.isprintable():
            raise InvalidValue("A key has no characters that cannot be seen.")
        return checked_length(key, shortest=1, longest=_LONGEST_KEY)
    return None


def sees_request(viewer: Viewer | None, *, requester: AccountId, status: BeatRequestStatus) -> bool:
    """Whoever is signed in sees requests, open or over; a deleted one is its requester's and staff's alone."""
    if viewer is None:
        return False
    own = viewer.account_id == requester or viewer.has(Role.STAFF)
    return own or status is not BeatRequestStatus.DELETED


def why_not_theirs(viewer: Viewer, *, requester: AccountId, status: BeatRequestStatus) -> Refused | None:
    """Why somebody may not renew or delete a request at all; null for who posted it."""
    if viewer.account_id == requester:
        return None
    seen = sees_request(viewer, requester=requester, status=status)
    return RequestIsAnothers() if seen else RequestNotFound()


def why_not_renewed(
    status: BeatRequestStatus, expires_at: datetime, moment: datetime
) -> RequestIsNotRenewable | None:
    """Why a request cannot be opened again at this moment; null if it can, tokens aside."""
    if status is BeatRequestStatus.ACTIVE:
        return RequestIsNotRenewable(retry_at=expires_at)
    if status is BeatRequestStatus.DELETED:
        return RequestIsNotRenewable("The request is deleted. Post a new one.")
    if moment >= expires_at + RENEWABLE_FOR:
        sentence = f"The request expired more than {RENEWABLE_FOR.days} days ago. Post a new one."
        return RequestIsNotRenewable(sentence)
    return None


def why_not_paid(
    tokens: Tokens, cost: int, moment: datetime, *, until: datetime | None = None
) -> TokensAreUsed | None:
    """Why so many tokens cannot be spent; null if they can.

    Args:
        until: The next month's tokens help only before then; null: whenever they come.
    """
    if cost <= tokens.remaining:
        return None
    turn = next_month(moment)
    helps = cost <= tokens.allowance and (until is None or turn < until)
    sentence = (
        f"This takes {_counted(cost)}; you have {tokens.remaining} left of this month's {tokens.allowance}."
    )
    return TokensAreUsed(sentence, limit=tokens.allowance, retry_at=turn if helps else None)


def in_short(text: str) -> str:
    """The beginning of a request's text, in one line."""
    return shorten(text, _SHORT, placeholder="…")


def _counted(tokens: int) -> str:
    return "1 token" if tokens == 1 else f"{tokens} tokens"


def answers_requests(viewer: Viewer) -> bool:
    """Whether the viewer's tracks are matched with requests (D-62)."""
    return viewer.has(Role.VERIFIED_PRODUCER)


def sees_suggestions(viewer: Viewer | None, *, requester: AccountId) -> bool:
    """What answers a request is its requester's and staff's to see; each producer sees own tracks alone."""
    return viewer is not None and (viewer.account_id == requester or viewer.has(Role.STAFF))
