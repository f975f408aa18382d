"""Billing portal sessions: the hosted page where a customer changes the card, stops or resumes, and finds bills."""

from typing import Final

from api.sandbox.books import Books
from api.sandbox.errors import invalid, unserved
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.lists import listing
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_FLOWS: Final = frozenset({"payment_method_update", "subscription_cancel"})


@serves("POST", "/v1/billing_portal/sessions")
def create_session(call: Call) -> Json:
    given, books = call.given, call.books
    if "customer" not in given:
        raise invalid("A portal session needs a customer.", param="customer", code="parameter_missing")
    customer = books.get("customer", given.get("customer"), param="customer")
    session_id = new_id("bps")
    session = books.add(
        {
            "id": session_id,
            "object": "billing_portal.session",
            "configuration": configuration(books)["id"],
            "customer": customer["id"],
            "flow": _flow(books, given.inner("flow_data")),
            "locale": given.get("locale"),
            "return_url": given.get("return_url"),
            "url": f"{books.url}/portal/{session_id}",
        }
    )
    books.tell("billing_portal.session.created", session)
    return session


def _flow(books: Books, given: Given) -> Json | None:
    if not given:
        return None
    kind = given.get("type")
    if kind not in _FLOWS:
        raise unserved(f"the portal flow {kind}", param="flow_data[type]")
    cancel = given.inner("subscription_cancel")
    flow: Json = {"type": kind, "after_completion": _after(given.inner("after_completion"))}
    if cancel:
        wanted = books.get("subscription", cancel.get("subscription"), param=cancel.place("subscription"))
        flow["subscription_cancel"] = {"subscription": wanted["id"]}
    return flow


def _after(given: Given) -> Json:
    if not given:
        return {"type": "portal_homepage"}
    redirect = given.inner("redirect")
    inside = {"redirect": {"return_url": redirect.get("return_url")}} if redirect else {}
    return {"type": given.get("type"), **inside}


def configuration(books: Books) -> Json:
    """The one configuration there is: card, end, bills; plans are changed by the seller's own site."""
    for known in books.every("billing_portal.configuration"):
        return known
    off = {"enabled": False}
    return books.add(
        {
            "id": new_id("bpc"),
            "object": "billing_portal.configuration",
            "active": True,
            "business_profile": {"headline": books.platform.name},
            "features": {
                "customer_update": {**off, "allowed_updates": []},
                "invoice_history": {"enabled": True},
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {
                    "cancellation_reason": {**off, "options": []},
                    "enabled": True,
                    "mode": "at_period_end",
                    "proration_behavior": "none",
                },
                "subscription_pause": {**off, "duration": {"type": "indefinite", "interval_options": []}},
                "subscription_update": {
                    **off,
                    "default_allowed_updates": [],
                    "proration_behavior": "none",
                    "schedule_at_period_end": {"conditions": []},
                    "trial_update_behavior": "end_trial",
                },
            },
            "is_default": True,
            "login_page": off,
            "metadata": {},
            "updated": books.now,
        }
    )


@serves("GET", "/v1/billing_portal/configurations")
def list_configurations(call: Call) -> Json:
    call.given.only(active=True, is_default=True)
    return listing([configuration(call.books)], "/v1/billing_portal/configurations")


@serves("GET", "/v1/billing_portal/configurations/{configuration}")
def retrieve_configuration(call: Call) -> Json:
    return call.books.get("billing_portal.configuration", call.id)
