"""The table of endpoints: each is a function, under the method and path that the SDK has for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.sandbox.books import Books
from api.sandbox.given import Given
from api.sandbox.trees import Json


@dataclass(frozen=True)
class Call:
    """A call that fits its types.

    Attributes:
        ids: The parts of the path that name objects.
    """

    books: Books
    given: Given
    ids: Mapping[str, str]

    @property
    def id(self) -> str:
        """What a path names that names one thing."""
        return next(iter(self.ids.values()))


Endpoint = Callable[[Call], Json]


@dataclass(frozen=True)
class Served:
    """An endpoint and where it is."""

    method: str
    path: str
    endpoint: Endpoint
    pattern: re.Pattern[str]


ENDPOINTS: Final[list[Served]] = []


def serves(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    """Serve a path with the function."""

    def enter(endpoint: Endpoint) -> Endpoint:
        ENDPOINTS.append(Served(method, path, endpoint, pattern_of(path)))
        return endpoint

    return enter


def pattern_of(path: str) -> re.Pattern[str]:
    """What fits a path with names in braces, each one step of it."""
    steps = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return re.compile(f"^{steps}$")


def find(method: str, path: str) -> tuple[Served, dict[str, str]] | None:
    """The endpoint of a path, and the names in it; one whose path stands there word for word comes first."""
    fitting = [
        (served, found.groupdict())
        for served in ENDPOINTS
        if served.method == method and (found := served.pattern.match(path))
    ]
    return min(fitting, key=lambda one: len(one[1]), default=None)
