"""The name of a profile in addresses: how one is made of a name, and what one may be (D-6)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.producers.errors import HandlesChangeTooOften
from api.refusals import InvalidValue
from api.texts import checked_length
from db.folding import folded
from db.ids import prefix_of
from db.vocabulary import ErrorCode

SHORTEST_HANDLE: Final = 3
LONGEST_HANDLE: Final = 30
MOST_HANDLES: Final = 4
"""Of one profile within `HANDLES_COUNT_FOR`, the one that came with it among them: each is taken for ever."""
HANDLES_COUNT_FOR: Final = timedelta(days=30)
_HANDLE: Final = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_OURS: Final = (
    "about account accounts admin administrator api app apps assets auth backstage beat beatpass beats "
    "billing blog careers cart checkout collection collections contact cookies dashboard demo discover "
    "docs download downloads embed events explore explorer faq feed files forum graphql help home inbox jobs "
    "legal licence licences license licenses login logout mail me media mod moderator new news null "
    "oembed official oauth pay payment payments payout payouts playlist playlists plans popular press pricing "
    "privacy producers profile public recon register report root search security sell settings "
    "shop signin signout signup site staff static status store stream studio support system team terms "
    "test top track tracks trending undefined upload uploads user users verified verify webmaster www "
)
"""Words of ours: an address with one of them would speak for us, or stand in the way of a page."""
_RESERVED: Final = frozenset(_OURS.split())


@dataclass(frozen=True)
class Handle:
    """A handle as it is shown, and as it is found whatever its case."""

    shown: str
    key: str


def checked_handle(text: str | None) -> Handle:
    """The handle without blanks around it.

    Raises:
        InvalidValue: It is blank, of the wrong length or alphabet, or a word of ours.
    """
    handle = (text or "").strip()
    if not handle:
        raise InvalidValue("A profile needs a handle.", code=ErrorCode.REQUIRED)
    checked_length(handle, shortest=SHORTEST_HANDLE, longest=LONGEST_HANDLE)
    if not _HANDLE.fullmatch(handle):
        sentence = "A handle has letters from A to Z, digits, and single - or _ between them."
        raise InvalidValue(sentence, suggestion=_suggested(handle))
    if handle.lower() in _RESERVED or prefix_of(handle.lower()):
        raise InvalidValue(f"{handle!r} is a word of ours: take another.")
    return Handle(handle, handle.lower())


def refuse_another(taken_at: Sequence[datetime], moment: datetime) -> None:
    """Let a profile take one more handle.

    Args:
        taken_at: When it took those it has and had.
        moment: Now.

    Raises:
        HandlesChangeTooOften: It took enough lately; it says when the next is to be had.
    """
    lately = sorted(at for at in taken_at if at > moment - HANDLES_COUNT_FOR)
    if len(lately) >= MOST_HANDLES:
        raise HandlesChangeTooOften(limit=MOST_HANDLES, retry_at=lately[-MOST_HANDLES] + HANDLES_COUNT_FOR)


def handle_for(name: str, taken: Collection[str]) -> str:
    """A free handle that looks like the name: `Nova Keys` → `nova-keys`, then `nova-keys-2`, and so on.

    Args:
        taken: All that begin with `stem_of` the name.
    """
    stem = stem_of(name)
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(handle for handle in candidates if handle not in taken and handle not in _RESERVED)


def stem_of(name: str) -> str:
    """What every handle that is made of the name begins with."""
    return _stem(name) or "producer"


def _stem(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-")[:LONGEST_HANDLE].strip("-")


def _suggested(handle: str) -> str | None:
    stem = _stem(handle)
    return stem if len(stem) >= SHORTEST_HANDLE and stem not in _RESERVED else None
