"""Receipts and credit notes as PDF, to whoever has an address that we signed, until it expires."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.documents.parts import Document
from api.documents.press import Press
from api.http.ranges import in_memory, serve
from api.http.signed import HEADERS, sentence, why_not_served
from api.purchases import credit_note_document, receipt_document
from api.purchases.receipt_links import CREDIT_NOTE, RECEIPT, ReceiptLinks
from db.ids import PurchaseId
from db.queries import purchases, receipts
from db.queries.purchases import PurchaseRow
from db.queries.receipts import CreditNoteRow, ReceiptRow
from db.session import Sessions

_NOT_YET: Final = "It is being written: come back in a few minutes."


class ReceiptDoor:
    """Where they are."""

    def __init__(self, sessions: Sessions, press: Press, links: ReceiptLinks) -> None:
        self._sessions = sessions
        self._press = press
        self._links = links

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route(RECEIPT, self.receipt, methods=["GET", "HEAD"]),
            Route(CREDIT_NOTE, self.credit_note, methods=["GET", "HEAD"]),
        ]

    async def receipt(self, request: Request) -> Response:
        """That a purchase was paid."""
        if refusal := why_not_served(request, self._links):
            return refusal
        async with self._sessions.reading() as session:
            row, receipt = await _bought(session, request)
        if receipt is None:
            return sentence(404, _NOT_YET)  # bought before there were receipts
        document = receipt_document.document_of(receipt, row)
        return await self._printed(request, document, f"receipt-{receipt.numbered}", receipt.issued_at)

    async def credit_note(self, request: Request) -> Response:
        """That money of it went back, or is here again."""
        if refusal := why_not_served(request, self._links):
            return refusal
        async with self._sessions.reading() as session:
            row, receipt = await _bought(session, request)
            notes = await receipts.credit_notes(session, [row.id])
        assert receipt  # it was written first
        note = _named(notes, request.path_params["note"])
        document = credit_note_document.document_of(note, row, receipt, notes)
        name = f"{document.kind.lower().replace(' ', '-')}-{note.numbered}"
        return await self._printed(request, document, name, note.issued_at)

    async def _printed(self, request: Request, document: Document, name: str, made_at: datetime) -> Response:
        printed = await self._press.printed(document)
        disposition = f'inline; filename="beatpass-{name}.pdf"'
        headers = {"content-type": "application/pdf", "content-disposition": disposition}
        return serve(request, in_memory(printed, made_at, HEADERS | headers))


async def _bought(session: AsyncSession, request: Request) -> tuple[PurchaseRow, ReceiptRow | None]:
    """The purchase that an address of ours names, and its receipt."""
    purchase = PurchaseId(request.path_params["purchase"])
    [row] = await purchases.purchases(session, [purchase])
    return row, await receipts.receipt(session, purchase)


def _named(notes: list[CreditNoteRow], id: str) -> CreditNoteRow:
    """An address of ours names one that is there: papers are never deleted."""
    return next(one for one in notes if one.id == id)
