"""oEmbed: what another site needs to show a share link as a player (https://oembed.com)."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.http.visitor import Shown, Visitor
from api.settings import Settings

_WIDTH_PX: Final = 640
_HEIGHT_PX: Final = 420
_PLAYER_PX: Final = 152
"""Of one beat: as high as its cover."""
_THUMBNAILS: Final = {500: "medium", 160: "small"}
"""Edges of square pictures, and what they are called."""
_ANY_PX: Final = 100_000
_FRESH_S: Final = 60
"""As long as a page: what is hidden or sold leaves other sites soon."""
_FORMATS: Final = frozenset({"json", "xml"})


class OEmbed:
    """Answers for beats and collections with a player, for profiles with a link."""

    def __init__(self, visitor: Visitor, settings: Settings) -> None:
        self._visitor = visitor
        self._public_url = settings.public_url.rstrip("/")

    @property
    def route(self) -> Route:
        return Route("/oembed", self.answer)

    async def answer(self, request: Request) -> Response:
        """400 without `url`, 404 for what a visitor does not see, 501 for another format, as the specification says."""
        asked = request.query_params
        form = asked.get("format", "json")
        if form not in _FORMATS:
            return JSONResponse({"message": "`format` is json or xml."}, 501)
        if not asked.get("url"):
            return JSONResponse({"message": "Give `url`: the share address."}, 400)
        shown = await self._visitor.look(asked["url"])
        if shown is None:
            return JSONResponse({"message": "There is nothing at this address."}, 404)
        most = [_limited(_ANY_PX, asked.get(name)) for name in ("maxwidth", "maxheight")]
        return _written(self._facts(shown, most), form)

    def _facts(self, shown: Shown, most: Sequence[int]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "version": "1.0",
            "type": "link",
            "title": shown.title,
            "author_name": shown.author["name"],
            "author_url": shown.author["shareUrl"],
            "provider_name": "BeatPass",
            "provider_url": self._public_url,
            "cache_age": _FRESH_S,
        }
        if shown.picture and (fits := [edge for edge in _THUMBNAILS if edge <= min(most)]):
            facts["thumbnail_url"] = shown.picture[_THUMBNAILS[fits[0]]]
            facts |= {"thumbnail_width": fits[0], "thumbnail_height": fits[0]}
        if shown.kind != "Producer":
            width = min(_WIDTH_PX, most[0])
            height = min(_PLAYER_PX if shown.kind == "Track" else _HEIGHT_PX, most[1])
            facts |= {"type": "rich", "width": width, "height": height}
            facts["html"] = self._frame(shown, width, height)
        return facts

    def _frame(self, shown: Shown, width: int, height: int) -> str:
        source, title = escape(f"{self._public_url}/embed{shown.path}"), escape(shown.title)
        return (
            f'<iframe src="{source}" title="{title}" width="{width}" height="{height}" loading="lazy"'
            ' style="border:0;border-radius:14px" allow="autoplay"></iframe>'
        )


def _limited(edge_px: int, most: str | None) -> int:
    """An edge, within what was asked for; what is no number asks for nothing."""
    wanted = int(most[:6]) if most and most.isascii() and most.isdigit() else edge_px
    return max(1, min(edge_px, wanted))


def _written(facts: dict[str, Any], form: str) -> Response:
    headers = {"cache-control": f"public, max-age={_FRESH_S}", "access-control-allow-origin": "*"}
    if form == "json":
        return JSONResponse(facts, headers=headers)
    root = Element("oembed")
    for name, value in facts.items():
        SubElement(root, name).text = str(value)
    return Response(
        tostring(root, "utf-8", xml_declaration=True), media_type="text/xml; charset=utf-8", headers=headers
    )
