"""Receipts as PDF, to whoever has an address that we signed, until it expires."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.documents.press import Press
from api.http.ranges import in_memory, serve
from api.http.signed import HEADERS, sentence, why_not_served
from api.purchases.receipt_document import document_of
from api.purchases.receipt_links import KINDS, PATH, ReceiptLinks
from db.ids import PurchaseId
from db.queries import purchases, receipts
from db.session import Sessions
from db.vocabulary import ReceiptKind

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
        if refusal := why_not_served(request, self._links):
            return refusal
        purchase = PurchaseId(request.path_params["purchase"])
        kind = KINDS[request.path_params["paper"]]
        async with self._sessions.reading() as session:
            [row] = await purchases.purchases(session, [purchase])
            receipt = await receipts.receipt(session, purchase, ReceiptKind.RECEIPT)
            paper = await receipts.receipt(session, purchase, kind)
        if paper is None or receipt is None:
            return sentence(404, _NOT_YET)  # bought before there were receipts
        printed = await self._press.printed(document_of(paper, row, receipt))
        name = f"beatpass-{request.path_params['paper']}-{paper.numbered}.pdf"
        headers = {"content-type": "application/pdf", "content-disposition": f'inline; filename="{name}"'}
        return serve(request, in_memory(printed, paper.issued_at, HEADERS | headers))
