"""Serves agreements as PDF, drawn when they are asked for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.documents.press import Press
from api.http.ranges import in_memory, serve
from api.licensing.agreements import sha256_of
from api.licensing.printing import PATH, AgreementAddresses, on_paper
from api.signatures import EXPIRED, NOT_OURS, has_passed

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


def agreement_routes(addresses: AgreementAddresses, press: Press) -> list[BaseRoute]:
    """Routes of the web process."""

    async def answer(request: Request) -> Response:
        return await _answer(request, addresses, press)

    return [Route(f"{PATH}{{sha256}}.pdf", answer, methods=["GET", "HEAD"])]


async def _answer(request: Request, addresses: AgreementAddresses, press: Press) -> Response:
    packed, expires, signature = (
        request.query_params.get(name, "") for name in ("facts", "expires", "signature")
    )
    facts = addresses.facts_behind(packed, expires, signature)
    if facts is None:
        return _sentence(403, NOT_OURS)
    if has_passed(expires):
        return _sentence(403, EXPIRED)
    document = on_paper(facts)
    sha256 = sha256_of(document.markdown)
    if sha256 != request.path_params["sha256"]:
        return _sentence(404, "This agreement would have another wording now: ask for it anew.")
    headers = {
        **_HEADERS,
        "content-type": "application/pdf",
        "content-disposition": f'inline; filename="agreement-{sha256[:12]}.pdf"',
        "cache-control": "private, max-age=3600",
    }
    return serve(request, in_memory(await press.printed(document), document.made_at, headers))


def _sentence(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, {**_HEADERS, "cache-control": "no-store"})
