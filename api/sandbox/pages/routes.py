"""Where the hosted pages are."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.sandbox.pages.checkout import CheckoutPage
from api.sandbox.pages.door import Door
from api.sandbox.pages.invoice import InvoicePage
from api.sandbox.pages.onboarding import OnboardingPage
from api.sandbox.pages.portal import PortalPage
from api.sandbox.pages.tester import TesterPage
from api.sandbox.store import Store


class _Page(Protocol):
    """Shown, and acted on by its form."""

    async def show(self, request: Request) -> Response: ...

    async def act(self, request: Request) -> Response: ...


def page_routes(store: Store, url: str, secret_key: str) -> list[BaseRoute]:
    """Routes for people."""
    door = Door(store, url)
    invoice = InvoicePage(door)
    return [
        *_both("/", TesterPage(door, secret_key)),
        *_both("/checkout/{session}", CheckoutPage(door)),
        *_both("/portal/{session}", PortalPage(door)),
        *_both("/invoices/{invoice}", invoice),
        Route("/invoices/{invoice}/pdf", invoice.as_pdf, methods=["GET"]),
        Route("/receipts/{charge}", invoice.receipt, methods=["GET"]),
        *_both("/onboarding/{link}", OnboardingPage(door)),
    ]


def _both(path: str, page: _Page) -> list[BaseRoute]:
    return [Route(path, page.show, methods=["GET"]), Route(path, page.act, methods=["POST"])]
