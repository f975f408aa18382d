"""What an application must say (D-2), and what a profile does (D-6)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from api.producers.links import checked_links
from api.refusals import InvalidValue, Problems
from api.texts import checked_text
from db.folding import folded
from db.vocabulary import ErrorCode

LONGEST_NAME: Final = 60
_LONGEST_PERSON_NAME: Final = 100
_LONGEST_ADDRESS: Final = 2000
_INSTAGRAM: Final = re.compile(r"@?([A-Za-z0-9._]{1,30})")
MOST_ROLES: Final = 5
_LONGEST_BIO: Final = 2000
_LONGEST_CITY: Final = 100
_LONGEST_ROLE: Final = 30


@dataclass(frozen=True)
class Application:
    """What an applicant tells, as it is stored."""

    producer_name: str
    beats_url: str
    first_name: str
    last_name: str
    instagram: str | None
    label: str | None


def checked_application(problems: Problems, given: Mapping[str, str | None]) -> Application:
    """The application without surrounding blanks; everything that is missing or cannot be is noted.

    Args:
        problems: Takes every problem.
        given: By the names of `Application`; null: left out.
    """
    label = given["label"]
    return Application(
        producer_name=_text(problems, "producer_name", given["producer_name"], longest=LONGEST_NAME),
        beats_url=_address(problems, given["beats_url"]),
        first_name=_text(problems, "first_name", given["first_name"], longest=_LONGEST_PERSON_NAME),
        last_name=_text(problems, "last_name", given["last_name"], longest=_LONGEST_PERSON_NAME),
        instagram=_instagram(problems, given["instagram"]),
        label=_text(problems, "label", label, longest=_LONGEST_PERSON_NAME)
        if label and label.strip()
        else None,
    )


def checked_profile(problems: Problems, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given facts as columns of a profile; what is wrong is noted under the fact's name.

    Args:
        problems: Takes every problem.
        given: By the names of `FACTS`; null clears a fact that may be empty.
    """
    columns: dict[str, Any] = {}
    for name, value in given.items():
        with problems.under(name):
            columns[name] = _FACTS[name](value)
    return columns


def optional_text(text: str | None, *, longest: int, lines: bool = False) -> str | None:
    """The text as it is kept; null for one that is blank."""
    if text is None or not text.strip():
        return None
    return checked_text(text, longest=longest, lines=lines)


def _name(value: str | None) -> str:
    return checked_text(value or "", longest=LONGEST_NAME)


def _bio(value: str | None) -> str | None:
    return optional_text(value, longest=_LONGEST_BIO, lines=True)


def _city(value: str | None) -> str | None:
    return optional_text(value, longest=_LONGEST_CITY)


def _roles(value: Sequence[str] | None) -> list[str]:
    problems, roles = Problems(), list[str]()
    if len(value or ()) > MOST_ROLES:
        sentence = f"These are {len(value or ())} roles; at most {MOST_ROLES} are allowed."
        problems.note(InvalidValue(sentence, code=ErrorCode.TOO_LONG, maximum=Decimal(MOST_ROLES)))
    for position, text in enumerate((value or ())[: 2 * MOST_ROLES]):
        with problems.under(str(position)):
            role = checked_text(text, longest=_LONGEST_ROLE)
            if folded(role) in map(folded, roles):
                raise InvalidValue(f"{role!r} is there twice.", code=ErrorCode.REPEATED)
            roles.append(role)
    problems.refuse_any()
    return roles


def _links(value: Sequence[Any] | None) -> list[dict[str, str]]:
    return [asdict(link) for link in checked_links(value or ())]


_FACTS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "bio": _bio,
    "city": _city,
    "roles": _roles,
    "links": _links,
}
FACTS: Final = tuple(_FACTS)


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
