"""How endpoints take simple fields of objects from parameters."""

from typing import Any

from api.sandbox.given import Given
from api.sandbox.trees import Json


def changes(given: Given, *names: str) -> Json:
    """The fields among these that were given; an empty text clears one."""
    return {name: given.get(name) for name in names if name in given}


def metadata(given: Given, before: Json | None = None) -> Json:
    """What is kept with an object for its owner: given names replace, empty values remove, an empty text clears all."""
    if "metadata" not in given:
        return before or {}
    words: dict[str, Any] | None = given.get("metadata")
    if words is None:
        return {}
    merged = {**(before or {}), **words}
    return {name: value for name, value in merged.items() if value not in ("", None)}
