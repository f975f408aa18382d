"""The GraphiQL explorer: one page and its vendored assets, so that it works without the internet."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

_FOLDER: Final = Path(__file__).parent.parent / "explorer"
ASSETS_PATH: Final = "/explorer-assets"
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "worker-src 'self' blob:; frame-ancestors 'none'"
)


class Explorer:
    """GraphiQL with example operations in its tabs.

    Args:
        headers: Filled into the headers editor, such as a demo token.
        notice: A line above the editor; empty for none.
    """

    def __init__(self, *, headers: Mapping[str, str] | None = None, notice: str = "") -> None:
        self._headers = dict(headers or {})
        self._notice = notice

    def page(self, _: Request) -> Response:
        return HTMLResponse(self._html, headers={"content-security-policy": _POLICY})

    @property
    def route(self) -> Mount:
        """Where the vendored assets are served."""
        return Mount(ASSETS_PATH, StaticFiles(directory=_FOLDER / "assets"))

    @cached_property
    def _html(self) -> str:
        page = (_FOLDER / "page.html").read_text("utf-8")
        facts = {"headers": self._headers, "notice": self._notice, "tabs": example_operations()}
        return page.replace("{{facts}}", _script_safe(facts)).replace("{{assets}}", ASSETS_PATH)


def example_operations() -> list[dict[str, str]]:
    """The tabs: each file of `operations/`, with its variables beside it."""
    return [_tab(file) for file in sorted((_FOLDER / "operations").glob("*.graphql"))]


def _tab(file: Path) -> dict[str, str]:
    variables = file.with_suffix(".json")
    given = variables.read_text("utf-8") if variables.exists() else ""
    return {"query": file.read_text("utf-8"), "variables": given}


def _script_safe(facts: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element."""
    return orjson.dumps(facts).decode().replace("<", "\\u003c")
