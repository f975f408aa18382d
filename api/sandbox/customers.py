"""Customers and their cards."""

from api.sandbox.books import Books
from api.sandbox.cards import Card
from api.sandbox.expanding import only_asked_for
from api.sandbox.fields import changes, metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import listing, page
from api.sandbox.serving import Call, serves
from api.sandbox.subscriptions import end_now, living_of
from api.sandbox.trees import Json

_FIELDS = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


@serves("POST", "/v1/customers")
def create_customer(call: Call) -> Json:
    return new_customer(call.books, metadata=metadata(call.given), **changes(call.given, *_FIELDS))


def new_customer(books: Books, **fields: object) -> Json:
    """Somebody who pays."""
    customer = books.add(
        {
            "id": new_id("cus"),
            "object": "customer",
            "balance": 0,
            "delinquent": False,
            "invoice_prefix": new_id("x")[2:10].upper(),
            "invoice_settings": {"default_payment_method": None},
            "metadata": {},
            "next_invoice_sequence": 1,
            "preferred_locales": [],
            "tax_exempt": "none",
            **fields,
        }
    )
    books.tell("customer.created", customer)
    return customer


@serves("GET", "/v1/customers/{customer}")
def retrieve_customer(call: Call) -> Json:
    """One that was deleted still says so."""
    return call.books.gone("customer", call.id) or _known(call)


@serves("POST", "/v1/customers/{customer}")
def update_customer(call: Call) -> Json:
    customer, settings = _known(call), call.given.inner("invoice_settings")
    if default := settings.get("default_payment_method"):
        call.books.get("payment_method", default, param=settings.place("default_payment_method"))
        _prefer(call.books, customer, default)
    return call.books.change(
        customer,
        "customer.updated",
        **changes(call.given, *_FIELDS),
        metadata=metadata(call.given, customer["metadata"]),
    )


@serves("DELETE", "/v1/customers/{customer}")
def delete_customer(call: Call) -> Json:
    """What is known of somebody goes, but for the id; their plans end at once."""
    customer, books = _known(call), call.books
    for subscription in living_of(books, customer):
        end_now(books, subscription)
    left = {"id": customer["id"], "object": "customer", "deleted": True}
    books.store.save(left)
    books.tell("customer.deleted", customer)
    return left


@serves("GET", "/v1/customers")
def list_customers(call: Call) -> Json:
    return page(call, "customer", "/v1/customers", "email")


def _known(call: Call) -> Json:
    return call.books.get("customer", call.id, param="customer")


@only_asked_for("customer", "subscriptions")
def _subscriptions(books: Books, customer: Json) -> Json:
    return listing(living_of(books, customer)[::-1], f"/v1/customers/{customer['id']}/subscriptions")


# ---- cards ---------------------------------------------------------------------------------------


def attach(books: Books, customer: Json, card: Card, *, as_default: bool = False) -> Json:
    """Keep a card for a customer."""
    whose = {"email": customer["email"], "name": customer["name"]}
    method = new_method(books, card, whose, customer=customer["id"])
    books.tell("payment_method.attached", method)
    if as_default:
        _prefer(books, customer, method["id"])
    return method


def new_method(books: Books, card: Card, whose: Json, **fields: object) -> Json:
    """A card that pays."""
    return books.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": whose,
            "card": card.facts(),
            "metadata": {},
            "type": "card",
            **fields,
        }
    )


def _prefer(books: Books, customer: Json, method: str) -> None:
    chosen = {**customer["invoice_settings"], "default_payment_method": method}
    books.change(customer, "customer.updated", invoice_settings=chosen)


def change_card(books: Books, customer: Json, card: Card) -> Json:
    """Keep a card and have it pay the customer's subscriptions."""
    method = attach(books, customer, card, as_default=True)
    for subscription in living_of(books, customer):
        books.change(subscription, "customer.subscription.updated", default_payment_method=method["id"])
    return method


@serves("GET", "/v1/payment_methods/{payment_method}")
def retrieve_payment_method(call: Call) -> Json:
    return call.books.get("payment_method", call.id, param="payment_method")


@serves("GET", "/v1/customers/{customer}/payment_methods")
def list_payment_methods(call: Call) -> Json:
    customer = _known(call)["id"]
    url = f"/v1/customers/{customer}/payment_methods"
    return page(call, "payment_method", url, "type", customer=customer)
