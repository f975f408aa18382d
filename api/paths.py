"""Paths of the public site: what they lead to, however somebody has copied them."""

import re
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from db.folding import folded

_PATH: Final = re.compile(r"/(?P<kind>[pct])/(?P<name>[^/]+)/?")
_KINDS: Final[dict[str, Literal["p", "t", "c"]]] = {"p": "p", "t": "t", "c": "c"}
_LONGEST_PATH: Final = 2000


class PublicPath(NamedTuple):
    """A producer's handle, or a track's or collection's slug, as it is looked up."""

    kind: Literal["p", "t", "c"]
    name: str


def public_path(path: str, sites: frozenset[str]) -> PublicPath | None:
    """What a path of the public site names; null for what is none of its paths.

    Args:
        path: Or a whole address; what stands behind `?` and `#` is not looked at.
        sites: Hosts of ours, with their ports.
    """
    try:
        parts = urlsplit(path[:_LONGEST_PATH].strip())
    except ValueError:  # such as https://[
        return None
    if parts.netloc and parts.netloc.lower() not in sites:
        return None
    found = _PATH.fullmatch(unquote(parts.path))
    if found is None or "\0" in found["name"]:  # which Postgres does not take
        return None
    return PublicPath(_KINDS[found["kind"]], folded(found["name"]))
