"""Share pages: what a link to a profile, a beat or a collection shows to people, previews and players (D-20).

Templates and assets stand in `api/pages`.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.http import cards
from api.http.visitor import Shown, Visitor
from api.settings import Settings

_FOLDER: Final = Path(__file__).parent.parent / "pages"
_FRESH: Final = "public, max-age=60"
"""What is hidden or sold leaves the caches of others within a minute."""
_FOR_ITSELF: Final = "'none'"
_FOR_EVERYBODY: Final = "*"


class SharePages:
    """The pages, and the same in small for frames on other sites."""

    def __init__(self, visitor: Visitor, settings: Settings) -> None:
        self._visitor = visitor
        self._public_url = settings.public_url.rstrip("/")
        self._sources = f"'self' {_origin(self._public_url)}"
        self._assets = f"/page-assets/{_digest(sorted((_FOLDER / 'assets').iterdir()))}"
        self._templates = _templates()

    @property
    def routes(self) -> list[BaseRoute]:
        pages = [Route(f"/{kind}/{{name:path}}", self.page) for kind in ("p", "t", "c")]
        frames = [Route(f"/embed/{kind}/{{name:path}}", self.framed) for kind in ("t", "c")]
        return [*pages, *frames, Mount(self._assets, StaticFiles(directory=_FOLDER / "assets"))]

    async def page(self, request: Request) -> Response:
        """For people, and for what other sites preview; a former name leads on."""
        shown = await self._visitor.look(request.url.path)
        if shown is None:
            return self._missing()
        if request.scope["path"] != unquote(shown.path):
            return RedirectResponse(shown.path, 301, {"cache-control": _FRESH})
        return self._answer(request, f"{shown.kind.lower()}.html", shown, frames=_FOR_ITSELF)

    async def framed(self, request: Request) -> Response:
        """A player for a frame on another site."""
        shown = await self._visitor.look(request.url.path.removeprefix("/embed"))
        return self._answer(request, "embed.html", shown, frames=_FOR_EVERYBODY) if shown else self._missing()

    def _answer(self, request: Request, template: str, shown: Shown, *, frames: str) -> Response:
        body = self._templates.get_template(template).render(self._facts(shown)).encode()
        headers = {
            "cache-control": _FRESH,
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "content-security-policy": _policy(self._sources, frames=frames),
            "x-content-type-options": "nosniff",
            "referrer-policy": "strict-origin-when-cross-origin",
        }
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    def _facts(self, shown: Shown) -> dict[str, Any]:
        address = urlencode({"url": shown.url})
        return {
            "assets": self._assets,
            "cards": cards,
            "node": shown.node,
            "title": shown.title,
            "url": shown.url,
            "picture": shown.picture,
            "picture_alt": shown.title if shown.kind == "Producer" else f"Cover of {shown.title}",
            "description": cards.description(shown),
            "open_graph": cards.open_graph(shown),
            "oembed": f"{self._public_url}/oembed?{address}",
            "bars": cards.bars(shown.node) if shown.kind == "Track" else None,
        }

    def _missing(self) -> Response:
        page = self._templates.get_template("missing.html")
        html = page.render(title="Nothing is here", description="", assets=self._assets)
        policy = {"content-security-policy": _policy(self._sources, frames=_FOR_ITSELF)}
        return HTMLResponse(html, 404, policy | {"cache-control": "no-store"})


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _policy(sources: str, *, frames: str) -> str:
    """Nothing but our own style and script, and pictures and sound from where we keep them."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {sources}; media-src {sources}; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
    )


def _digest(files: Iterable[Path]) -> str:
    """Names the assets as they are, so that caches never serve others."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
