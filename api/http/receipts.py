"""Receipts as PDF, to whoever has an address that we signed, until it expires."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.documents.press import Press
from api.http.ranges import in_memory, serve
from api.purchases.receipt_document import document_of
from api.purchases.receipt_links import KINDS, PATH, ReceiptLinks
from api.signatures import EXPIRED, NOT_OURS, has_passed
from db.ids import PurchaseId
from db.queries import purchases, receipts
from db.session import Sessions
from db.vocabulary import ReceiptKind

_HEADERS: Final = {
    "cache-control": "private, no-store",
    "x-robots-tag": "noindex",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
}
_NOT_YET: Final = "It is being written: come back in a few minutes."


class ReceiptDoor:
    """Where they are."""

    def __init__(self, sessions: Sessions, press: Press, links: ReceiptLinks) -> None:
        self._sessions = sessions
        self._press = press
        self._links = links

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self.paper, methods=["GET", "HEAD"])]

    async def paper(self, request: Request) -> Response:
        if not self._links.is_ours(request.url.path, request.query_params):
            return _sentence(403, NOT_OURS)
        if has_passed(request.query_params["expires"]):
            return _sentence(403, EXPIRED)
        purchase = PurchaseId(request.path_params["purchase"])
        kind = KINDS[request.path_params["paper"]]
        async with self._sessions.reading() as session:
            [row] = await purchases.purchases(session, [purchase])
            receipt = await receipts.receipt(session, purchase, ReceiptKind.RECEIPT)
            paper = await receipts.receipt(session, purchase, kind)
        if paper is None or receipt is None:
            return _sentence(404, _NOT_YET)  # bought before there were receipts
        printed = await self._press.printed(document_of(paper, row, receipt))
        name = f"beatpass-{request.path_params['paper']}-{paper.numbered}.pdf"
        headers = {"content-type": "application/pdf", "content-disposition": f'inline; filename="{name}"'}
        return serve(request, in_memory(printed, paper.issued_at, _HEADERS | headers))


def _sentence(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, _HEADERS)
