"""The GraphiQL explorer: one page and its vendored assets, so that it works without the internet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from db.clock import now
from db.months import Month

_FOLDER: Final = Path(__file__).parent.parent / "explorer"
ASSETS_PATH: Final = "/explorer-assets"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "  # the editor sizes itself by styles
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_WHO: Final = "# Who: "
"""First line of an example operation; whose token it needs."""


class Explorer:
    """GraphiQL with example operations in its tabs.

    Args:
        tokens: Who an example operation is for, as its first line says, to a bearer token for the headers editor.
        notice: A line above the editor; empty for none.
    """

    def __init__(self, *, tokens: Mapping[str, str] | None = None, notice: str = "") -> None:
        self._tokens = dict(tokens or {})
        self._notice = notice

    def page(self, _: Request) -> Response:
        return HTMLResponse(self._html(now().date()), headers={"content-security-policy": _POLICY})

    @property
    def route(self) -> Mount:
        """Where the vendored assets are served."""
        return Mount(ASSETS_PATH, StaticFiles(directory=_FOLDER / "assets"))

    def _html(self, today: date) -> str:
        tabs = [self._tab(each, today) for each in self._examples]
        facts = {"notice": self._notice, "tabs": tabs, "ids": questions()}
        return self._frame.replace("{{facts}}", _script_safe(facts))

    @cached_property
    def _frame(self) -> str:
        return (_FOLDER / "page.html").read_text("utf-8").replace("{{assets}}", ASSETS_PATH)

    @cached_property
    def _examples(self) -> "list[Example]":
        return example_operations()

    def _tab(self, example: "Example", today: date) -> dict[str, str]:
        token = self._tokens.get(example.who)
        headers = f'{{ "Authorization": "Bearer {token}" }}' if token else ""
        return {"query": example.query, "variables": dated(example.variables, today), "headers": headers}


@dataclass(frozen=True)
class Example:
    """An operation to begin with.

    Attributes:
        who: Whose token it needs.
        variables: As JSON, or empty; words stand for ids (`ids.json`), months and days (`dated`).
    """

    who: str
    query: str
    variables: str


def example_operations() -> list[Example]:
    """Each file of `operations/`, with the variables beside it."""
    files = (_FOLDER / "operations").glob("*.graphql")
    return [_example(file) for file in sorted(files, key=_number)]


def _number(file: Path) -> int:
    """Tabs stand in the order of their numbers, which have two digits or three."""
    return int(file.name.partition("-")[0])


def questions() -> dict[str, str]:
    """What to ask for an id, by the word that stands for it in the variables of an example."""
    asked: dict[str, str] = orjson.loads((_FOLDER / "ids.json").read_bytes())
    return asked


def dated(variables: str, today: date) -> str:
    """Variables whose words for months and days are filled in, so that no example grows old."""
    month = Month(today.replace(day=1))
    days = {
        "last_month": month.before.name,
        "last_month_begins": month.before.first_day.isoformat(),
        "this_month_ends": month.last_day.isoformat(),
        "a_year_ago": (today - timedelta(days=365)).isoformat(),
        "today": today.isoformat(),
        "next_week": f"{today + timedelta(days=7)}T18:00:00Z",
        "next_week_late": f"{today + timedelta(days=7)}T20:00:00Z",
        "tonight": f"{today + timedelta(days=1)}T00:00:00Z",
    }
    for word, day in days.items():
        variables = variables.replace(f'"{word}"', f'"{day}"')
    return variables


def _example(file: Path) -> Example:
    query = file.read_text("utf-8")
    variables = file.with_suffix(".json")
    return Example(
        who=query.partition("\n")[0].removeprefix(_WHO),
        query=query,
        variables=variables.read_text("utf-8") if variables.exists() else "",
    )


def _script_safe(facts: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element."""
    return orjson.dumps(facts).decode().replace("<", "\\u003c")
