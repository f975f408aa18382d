"""The page on which a customer sees to card, plan and bills."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.sandbox import cards
from api.sandbox.books import Books
from api.sandbox.changing import set_end
from api.sandbox.collecting import pay_open
from api.sandbox.customers import change_card
from api.sandbox.errors import AnsweredError
from api.sandbox.pages.door import Door, form_of, leave, nothing_here
from api.sandbox.pages.rendering import page
from api.sandbox.subscriptions import items_of, living_of, period_end
from api.sandbox.trees import Json


class PortalPage:
    """One customer's page, for as long as its session's address is known."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def show(self, request: Request) -> Response:
        """Plan, card and bills."""
        found = self._door.find("billing_portal.session", request.path_params["session"])
        return _shown(*found) if found else nothing_here()

    async def act(self, request: Request) -> Response:
        """Do what a button says; the address after it can be loaded again without doing it twice."""
        found = self._door.find("billing_portal.session", request.path_params["session"])
        if found is None:
            return nothing_here()
        books, session = found
        form = await form_of(request)
        try:
            with books.store.transaction():
                _do(books, session, form)
        except AnsweredError as refused:
            return _shown(books, session, problem=str(refused), status=402)
        return leave(_after(session, form.get("do", "")))


def _after(session: Json, done: str) -> str:
    """Back to the portal, or on to the seller's site where the flow that was asked for is done."""
    flow = session["flow"]
    if flow and done in _ENDS_FLOW.get(flow["type"], ()):
        redirect = flow["after_completion"]["redirect"]
        return str(redirect["return_url"] if redirect else session["url"])
    return str(session["url"])


_ENDS_FLOW = {"payment_method_update": ("card",), "subscription_cancel": ("cancel",)}


def _do(books: Books, session: Json, form: Mapping[str, str]) -> None:
    action, which = form.get("do", ""), form.get("which", "")
    if action == "card":
        _card(books, session, form.get("card", ""))
    elif action in {"cancel", "resume"}:
        _stop_or_go_on(books, session, which, stops=action == "cancel")
    elif action == "pay":
        _pay(books, session, which)


def _card(books: Books, session: Json, name: str) -> None:
    card = cards.by_name(name)
    if card:
        change_card(books, books.get("customer", session["customer"]), card)


def _stop_or_go_on(books: Books, session: Json, which: str, *, stops: bool) -> None:
    """At the end of the period. A schedule that waits for that moment is over, too: Stripe's portal refuses it."""
    subscription = books.get("subscription", which)
    if subscription["customer"] != session["customer"]:
        raise AnsweredError("This plan belongs to somebody else.", status=404)
    if subscription["schedule"]:
        raise AnsweredError("This plan is about to change; it cannot be cancelled here.")
    set_end(books, subscription, period_end(subscription) if stops else None, at_end=stops)


def _pay(books: Books, session: Json, which: str) -> None:
    invoice = books.get("invoice", which)
    if invoice["customer"] != session["customer"]:
        raise AnsweredError("This bill is not open.", status=404)
    pay_open(books, invoice)


def _shown(books: Books, session: Json, *, problem: str = "", status: int = 200) -> Response:
    customer = books.get("customer", session["customer"])
    default = customer["invoice_settings"]["default_payment_method"]
    plans = [_plan(books, one) for one in living_of(books, customer)]
    bills = [one for one in books.every("invoice", customer=customer["id"]) if one["status"] != "draft"]
    return page(
        "portal",
        status=status,
        seller=books.platform.name,
        session=session,
        customer=customer,
        method=books.find("payment_method", default),
        cards=cards.CARDS,
        plans=plans,
        bills=bills[::-1],
        problem=problem,
    )


def _plan(books: Books, subscription: Json) -> Json:
    names = [books.get("product", item["price"]["product"])["name"] for item in items_of(subscription)]
    first = items_of(subscription)[0]
    return {
        "id": subscription["id"],
        "name": ", ".join(names),
        "status": subscription["status"],
        "price": sum(item["price"]["unit_amount"] * item["quantity"] for item in items_of(subscription)),
        "currency": subscription["currency"],
        "interval": first["price"]["recurring"]["interval"],
        "ends": subscription["cancel_at"],
        "renews": period_end(subscription),
        "changes": bool(subscription["schedule"]),
    }
