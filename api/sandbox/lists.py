"""Lists, newest first, by pages that begin after or end before an object."""

import json
from typing import Any, Final

from api.sandbox import instants
from api.sandbox.errors import malformed
from api.sandbox.given import Given
from api.sandbox.serving import Call
from api.sandbox.store import matching
from api.sandbox.trees import Json

_LIMIT: Final = 10
_HIGHEST_LIMIT: Final = 100
_LATEST: Final = 2**62
_COMPARED: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def listing(data: list[Json], url: str, *, more: bool = False) -> Json:
    """A list as it stands in an answer."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def page(call: Call, kind: str, url: str, **keys: Any) -> Json:
    """The page of objects of a kind that a call asks for.

    Args:
        keys: What the objects have; null is no condition.
    """
    limit = _limit(call)
    backwards = "ending_before" in call.given
    where, values = _conditions(call, kind)
    joins, wanted = matching({name: value for name, value in keys.items() if value is not None})
    rows = call.books.store.rows(
        f"SELECT body FROM object o {joins} WHERE {where} ORDER BY o.seq {'ASC' if backwards else 'DESC'} LIMIT ?",  # noqa: S608 -- names of ours
        *wanted,
        *values,
        limit + 1,
    )
    found = [json.loads(body) for (body,) in rows[:limit]]
    return listing(found[::-1] if backwards else found, url, more=len(rows) > limit)


def newer_page(call: Call, kind: str, url: str, **keys: Any) -> Json:
    """The same for the newer endpoints: an answer says where the next page is."""
    limit = _limit(call)
    joins, wanted = matching({name: value for name, value in keys.items() if value is not None})
    where, values = ["o.owner = ?", "o.kind = ?", "o.seq < ?"], [call.books.owner, kind, _mark(call)]
    for sign, moment in _instants(call.given.inner("created")):
        where.append(f"o.created {sign} ?")
        values.append(moment)
    rows = call.books.store.rows(
        f"SELECT o.seq, body FROM object o {joins} WHERE {' AND '.join(where)} ORDER BY o.seq DESC LIMIT ?",  # noqa: S608 -- names of ours
        *wanted,
        *values,
        limit + 1,
    )
    more = f"{url}?limit={limit}&page={rows[limit - 1][0]}" if len(rows) > limit else None
    data = [json.loads(body) for _, body in rows[:limit]]
    return {"data": data, "next_page_url": more, "previous_page_url": None}


def _mark(call: Call) -> int:
    """Where the page before ended."""
    return int(call.given.get("page", _LATEST))


def _instants(created: Given) -> list[tuple[str, int]]:
    given = [
        (sign, created.get(name), created.place(name)) for name, sign in _COMPARED.items() if name in created
    ]
    return [(sign, instants.read(text, param=place)) for sign, text, place in given]


def _conditions(call: Call, kind: str) -> tuple[str, list[Any]]:
    where = ["o.owner = ?", "o.kind = ?", "json_extract(o.body, '$.deleted') IS NULL"]
    values: list[Any] = [call.books.owner, kind]
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in call.given:
            where.append(f"o.seq {sign} ?")
            values.append(_place(call, kind, name))
    for sign, moment in _moments(call.given.get("created")):
        where.append(f"o.created {sign} ?")
        values.append(moment)
    return " AND ".join(where), values


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
