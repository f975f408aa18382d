"""Products, prices and tax rates: what can be sold."""

from decimal import Decimal
from typing import Any

from api.sandbox.books import Books
from api.sandbox.errors import invalid, not_given
from api.sandbox.fields import changes, metadata
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_PRODUCT_FIELDS = (
    "name",
    "description",
    "active",
    "images",
    "url",
    "tax_code",
    "unit_label",
    "statement_descriptor",
)


@serves("POST", "/v1/products")
def create_product(call: Call) -> Json:
    given = call.given
    product = _new_product(call.books, given)
    if default := given.inner("default_price_data"):
        price = _new_price(call.books, default, product["id"])
        call.books.change(product, default_price=price["id"])
    return product


def _new_product(books: Books, given: Given) -> Json:
    product_id = given.get("id") or new_id("prod")
    if books.store.by_id(product_id):
        raise invalid(f"Product already exists: {product_id}", param="id", code="resource_already_exists")
    product = books.add(
        {
            "id": product_id,
            "object": "product",
            "active": True,
            "images": [],
            "marketing_features": [],
            "type": "service",
            "updated": books.now,
            **changes(given, *_PRODUCT_FIELDS),
            "metadata": metadata(given),
        }
    )
    books.tell("product.created", product)
    return product


@serves("GET", "/v1/products/{id}")
def retrieve_product(call: Call) -> Json:
    return call.books.get("product", call.id)


@serves("POST", "/v1/products/{id}")
def update_product(call: Call) -> Json:
    product = call.books.get("product", call.id)
    new = changes(call.given, *_PRODUCT_FIELDS, "default_price")
    return call.books.change(
        product,
        "product.updated",
        **new,
        metadata=metadata(call.given, product["metadata"]),
        updated=call.books.now,
    )


@serves("GET", "/v1/products")
def list_products(call: Call) -> Json:
    return page(call, "product", "/v1/products", "active")


# ---- prices --------------------------------------------------------------------------------------


@serves("POST", "/v1/prices")
def create_price(call: Call) -> Json:
    given = call.given
    inline = given.inner("product_data")
    if ("product" in given) == bool(inline):
        raise invalid("You must specify exactly one of product and product_data.", param="product")
    product = _new_product(call.books, inline) if inline else _known_product(call)
    return _new_price(call.books, given, product["id"])


def _known_product(call: Call) -> Json:
    return call.books.get("product", call.given.get("product"), param="product")


def _new_price(books: Books, given: Given, product: str) -> Json:
    lookup_key = given.get("lookup_key")
    if lookup_key:
        _free_lookup_key(books, lookup_key, transfer=bool(given.get("transfer_lookup_key")))
    price = books.add(
        {
            "id": new_id("price"),
            "object": "price",
            "active": given.get("active", True),
            "currency": given.get("currency").lower(),
            "nickname": given.get("nickname"),
            "lookup_key": lookup_key,
            "metadata": metadata(given),
            **priced(given, product),
        }
    )
    books.tell("price.created", price)
    return price


def priced(given: Given, product: str) -> Json:
    """What a price and the inline data of one have in common."""
    amount = _unit_amount(given)
    recurring = given.inner("recurring")
    given.only(billing_scheme="per_unit")
    return {
        "product": product,
        "billing_scheme": "per_unit",
        "recurring": _recurring(recurring) if recurring else None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def _unit_amount(given: Given) -> int:
    decimal = given.get("unit_amount_decimal")
    if decimal is not None and Decimal(decimal) == int(Decimal(decimal)):
        return int(Decimal(decimal))
    amount = given.get("unit_amount")
    if amount is None:
        raise not_given(given.place("unit_amount"))
    if amount < 0:
        raise invalid(
            "Invalid non-negative integer", param=given.place("unit_amount"), code="parameter_invalid_integer"
        )
    return int(amount)


def _recurring(given: Given) -> Json:
    given.only(usage_type="licensed")
    return {
        "interval": given.get("interval"),
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _free_lookup_key(books: Books, lookup_key: str, *, transfer: bool) -> None:
    for other in books.every("price", lookup_key=lookup_key):
        if not transfer:
            raise invalid(
                f"A price (`{other['id']}`) already uses that lookup key.",
                param="lookup_key",
                code="resource_already_exists",
            )
        books.change(other, "price.updated", lookup_key=None)


@serves("GET", "/v1/prices/{price}")
def retrieve_price(call: Call) -> Json:
    return call.books.get("price", call.id)


@serves("POST", "/v1/prices/{price}")
def update_price(call: Call) -> Json:
    """A price keeps its amount for ever."""
    price = call.books.get("price", call.id)
    if "lookup_key" in call.given and (key := call.given.get("lookup_key")) != price["lookup_key"]:
        _free_lookup_key(call.books, key, transfer=bool(call.given.get("transfer_lookup_key")))
        call.books.change(price, "price.updated", lookup_key=key)
    return call.books.change(
        price,
        "price.updated",
        **changes(call.given, "active", "nickname", "tax_behavior"),
        metadata=metadata(call.given, price["metadata"]),
    )


@serves("GET", "/v1/prices")
def list_prices(call: Call) -> Json:
    return page(
        call,
        "price",
        "/v1/prices",
        "product",
        "active",
        "currency",
        "type",
        lookup_key=call.given.get("lookup_keys"),
    )


def price_of(books: Books, given: Given) -> Json:
    """The price that a line names, or the one it brings along; the latter is active for this line only."""
    if "price" in given:
        price = books.get("price", given.get("price"), param=given.place("price"))
        if not price["active"]:
            raise invalid("The price specified is inactive.", param=given.place("price"))
        return price
    return _inline_price(books, given)


def recurring_price_of(books: Books, given: Given, buyers: str) -> Json:
    """The same for those who pay again and again.

    Raises:
        AnsweredError: It is paid once.
    """
    price = price_of(books, given)
    if price["recurring"] is None:
        raise invalid(
            f"The price specified is one-time; {buyers} need a recurring one.", param=given.place("price")
        )
    return price


def _inline_price(books: Books, given: Given) -> Json:
    inline = given.inner("price_data")
    if not inline:
        raise invalid("One of price and price_data is needed.", param=given.place("price"))
    data = inline.inner("product_data")
    product = (
        _new_product(books, data)
        if data
        else books.get("product", inline.get("product"), param=inline.place("product"))
    )
    facts: dict[str, Any] = {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "currency": inline.get("currency").lower(),
        "metadata": {},
    }
    return books.add({**facts, **priced(inline, product["id"])})


# ---- tax rates -----------------------------------------------------------------------------------


@serves("POST", "/v1/tax_rates")
def create_tax_rate(call: Call) -> Json:
    given = call.given
    percentage = float(given.get("percentage"))
    rate = call.books.add(
        {
            "id": new_id("txr"),
            "object": "tax_rate",
            "active": given.get("active", True),
            "display_name": given.get("display_name"),
            "inclusive": given.get("inclusive"),
            "percentage": percentage,
            "effective_percentage": percentage,
            "rate_type": "percentage",
            **changes(given, "country", "state", "description", "jurisdiction", "tax_type"),
            "metadata": metadata(given),
        }
    )
    call.books.tell("tax_rate.created", rate)
    return rate


@serves("GET", "/v1/tax_rates/{tax_rate}")
def retrieve_tax_rate(call: Call) -> Json:
    return call.books.get("tax_rate", call.id)


@serves("GET", "/v1/tax_rates")
def list_tax_rates(call: Call) -> Json:
    return page(call, "tax_rate", "/v1/tax_rates", "active", "inclusive")
