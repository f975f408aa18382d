"""Share pages: what a link to a profile, a beat or a collection shows to people, previews and players (D-20).

Templates and assets stand in `api/pages`.
"""

import hashlib
from typing import Any, Final
from urllib.parse import unquote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.http import cards
from api.http.look import ASSETS, FOR_EVERYBODY, FOR_ITSELF, assets_path, origin, policy, templates
from api.http.visitor import Shown, Visitor
from api.settings import Settings

_FRESH: Final = "public, max-age=60"
"""What is hidden or sold leaves the caches of others within a minute."""


class SharePages:
    """The pages, and the same in small for frames on other sites."""

    def __init__(self, visitor: Visitor, settings: Settings) -> None:
        self._visitor = visitor
        self._public_url = settings.public_url.rstrip("/")
        self._sources = f"'self' {origin(self._public_url)}"
        self._assets = assets_path()
        self._templates = templates()

    @property
    def routes(self) -> list[BaseRoute]:
        pages = [Route(f"/{kind}/{{name:path}}", self.page) for kind in ("p", "t", "c")]
        frames = [Route(f"/embed/{kind}/{{name:path}}", self.framed) for kind in ("t", "c")]
        return [*pages, *frames, Mount(self._assets, StaticFiles(directory=ASSETS))]

    async def page(self, request: Request) -> Response:
        """For people, and for what other sites preview; a former name leads on."""
        shown = await self._visitor.look(request.url.path)
        if shown is None:
            return self._missing()
        if request.scope["path"] != unquote(shown.path):
            return RedirectResponse(shown.path, 301, {"cache-control": _FRESH})
        return self._answer(request, f"{shown.kind.lower()}.html", shown, frames=FOR_ITSELF)

    async def framed(self, request: Request) -> Response:
        """A player for a frame on another site."""
        shown = await self._visitor.look(request.url.path.removeprefix("/embed"))
        return self._answer(request, "embed.html", shown, frames=FOR_EVERYBODY) if shown else self._missing()

    def _answer(self, request: Request, template: str, shown: Shown, *, frames: str) -> Response:
        body = self._templates.get_template(template).render(self._facts(shown)).encode()
        headers = {
            "cache-control": _FRESH,
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "content-security-policy": policy(self._sources, frames=frames),
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
        only_ours = {"content-security-policy": policy(self._sources, frames=FOR_ITSELF)}
        return HTMLResponse(html, 404, only_ours | {"cache-control": "no-store"})
