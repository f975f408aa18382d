"""Lists, newest first, by pages that begin after or end before an object."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.sandbox import instants
from api.sandbox.errors import malformed
from api.sandbox.serving import Call
from api.sandbox.store import matching
from api.sandbox.trees import Json

_LIMIT: Final = 10
_HIGHEST_LIMIT: Final = 100
_LATEST: Final = 2**62
_THERE: Final = "o.owner = ? AND o.kind = ? AND json_extract(o.body, '$.deleted') IS NULL"
_Condition = tuple[str, Any]
"""A comparison, and the value in it."""
_COMPARED: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def listing(data: list[Json], url: str, *, more: bool = False) -> Json:
    """A list as it stands in an answer."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def page(call: Call, kind: str, url: str, *names: str, **keys: Any) -> Json:
    """The page of objects of a kind that a call asks for.

    Args:
        names: Parameters of the call that choose by a key of the same name.
        keys: What else the objects have; null is no condition.
    """
    limit = _limit(call)
    backwards = "ending_before" in call.given
    chosen = {name: call.given.get(name) for name in names}
    rows = _rows(call, kind, _conditions(call, kind), chosen | keys, backwards=backwards, most=limit + 1)
    found = [body for _, body in rows[:limit]]
    return listing(found[::-1] if backwards else found, url, more=len(rows) > limit)


def newer_page(call: Call, kind: str, url: str, **keys: Any) -> Json:
    """The same for the newer endpoints: an answer says where the next page is."""
    limit = _limit(call)
    conditions: list[_Condition] = [("o.seq < ?", _mark(call)), *_created(_instants(call))]
    rows = _rows(call, kind, conditions, keys, backwards=False, most=limit + 1)
    more = f"{url}?limit={limit}&page={rows[limit - 1][0]}" if len(rows) > limit else None
    return {"data": [body for _, body in rows[:limit]], "next_page_url": more, "previous_page_url": None}


def _rows(
    call: Call,
    kind: str,
    conditions: Sequence[_Condition],
    keys: Mapping[str, Any],
    *,
    backwards: bool,
    most: int,
) -> list[tuple[int, Json]]:
    """Places and bodies of those that fit, newest first unless it goes backwards."""
    joins, wanted = matching({name: value for name, value in keys.items() if value is not None})
    where = " AND ".join([_THERE, *(condition for condition, _ in conditions)])
    rows = call.books.store.rows(
        f"SELECT o.seq, body FROM object o {joins} WHERE {where} ORDER BY o.seq {'ASC' if backwards else 'DESC'} LIMIT ?",  # noqa: S608 -- names of ours
        *wanted,
        call.books.owner,
        kind,
        *(value for _, value in conditions),
        most,
    )
    return [(int(seq), json.loads(body)) for seq, body in rows]


def _mark(call: Call) -> int:
    """Where the page before ended."""
    return int(call.given.get("page", _LATEST))


def _created(moments: Sequence[tuple[str, int]]) -> list[_Condition]:
    return [(f"o.created {sign} ?", moment) for sign, moment in moments]


def _instants(call: Call) -> list[tuple[str, int]]:
    created = call.given.inner("created")
    given = [
        (sign, created.get(name), created.place(name)) for name, sign in _COMPARED.items() if name in created
    ]
    return [(sign, instants.read(text, param=place)) for sign, text, place in given]


def _conditions(call: Call, kind: str) -> list[_Condition]:
    bounds = (("starting_after", "<"), ("ending_before", ">"))
    return [
        *((f"o.seq {sign} ?", _place(call, kind, name)) for name, sign in bounds if name in call.given),
        *_created(_moments(call.given.get("created"))),
    ]


def _moments(created: Any) -> list[tuple[str, int]]:
    if created is None:
        return []
    if isinstance(created, int):
        return [("=", created)]
    return [(_COMPARED[name], moment) for name, moment in created.items()]


def _limit(call: Call) -> int:
    limit = int(call.given.get("limit", _LIMIT))
    if not 1 <= limit <= _HIGHEST_LIMIT:
        message = f"Invalid limit: must be from 1 to {_HIGHEST_LIMIT}."
        raise malformed(message, param="limit", code="parameter_invalid_integer")
    return limit


def _place(call: Call, kind: str, name: str) -> int:
    which = call.given.get(name)
    call.books.get(kind, which, param=name)
    found = call.books.store.row("SELECT seq FROM object WHERE id = ?", which)
    assert found
    return int(found[0])
