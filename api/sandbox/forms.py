"""Bodies of the older endpoints: forms whose names say where a value stands, `items[0][price]=…`."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from api.sandbox.errors import malformed
from api.sandbox.trees import Json, is_object

_NAME: Final = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_INNER: Final = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST: Final = 12


def read_form(text: str) -> Json:
    """The values as they stand inside of each other; a list is what is numbered from zero."""
    root: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(root, _place(name), value)
    return {name: _lists(value) for name, value in root.items()}


def _place(name: str) -> list[str]:
    found = _NAME.match(name)
    if not found:
        raise malformed(f"Invalid parameter name: {name}", param=name, code="parameter_unknown")
    place = [found[1], *_INNER.findall(found[2])]
    if len(place) > _DEEPEST:
        raise malformed(f"Too deep: {name}", param=name, code="parameter_unknown")
    return place


def _put(root: Json, place: list[str], value: str) -> None:
    here = root
    for number, step in enumerate(place[:-1]):
        inner: Any = here.setdefault(step or str(len(here)), {})
        if not is_object(inner):
            name = "".join([place[0], *(f"[{part}]" for part in place[1 : number + 1])])
            raise malformed(f"Invalid value for {name}", param=name, code="parameter_invalid")
        here = inner
    here[place[-1] or str(len(here))] = value


def _lists(value: Any) -> Any:
    if not is_object(value):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    if inner and all(name == str(number) for number, name in enumerate(inner)):
        return list(inner.values())
    return inner
