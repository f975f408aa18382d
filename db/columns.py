"""Column types that mean the same on SQLite and Postgres."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, DateTime, Dialect, String, TypeDecorator
from sqlmodel import Field

from db.ids import new_id

E = TypeVar("E", bound=StrEnum)
_ID: Any = String(40)
BYTEWISE_100: Any = String(100).with_variant(String(100, collation="C"), "postgresql")
BYTEWISE_300: Any = String(300).with_variant(String(300, collation="C"), "postgresql")
"""Text that sorts byte by byte, as SQLite sorts it, whatever the locale of a Postgres."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite drops the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Word(TypeDecorator[E]):
    """A value of a closed vocabulary, stored by its name."""

    impl = String(40)
    cache_ok = True

    def __init__(self, vocabulary: type[E]) -> None:
        super().__init__(40)
        self.vocabulary = vocabulary

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.vocabulary(value)


def word(vocabulary: type[StrEnum], **options: Any) -> Any:
    """A column that holds a value of `vocabulary`; `one_of` adds the constraint in the database."""
    word_type: Any = Word(vocabulary)
    return Field(sa_type=word_type, **options)


def one_of(column: str, vocabulary: type[StrEnum]) -> CheckConstraint:
    """CHECK that a column holds nothing but words of its vocabulary."""
    words = ", ".join(f"'{value.value}'" for value in vocabulary)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def instant(**options: Any) -> Any:
    """A column that holds an aware instant."""
    return Field(sa_type=UtcDateTime, **options)


def own_id(prefix: str) -> Any:
    """A primary key that is made with its type's prefix."""
    return Field(default_factory=lambda: new_id(prefix), primary_key=True, sa_type=_ID)


def id_of(**options: Any) -> Any:
    """A column that holds another object's id."""
    return Field(sa_type=_ID, **options)
