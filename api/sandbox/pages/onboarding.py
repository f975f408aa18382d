"""The page on which somebody who is to be paid says who they are."""

from starlette.requests import Request
from starlette.responses import Response

from api.sandbox.books import Books
from api.sandbox.onboarding import OUTCOMES, finish, is_good, leave, way
from api.sandbox.pages import door
from api.sandbox.pages.door import Door, form_of, nothing_here
from api.sandbox.pages.rendering import page
from api.sandbox.trees import Json


class OnboardingPage:
    """Asks for a name and a bank, and lets the tester choose what comes of it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def show(self, request: Request) -> Response:
        """The page; a link that was used or is too old asks the seller's site for another one."""
        found = self._door.find("v2.core.account_link", request.path_params["link"])
        return _shown(*found) if found else nothing_here()

    async def act(self, request: Request) -> Response:
        """Send the form, or leave it."""
        found = self._door.find("v2.core.account_link", request.path_params["link"])
        if found is None:
            return nothing_here()
        books, link = found
        form = await form_of(request)
        outcome, name = form.get("outcome", ""), form.get("name", "").strip()
        if not is_good(books, link):
            return _shown(books, link)
        if form.get("do") == "leave":
            with books.store.transaction():
                leave(books, link)
            return door.leave(way(link, "return_url"))
        if outcome not in OUTCOMES or not name:
            return _shown(books, link, problem="Give a name and choose what comes of it.")
        with books.store.transaction():
            finish(books, link, outcome, name)
        return door.leave(way(link, "return_url"))


def _shown(books: Books, link: Json, *, problem: str = "") -> Response:
    if not is_good(books, link):
        return door.leave(way(link, "refresh_url"))
    account = books.get("v2.core.account", link["account"])
    requirements: Json = account["requirements"] or {"entries": []}
    return page(
        "onboarding",
        status=400 if problem else 200,
        seller=books.platform.name,
        account=account,
        asked=[entry["description"] for entry in requirements["entries"]],
        outcomes={name: words for name, (words, _) in OUTCOMES.items()},
        problem=problem,
    )
