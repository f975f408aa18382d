"""What a certificate leads to: the page where everybody can check it, and its PDF for who was given the address.

Nothing is kept of either: a licence that is revoked says so at the next look.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.addresses import RequestAddresses
from api.documents.press import Press
from api.http import cards
from api.http.look import FOR_ITSELF, assets_path, policy, templates
from api.http.ranges import in_memory, serve
from api.http.visitor import Visitor
from api.licensing.document import certificate_of
from api.licensing.links import PDF_PATH, CertificateLinks
from api.licensing.rules import certificate_number
from api.signatures import EXPIRED, NOT_OURS, has_passed
from db.queries import licences
from db.session import Sessions

_PATH: Final = "/licences/{number}"
_PAGE_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "content-security-policy": policy("'self'", frames=FOR_ITSELF),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_PAPER_HEADERS: Final = {
    "content-type": "application/pdf",
    "cache-control": "private, max-age=0, must-revalidate",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
}


class LicencePages:
    """The page of a licence, as a visitor sees it."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._assets = assets_path()
        self._templates = templates()

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(_PATH, self.page)]

    async def page(self, request: Request) -> Response:
        """Whether the licence holds, and what it says; another spelling of its number leads on, and is no look."""
        written: str = request.path_params["number"]
        number = certificate_number(written)
        if number is not None and number != written:
            return RedirectResponse(_PATH.format(number=number), 301)
        licence = await self._visitor.verify(number) if number else None
        if licence is None:
            return self._answer("licence_missing.html", 404, title="No such certificate", number=written)
        return self._answer("licence.html", 200, title="Licence certificate", licence=licence)

    def _answer(self, template: str, status: int, **facts: Any) -> Response:
        page = self._templates.get_template(template)
        html = page.render(assets=self._assets, description="", cards=cards, **facts)
        return HTMLResponse(html, status, _PAGE_HEADERS)


class CertificateDoor:
    """Certificates as PDF, to whoever has an address that we signed, until it expires."""

    def __init__(
        self, sessions: Sessions, press: Press, links: CertificateLinks, addresses: RequestAddresses
    ) -> None:
        self._sessions = sessions
        self._press = press
        self._links = links
        self._addresses = addresses

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(PDF_PATH, self.certificate, methods=["GET", "HEAD"])]

    async def certificate(self, request: Request) -> Response:
        number: str = request.path_params["number"]
        expires, signature = (request.query_params.get(part, "") for part in ("expires", "signature"))
        if not self._links.is_ours(number, expires, signature):
            return _sentence(403, NOT_OURS)
        if has_passed(expires):
            return _sentence(403, EXPIRED)
        async with self._sessions.reading() as session:
            row = await licences.licence_numbered(session, number)
        assert row  # licences are never deleted
        document = certificate_of(row, verify_url=self._addresses.certificate(row.number))
        paper, headers = await self._press.printed(document), _PAPER_HEADERS | _disposition(row.work)
        return serve(request, in_memory(paper, row.revoked_at or row.granted_at, headers))


def _disposition(work: Mapping[str, Any]) -> dict[str, str]:
    """Shown, and saved under the name of the track; a plain name for old clients, the true one for the others."""
    name = f"Licence {work['title']}.pdf"
    plain = re.sub(r"[^ -~]|[\"\\%;/]", "_", name)
    true = quote(name.replace("/", "-"), safe="")
    return {"content-disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{true}"}


def _sentence(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, {"cache-control": "no-store"})
