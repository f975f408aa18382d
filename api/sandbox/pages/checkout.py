"""The page on which a buyer pays."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.sandbox import cards
from api.sandbox.books import Books
from api.sandbox.cards import Card
from api.sandbox.checkout import beside
from api.sandbox.checkout_payment import pay
from api.sandbox.errors import AnsweredError
from api.sandbox.pages.door import Door, form_of, leave, nothing_here
from api.sandbox.pages.rendering import page
from api.sandbox.trees import Json


class CheckoutPage:
    """Shows what is to be paid, takes a card, and sends the buyer back."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def show(self, request: Request) -> Response:
        """The page; one that is paid leads back, one that is expired says so."""
        found = self._door.find("checkout.session", request.path_params["session"])
        if found is None:
            return nothing_here()
        return _shown(*found)

    async def act(self, request: Request) -> Response:
        """Pay with the card that was chosen, or answer for the bank."""
        found = self._door.find("checkout.session", request.path_params["session"])
        if found is None:
            return nothing_here()
        books, session = found
        form = await form_of(request)
        card = cards.by_name(form.get("card", ""))
        if session["status"] != "open":
            return _shown(books, session)
        email = form.get("email", "").strip()
        if card is None or not (_known_email(books, session) or "@" in email):
            return _shown(books, session, problem="Choose a card and give an e-mail address.", form=form)
        if card.authenticates and "answer" not in form:
            return page("bank", session=session, card=card, email=email, seller=books.platform.name)
        return self._paid(books, session, card, form)

    def _paid(self, books: Books, session: Json, card: Card, form: Mapping[str, str]) -> Response:
        try:
            with books.store.transaction():
                done = pay(
                    books,
                    session["id"],
                    card,
                    email=form.get("email", "").strip(),
                    authenticated=form.get("answer") != "no",
                )
        except AnsweredError as refused:
            return _shown(books, session, problem=str(refused), form=form, status=402)
        return leave(_way_back(done))


def _way_back(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _known_email(books: Books, session: Json) -> str:
    if session["customer"]:
        return str(books.get("customer", session["customer"])["email"] or session["customer"])
    return str(session["customer_email"] or "")


def _shown(
    books: Books,
    session: Json,
    *,
    problem: str = "",
    form: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    if session["status"] == "complete":
        return leave(_way_back(session))
    if session["status"] == "expired":
        sentence = "This checkout has expired. Nothing was charged."
        back = session["cancel_url"]
        return page("notice", status=410, title="Too late", sentence=sentence, back=back)
    data = beside(books, session)
    return page(
        "checkout",
        status=status,
        seller=books.platform.name,
        session=session,
        lines=data["lines"]["data"],
        by_hand=data["data"].get("by_hand", False),
        cards=cards.CARDS,
        known_email=_known_email(books, session),
        chosen=(form or {}).get("card", "works"),
        email=(form or {}).get("email", ""),
        problem=problem,
    )
