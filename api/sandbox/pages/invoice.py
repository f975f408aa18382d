"""Bills and receipts, as pages and as PDF."""

from starlette.requests import Request
from starlette.responses import Response

from api.sandbox import pdf
from api.sandbox.books import Books
from api.sandbox.collecting import pay_open
from api.sandbox.errors import AnsweredError
from api.sandbox.pages.door import Door, leave, nothing_here
from api.sandbox.pages.rendering import day, money, page
from api.sandbox.trees import Json


class InvoicePage:
    """One bill."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def show(self, request: Request) -> Response:
        """The bill, with a button where it is open."""
        found = self._door.find("invoice", request.path_params["invoice"])
        return _shown(*found) if found else nothing_here()

    async def act(self, request: Request) -> Response:
        """Pay it with the card that is kept."""
        found = self._door.find("invoice", request.path_params["invoice"])
        if found is None:
            return nothing_here()
        books, invoice = found
        try:
            with books.store.transaction():
                pay_open(books, invoice)
        except AnsweredError as refused:
            return _shown(books, invoice, problem=str(refused), status=402)
        return leave(invoice["hosted_invoice_url"])

    async def as_pdf(self, request: Request) -> Response:
        """The bill to keep."""
        found = self._door.find("invoice", request.path_params["invoice"])
        if found is None:
            return nothing_here()
        books, invoice = found
        name = f"invoice-{invoice['number'] or 'draft'}.pdf"
        headers = {"content-disposition": f'inline; filename="{name}"'}
        lines = _lines(invoice, books.platform.seller)
        return Response(pdf.written(lines), media_type="application/pdf", headers=headers)

    async def receipt(self, request: Request) -> Response:
        """What a charge was, in short."""
        found = self._door.find("charge", request.path_params["charge"])
        if found is None:
            return nothing_here()
        books, charge = found
        return page("receipt", seller=books.platform.name, charge=charge)


def _shown(books: Books, invoice: Json, *, problem: str = "", status: int = 200) -> Response:
    facts = {"seller": books.platform.seller, "tax": _tax(invoice), "problem": problem}
    return page("invoice", status=status, invoice=invoice, **facts)


def _tax(invoice: Json) -> int:
    """Also where it is in the prices already."""
    return int(invoice["total"] - (invoice["total_excluding_tax"] or 0))


def _lines(invoice: Json, seller: list[str]) -> list[str]:
    """The text of a bill: seller, buyer, tax and number, as on Stripe's."""
    currency = invoice["currency"]
    buyer = [one for one in (invoice["customer_name"], invoice["customer_email"]) if one]
    lines = [f"{line['description']}: {money(line['amount'], currency)}" for line in invoice["lines"]["data"]]
    starts = [line["period"]["start"] for line in invoice["lines"]["data"]]
    ends = [line["period"]["end"] for line in invoice["lines"]["data"]]
    return [
        f"{invoice['account_name']}: invoice {invoice['number'] or '(draft)'}",
        "SANDBOX - NO REAL MONEY",
        "",
        f"Seller: {', '.join(seller)}",
        f"Buyer: {', '.join(buyer)}",
        f"Date: {day(invoice['effective_at'] or invoice['created'])}",
        f"Period: {day(min(starts))} to {day(max(ends))}",
        "",
        *lines,
        "",
        f"Subtotal: {money(invoice['subtotal'], currency)}",
        f"Tax: {money(_tax(invoice), currency)}",
        f"Total: {money(invoice['total'], currency)}",
        f"Paid: {money(invoice['amount_paid'], currency)}",
        f"Status: {invoice['status']}",
    ]
