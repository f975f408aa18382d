"""What an application must say (D-2), and how a handle is made of a name (D-6)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from api.refusals import InvalidValue, Problems
from api.texts import checked_text
from db.folding import folded
from db.vocabulary import ErrorCode

LONGEST_NAME: Final = 60
_LONGEST_PERSON_NAME: Final = 100
_LONGEST_ADDRESS: Final = 2000
_LONGEST_HANDLE: Final = 30
_INSTAGRAM: Final = re.compile(r"@?([A-Za-z0-9._]{1,30})")
_RESERVED: Final = frozenset(
    {"admin", "api", "beatpass", "files", "graphql", "help", "media", "staff", "support", "uploads"}
)


@dataclass(frozen=True)
class Application:
    """What an applicant tells, as it is stored."""

    producer_name: str
    beats_url: str
    first_name: str
    last_name: str
    instagram: str | None
    label: str | None


def checked_application(
    *,
    producer_name: str | None,
    beats_url: str | None,
    first_name: str | None,
    last_name: str | None,
    instagram: str | None,
    label: str | None,
) -> Application:
    """The application without surrounding blanks.

    Raises:
        ManyRefused: Everything that is missing or cannot be.
    """
    problems = Problems()
    application = Application(
        producer_name=_text(problems, "producer_name", producer_name, longest=LONGEST_NAME),
        beats_url=_address(problems, beats_url),
        first_name=_text(problems, "first_name", first_name, longest=_LONGEST_PERSON_NAME),
        last_name=_text(problems, "last_name", last_name, longest=_LONGEST_PERSON_NAME),
        instagram=_instagram(problems, instagram),
        label=_text(problems, "label", label, longest=_LONGEST_PERSON_NAME)
        if label and label.strip()
        else None,
    )
    problems.refuse_any()
    return application


def handle_for(name: str, taken: Collection[str]) -> str:
    """A free handle that looks like the name: `Nova Keys` → `nova-keys`, then `nova-keys-2`, and so on."""
    stem = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:_LONGEST_HANDLE].strip("-") or "producer"
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(handle for handle in candidates if handle not in taken and handle not in _RESERVED)


def _text(problems: Problems, field: str, value: str | None, *, longest: int) -> str:
    with problems.under(field):
        return checked_text(value or "", longest=longest)
    return ""


def _address(problems: Problems, value: str | None) -> str:
    address = _text(problems, "beats_url", value, longest=_LONGEST_ADDRESS)
    if address and not _is_web_address(address):
        sentence = "This is not the address of a web page."
        problems.note(InvalidValue(sentence, ("beats_url",), ErrorCode.MALFORMED))
    return address


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def _instagram(problems: Problems, value: str | None) -> str | None:
    if not value or not value.strip():
        return None
    if found := _INSTAGRAM.fullmatch(value.strip()):
        return found[1]
    sentence = "An Instagram name has letters, digits, dots and underscores, at most 30."
    problems.note(InvalidValue(sentence, ("instagram",), ErrorCode.MALFORMED))
    return None
