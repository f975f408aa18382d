"""Where the hosted pages are."""

from starlette.routing import BaseRoute, Route

from api.sandbox.pages.checkout import CheckoutPage
from api.sandbox.pages.door import Door
from api.sandbox.pages.invoice import InvoicePage
from api.sandbox.pages.onboarding import OnboardingPage
from api.sandbox.pages.portal import PortalPage
from api.sandbox.pages.tester import TesterPage
from api.sandbox.store import Store


def page_routes(store: Store, url: str, secret_key: str) -> list[BaseRoute]:
    """Routes for people."""
    door = Door(store, url)
    checkout, portal, invoice = CheckoutPage(door), PortalPage(door), InvoicePage(door)
    onboarding = OnboardingPage(door)
    tester = TesterPage(door, secret_key)
    return [
        Route("/", tester.show, methods=["GET"]),
        Route("/", tester.act, methods=["POST"]),
        Route("/checkout/{session}", checkout.show, methods=["GET"]),
        Route("/checkout/{session}", checkout.act, methods=["POST"]),
        Route("/portal/{session}", portal.show, methods=["GET"]),
        Route("/portal/{session}", portal.act, methods=["POST"]),
        Route("/invoices/{invoice}", invoice.show, methods=["GET"]),
        Route("/invoices/{invoice}", invoice.act, methods=["POST"]),
        Route("/invoices/{invoice}/pdf", invoice.as_pdf, methods=["GET"]),
        Route("/receipts/{charge}", invoice.receipt, methods=["GET"]),
        Route("/onboarding/{link}", onboarding.show, methods=["GET"]),
        Route("/onboarding/{link}", onboarding.act, methods=["POST"]),
    ]
