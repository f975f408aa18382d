"""Which endpoints the pinned SDK knows, and by which class each one's parameters are typed.

Read from the text of the SDK's own service modules, so that nothing is typed a second time here.
"""

import re
from functools import cache
from typing import Any, Final

from api.sandbox import sdk

_METHOD: Final = re.compile(r"\n    def ")
_CALL: Final = re.compile(r'self\._request\(\s*"(get|post|delete)",\s*"(/v[12]/[^"]*)"')
_PARAMS: Final = re.compile(r'\n        params: (?:Optional\[\s*)?"(\w+)"')
_IMPORT: Final = re.compile(r"from (stripe\.params[\w.]*) import (?:\(\s*)?(\w+)")


@cache
def known() -> dict[tuple[str, str], tuple[str, str] | None]:
    """Module and name of the parameters' class by method and path; null where an endpoint takes none."""
    found: dict[tuple[str, str], tuple[str, str] | None] = {}
    for file in sorted(sdk.folder().rglob("_*_service.py")):
        found |= _endpoints(file.read_text("utf-8"))
    return found


def _endpoints(text: str) -> dict[tuple[str, str], tuple[str, str] | None]:
    modules = {name: module for module, name in _IMPORT.findall(text)}
    found: dict[tuple[str, str], tuple[str, str] | None] = {}
    for method in _METHOD.split(text)[1:]:
        if call := _CALL.search(method):
            params = _PARAMS.search(method)
            place = (modules[params[1]], params[1]) if params else None
            found[(call[1].upper(), call[2])] = place
    return found


@cache
def parameters_class(method: str, path: str) -> type[Any] | None:
    """The typed dictionary of an endpoint's parameters."""
    place = known()[(method, path)]
    return sdk.parameters(*place) if place else None
