"""Texts that people type, checked the same way everywhere; and lists as people write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from api.refusals import InvalidValue, Problems
from db.vocabulary import ErrorCode

_LONGEST_KEY: Final = 100


def checked_text(text: str, *, longest: int, shortest: int = 1, lines: bool = False) -> str:
    """The text without blanks around it and without characters that cannot be seen.

    Args:
        lines: Keeps line breaks; else every run of blanks is one space.

    Raises:
        InvalidValue: It is blank, too short or too long.
    """
    rows = text.splitlines() if lines else [text]
    bare = "\n".join(_seen(row) for row in rows).strip()
    if not bare:
        raise InvalidValue("This must not be blank.", code=ErrorCode.REQUIRED)
    checked_length(bare, shortest=shortest, longest=longest)
    return bare


def _seen(row: str) -> str:
    """One line without what cannot be seen; every run of blanks is one space."""
    return " ".join("".join(letter for letter in row if letter.isprintable() or letter.isspace()).split())


def checked_length(text: str, *, shortest: int, longest: int) -> str:
    """The text as it is.

    Raises:
        InvalidValue: It is too short or too long.
    """
    if len(text) < shortest:
        sentence = f"This needs at least {shortest} characters."
        raise InvalidValue(sentence, code=ErrorCode.TOO_SHORT, minimum=Decimal(shortest))
    if len(text) > longest:
        sentence = f"This has {len(text)} characters; at most {longest} are allowed."
        raise InvalidValue(sentence, code=ErrorCode.TOO_LONG, maximum=Decimal(longest))
    return text


def checked_idempotency_key(problems: Problems, key: str) -> str | None:
    """A client's name for what it asks for, as it is; null where it is none, which is noted."""
    with problems.under("idempotency_key"):
        if not key.strip():
            raise InvalidValue("Give a key, such as a UUID.", code=ErrorCode.REQUIRED)
        if not key.isprintable():
            raise InvalidValue("A key has no characters that cannot be seen.")
        return checked_length(key, shortest=1, longest=_LONGEST_KEY)
    return None


def in_a_row(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
