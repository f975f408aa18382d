"""Transfers: money of the platform becomes an account's, and goes back by a reversal."""

from typing import Any

from api.sandbox.accounts import may
from api.sandbox.balance import Movement, available, enter
from api.sandbox.balance_settings import consider
from api.sandbox.books import Books
from api.sandbox.errors import AnsweredError, invalid, not_given, not_positive
from api.sandbox.fields import metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import listing, page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json


@serves("POST", "/v1/transfers")
def create_transfer(call: Call) -> Json:
    given, books = call.given, call.books
    currency, amount = given.get("currency").lower(), _amount(given.get("amount"))
    account = books.find("v2.core.account", given.get("destination"))
    if account is None:
        message = f"No such destination: '{given.get('destination')}'"
        raise invalid(message, param="destination", code="resource_missing")
    if not may(account, "stripe_transfers"):
        message = "Your destination account needs to have the transfers capability enabled."
        raise invalid(message, param="destination", code="insufficient_capabilities_for_transfer")
    if available(books, currency) < amount:
        raise _too_little()
    transfer = _new(call, account["id"], amount, currency)
    _arrive(books, transfer)
    books.tell("transfer.created", transfer)
    consider(books.of(account["id"]))
    return transfer


def _amount(amount: Any) -> int:
    if amount is None:
        raise not_given("amount")
    if int(amount) < 1:
        raise not_positive("amount")
    return int(amount)


def _too_little() -> AnsweredError:
    message = "You have insufficient available funds in your Stripe account."
    return AnsweredError(message, code="balance_insufficient")


def _new(call: Call, destination: str, amount: int, currency: str) -> Json:
    given, transfer_id = call.given, new_id("tr")
    given.only(source_type="card")
    return call.books.add(
        {
            "id": transfer_id,
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "currency": currency,
            "description": given.get("description"),
            "destination": destination,
            "metadata": metadata(given),
            "reversals": listing([], f"/v1/transfers/{transfer_id}/reversals"),
            "reversed": False,
            "source_type": "card",
            "transfer_group": given.get("transfer_group"),
        }
    )


def _arrive(books: Books, transfer: Json) -> None:
    """It leaves the platform's balance and stands in the account's as a payment."""
    gone = Movement("transfer", -transfer["amount"], transfer["currency"], transfer["id"])
    payment = _payment(books.of(transfer["destination"]), transfer)
    books.change(transfer, balance_transaction=enter(books, gone), destination_payment=payment["id"])


def _payment(books: Books, transfer: Json) -> Json:
    payment_id = new_id("py")
    came = Movement("payment", transfer["amount"], transfer["currency"], payment_id)
    return books.add(
        {
            "id": payment_id,
            "object": "charge",
            "amount": transfer["amount"],
            "amount_captured": transfer["amount"],
            "amount_refunded": 0,
            "balance_transaction": enter(books, came),
            "billing_details": {},
            "captured": True,
            "currency": transfer["currency"],
            "disputed": False,
            "metadata": {},
            "paid": True,
            "refunded": False,
            "source_transfer": transfer["id"],
            "status": "succeeded",
            "transfer_group": transfer["transfer_group"],
        }
    )


@serves("GET", "/v1/transfers/{transfer}")
def retrieve_transfer(call: Call) -> Json:
    return _known(call)


@serves("POST", "/v1/transfers/{transfer}")
def update_transfer(call: Call) -> Json:
    transfer = _known(call)
    new = {"description": call.given.get("description", transfer["description"])}
    words = metadata(call.given, transfer["metadata"])
    return call.books.change(transfer, "transfer.updated", **new, metadata=words)


@serves("GET", "/v1/transfers")
def list_transfers(call: Call) -> Json:
    return page(call, "transfer", "/v1/transfers", "destination", "transfer_group")


# ---- reversals -----------------------------------------------------------------------------------


@serves("POST", "/v1/transfers/{id}/reversals")
def create_reversal(call: Call) -> Json:
    transfer, books = _known(call), call.books
    left = transfer["amount"] - transfer["amount_reversed"]
    if not left:
        message = f"Transfer {transfer['id']} is already fully reversed."
        raise invalid(message, code="transfer_already_reversed")
    amount = _amount(call.given.get("amount", left))
    if amount > left:
        raise invalid(
            f"Reversal amount ({amount}) is greater than what is left of it ({left}).", param="amount"
        )
    if available(books.of(transfer["destination"]), transfer["currency"]) < amount:
        raise _too_little()
    return _reverse(call, transfer, amount)


def _reverse(call: Call, transfer: Json, amount: int) -> Json:
    books, reversal_id = call.books, new_id("trr")
    back = Movement("transfer_refund", amount, transfer["currency"], reversal_id)
    reversal = books.add(
        {
            "id": reversal_id,
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": enter(books, back),
            "currency": transfer["currency"],
            "destination_payment_refund": _send_back(books.of(transfer["destination"]), transfer, amount),
            "metadata": metadata(call.given),
            "transfer": transfer["id"],
        }
    )
    _note(books, transfer, reversal, call.given.get("description"))
    return reversal


def _send_back(books: Books, transfer: Json, amount: int) -> str:
    payment = books.get("charge", transfer["destination_payment"])
    refund_id = new_id("pyr")
    gone = Movement("payment_refund", -amount, transfer["currency"], refund_id)
    books.add(
        {
            "id": refund_id,
            "object": "refund",
            "amount": amount,
            "balance_transaction": enter(books, gone),
            "charge": payment["id"],
            "currency": transfer["currency"],
            "metadata": {},
            "status": "succeeded",
        }
    )
    back = payment["amount_refunded"] + amount
    books.change(payment, amount_refunded=back, refunded=back == payment["amount"])
    return refund_id


def _note(books: Books, transfer: Json, reversal: Json, description: str | None) -> None:
    reversed_by_now = transfer["amount_reversed"] + reversal["amount"]
    known = transfer["reversals"]["data"]
    books.change(
        transfer,
        "transfer.reversed",
        amount_reversed=reversed_by_now,
        description=description or transfer["description"],
        reversals={**transfer["reversals"], "data": [reversal, *known]},
        reversed=reversed_by_now == transfer["amount"],
    )


@serves("GET", "/v1/transfers/{id}/reversals")
def list_reversals(call: Call) -> Json:
    transfer = _known(call)
    url = f"/v1/transfers/{transfer['id']}/reversals"
    return page(call, "transfer_reversal", url, transfer=transfer["id"])


@serves("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(call: Call) -> Json:
    return call.books.get("transfer_reversal", call.ids["id"])


def _known(call: Call) -> Json:
    return call.books.get("transfer", call.id, param="transfer")
