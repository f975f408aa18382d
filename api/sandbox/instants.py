"""Moments as the newer endpoints write them."""

from datetime import UTC, datetime

from api.sandbox.errors import malformed


def written(moment: int) -> str:
    """`2026-06-01T12:00:00.000Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read(text: str, *, param: str) -> int:
    """The moment of such a text.

    Raises:
        AnsweredError: It is none.
    """
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise malformed(f"Invalid timestamp: {text[:40]}", param=param, code=None) from error
