"""Serves agreements as PDF, drawn when they are asked for."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.catalog.terms import terms
from api.documents.press import Press
from api.gateways.storage import StoredObject
from api.http.ranges import Servable, serve
from api.licensing.agreements import AgreementFacts, agreement_text, sha256_of
from api.licensing.printing import PATH, AgreementAddresses, on_paper
from db.clock import now

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
        return _sentence(403, "This address is not one that we gave out.")
    if int(expires) <= now().timestamp():
        return _sentence(403, "This address has expired: ask for a new one.")
    text = agreement_text(facts)
    if sha256_of(text) != request.path_params["sha256"]:
        return _sentence(404, "This agreement would have another wording now: ask for it anew.")
    pdf = await press.printed(on_paper(text, facts.name, facts.terms_version))
    return _paper(request, facts, text, pdf)


def _paper(request: Request, facts: AgreementFacts, text: str, pdf: bytes) -> Response:
    file = StoredObject(len(pdf), f'"{hashlib.sha256(pdf).hexdigest()[:32]}"', _day_of(facts))

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        yield pdf[start:end]

    headers = {
        **_HEADERS,
        "content-type": "application/pdf",
        "content-disposition": f'inline; filename="agreement-{sha256_of(text)[:12]}.pdf"',
        "cache-control": "private, max-age=3600",
    }
    return serve(request, Servable(file, read, headers))


def _day_of(facts: AgreementFacts) -> datetime:
    found = terms(facts.terms_version)
    assert found  # the text was made of it
    return found.published_at


def _sentence(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, {**_HEADERS, "cache-control": "no-store"})
