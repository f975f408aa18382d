"""Checkout sessions: opened, looked at, expired. What paying does stands in `checkout_payment`."""

from typing import Any, Final

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.catalogue import price_of
from api.sandbox.clock import happens
from api.sandbox.errors import invalid, not_given, not_positive, unserved
from api.sandbox.expanding import only_asked_for
from api.sandbox.fields import changes, metadata
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.lists import listing, page
from api.sandbox.serving import Call, serves
from api.sandbox.shapes import whole
from api.sandbox.trees import Json

_SHORTEST_SECONDS: Final = 30 * 60
_LONGEST_SECONDS: Final = 24 * 3600
_SMALLEST_AMOUNT: Final = 50
"""A card network does not move less."""


@serves("POST", "/v1/checkout/sessions")
def create_session(call: Call) -> Json:
    given, books = call.given, call.books
    mode = _mode(given)
    automatic = bool(given.inner("automatic_tax").get("enabled"))
    by_default = given.inner("subscription_data").texts("default_tax_rates")
    lines = [_line(books, line, by_default, automatic=automatic) for line in given.each("line_items")]
    _check_lines(lines, mode)
    session = _new(call, mode, lines)
    books.later(session["expires_at"], "checkout_expires", session["id"])
    return session


def _mode(given: Given) -> str:
    mode = given.get("mode")
    if mode is None:
        raise not_given("mode")
    if mode == "setup":
        raise unserved("Checkout in setup mode", param="mode")
    if not given.get("success_url"):
        raise not_given("success_url")
    given.only(ui_mode="hosted_page")
    other = {"payment": "subscription_data", "subscription": "payment_intent_data"}[mode]
    if other in given:
        raise invalid(f"You can not pass `{other}` in `{mode}` mode.", param=other)
    return str(mode)


def _line(books: Books, given: Given, by_default: list[str], *, automatic: bool) -> Json:
    """A line with what it comes to."""
    price, quantity = price_of(books, given), int(given.get("quantity", 1))
    if quantity < 1:
        raise not_positive(given.place("quantity"))
    wanted = taxes.rates(books, given.texts("tax_rates") or by_default, param=given.place("tax_rates"))
    rates = [taxes.automatic_rate(books, price)] if automatic else wanted
    amount = price["unit_amount"] * quantity
    found: list[Json] = [{"rate": rate, **_taxed(amount, rate)} for rate in rates]
    on_top = sum(tax["amount"] for tax in found if not tax["rate"]["inclusive"])
    return whole(
        {
            "id": new_id("li"),
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": amount,
            "amount_tax": sum(tax["amount"] for tax in found),
            "amount_total": amount + on_top,
            "currency": price["currency"],
            "description": books.get("product", price["product"])["name"],
            "discounts": [],
            "metadata": metadata(given),
            "price": price,
            "quantity": quantity,
            "taxes": found,
        }
    )


def _taxed(amount: int, rate: Json) -> Json:
    tax = taxes.on_amount(amount, rate)
    return {
        "amount": tax["amount"],
        "taxability_reason": tax["taxability_reason"],
        "taxable_amount": tax["taxable_amount"],
    }


def _check_lines(lines: list[Json], mode: str) -> None:
    if not lines:
        raise not_given("line_items")
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must be in one currency.", param="line_items")
    recurring = {line["price"]["type"] == "recurring" for line in lines}
    if mode == "payment" and True in recurring:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Switch to `subscription` mode.",
            param="line_items",
        )
    if mode == "subscription" and False in recurring:
        raise unserved("one-time prices in subscription mode", param="line_items")
    if mode == "payment" and sum(line["amount_total"] for line in lines) < _SMALLEST_AMOUNT:
        raise invalid(
            f"The Checkout Session's total amount must be at least {_SMALLEST_AMOUNT}.",
            code="amount_too_small",
        )


def _new(call: Call, mode: str, lines: list[Json]) -> Json:
    given, books, session_id = call.given, call.books, new_id("cs_test")
    automatic = bool(given.inner("automatic_tax").get("enabled"))
    fields = (
        "client_reference_id",
        "success_url",
        "cancel_url",
        "locale",
        "submit_type",
        "allowed_payment_method_types",
    )
    session = books.add(
        {
            "id": session_id,
            "object": "checkout.session",
            **changes(given, *fields),
            **_sums(lines),
            **_customer(books, given, mode),
            "automatic_tax": taxes.automatic_once(enabled=automatic),
            "currency": lines[0]["currency"],
            "custom_fields": [],
            "custom_text": {},
            "expires_at": _expiry(books, given),
            "line_items": listing(lines, f"/v1/checkout/sessions/{session_id}/line_items"),
            "metadata": metadata(given),
            "mode": mode,
            "payment_method_collection": "always" if mode == "subscription" else "if_required",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "shipping_options": [],
            "status": "open",
            "ui_mode": "hosted_page",
            "url": f"{books.url}/checkout/{session_id}",
        }
    )
    return _put_away(books, session, _data(books, given, mode))


