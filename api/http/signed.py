"""What stands at an address that we signed: whoever has the address may fetch it until it expires, and no cache keeps it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.signatures import EXPIRED, NOT_OURS, SignedPages, has_passed

HEADERS: Final = {
    "cache-control": "private, no-store",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
}
"""As with all that is downloaded: a page of any site may fetch it, whose reader has the address."""


def why_not_served(request: Request, links: SignedPages) -> Response | None:
    """The refusal of an address that is none of ours, or over; null where it holds."""
    if not links.is_ours(request.url.path, request.query_params):
        return sentence(403, NOT_OURS)
    return sentence(403, EXPIRED) if has_passed(request.query_params["expires"]) else None


def sentence(status: int, message: str) -> Response:
    """Said in place of what is not served."""
    return JSONResponse({"message": message}, status, HEADERS)