def _put_away(books: Books, session: Json, data: Json) -> Json:
    """Lines are shown where they are asked for; what the payment is made of is kept beside the session."""
    lines = session.pop("line_items")
    kept = {"id": f"{session['id']}:data", "object": "checkout.data", "lines": lines, "data": data}
    books.store.save(session)
    books.store.add(books.owner, "checkout.data", books.now, kept)
    return session


def beside(books: Books, session: Json) -> Json:
    """Its lines, and what the payment or subscription is to be made of."""
    return books.get("checkout.data", f"{session['id']}:data")


@only_asked_for("checkout.session", "line_items")
def _lines(books: Books, session: Json) -> Json:
    found: Json = beside(books, session)["lines"]
    return found


def _sums(lines: list[Json]) -> Json:
    tax = sum(line["amount_tax"] for line in lines)
    return {
        "amount_subtotal": sum(line["amount_subtotal"] for line in lines),
        "amount_total": sum(line["amount_total"] for line in lines),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": tax},
    }


def _customer(books: Books, given: Given, mode: str) -> Json:
    """Who pays, as far as that is known."""
    creation = given.get("customer_creation")
    if "customer" in given:
        if "customer_email" in given:
            raise invalid(
                "You may only specify one of these parameters: customer, customer_email.",
                param="customer_email",
                code="parameters_exclusive",
            )
        customer = books.get("customer", given.get("customer"), param="customer")
        _check_address(given, customer)
        return {"customer": customer["id"], "customer_details": _details(customer)}
    fallback = "always" if mode == "subscription" else "if_required"
    return {"customer_email": given.get("customer_email"), "customer_creation": creation or fallback}


def _check_address(given: Given, customer: Json) -> None:
    """Taxes are reckoned by where somebody lives: the page asks, where it may, of whom that is not known."""
    update = given.inner("customer_update")
    asks = update.get("address") == "auto"
    if given.inner("automatic_tax").get("enabled") and not (asks or customer["address"]):
        message = (
            "Automatic tax calculation in Checkout requires a valid address on the Customer. "
            "Add a valid address to the Customer or set `customer_update[address]` to 'auto'."
        )
        raise invalid(message, code="customer_tax_location_invalid")


def _details(customer: Json) -> Json:
    same = ("address", "email", "name", "phone", "tax_exempt")
    return {name: customer[name] for name in same} | {"tax_ids": None}


def _expiry(books: Books, given: Given) -> int:
    moment = int(given.get("expires_at", books.now + _LONGEST_SECONDS))
    if not books.now + _SHORTEST_SECONDS <= moment <= books.now + _LONGEST_SECONDS:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(message, param="expires_at")
    return moment


def _data(books: Books, given: Given, mode: str) -> Json:
    if mode == "payment":
        inner = given.inner("payment_intent_data")
        made = changes(inner, "description", "transfer_group", "receipt_email", "statement_descriptor")
        inner.only(setup_future_usage="off_session")
        return {
            "fields": made,
            "metadata": metadata(inner),
            "by_hand": inner.get("capture_method") == "manual",
        }
    inner = given.inner("subscription_data")
    rates = taxes.rates(books, inner.texts("default_tax_rates"), param=inner.place("default_tax_rates"))
    inner.only(billing_mode={"type": "flexible"}, proration_behavior="create_prorations")
    fields: dict[str, Any] = {**changes(inner, "description"), "default_tax_rates": rates}
    return {"fields": fields, "metadata": metadata(inner)}


@serves("GET", "/v1/checkout/sessions/{session}")
def retrieve_session(call: Call) -> Json:
    return known(call)


@serves("GET", "/v1/checkout/sessions")
def list_sessions(call: Call) -> Json:
    return page(
        call,
        "checkout.session",
        "/v1/checkout/sessions",
        "customer",
        "payment_intent",
        "status",
        "subscription",
    )


@serves("GET", "/v1/checkout/sessions/{session}/line_items")
def list_lines(call: Call) -> Json:
    call.given.only(limit=call.given.get("limit"))
    found: Json = beside(call.books, known(call))["lines"]
    return found


@serves("POST", "/v1/checkout/sessions/{session}")
def update_session(call: Call) -> Json:
    session = known(call)
    return call.books.change(session, metadata=metadata(call.given, session["metadata"]))


@serves("POST", "/v1/checkout/sessions/{session}/expire")
def expire_session(call: Call) -> Json:
    session = known(call)
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of {session["status"]}.'
        raise invalid(message)
    call.books.never("checkout_expires", session["id"])
    return _expire(call.books, session)


@happens("checkout_expires")
def _expires(books: Books, session_id: str) -> None:
    _expire(books, books.get("checkout.session", session_id))


def _expire(books: Books, session: Json) -> Json:
    books.change(session, status="expired", url=None)
    books.tell("checkout.session.expired", session)
    return session


def known(call: Call) -> Json:
    return call.books.get("checkout.session", call.id, param="session")
