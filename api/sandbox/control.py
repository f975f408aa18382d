"""The control: what a test or a tester does that no customer of Stripe can. JSON below `/_sandbox`, with a secret key."""

import inspect
import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.sandbox import cards, clock, faults, idempotency, platforms, webhooks
from api.sandbox.account_states import Known
from api.sandbox.accounts import known_of, lose
from api.sandbox.books import Books
from api.sandbox.checkout_payment import pay
from api.sandbox.customers import change_card
from api.sandbox.delivering import deliver
from api.sandbox.disputes import end_dispute, open_dispute
from api.sandbox.errors import AnsweredError, invalid
from api.sandbox.onboarding import OUTCOMES, learn
from api.sandbox.payouts import fail
from api.sandbox.platforms import Platform
from api.sandbox.refunds import fail_refund
from api.sandbox.serving import pattern_of
from api.sandbox.store import Store
from api.sandbox.trees import Json, is_object
from api.sandbox.webhooks import Endpoint, Letter


@dataclass(frozen=True)
class Order:
    """What is to be done, for which platform."""

    books: Books
    ids: Mapping[str, str]
    given: Json

    def take(self, name: str, default: Any = None) -> Any:
        return self.given.get(name, default)

    def need(self, name: str) -> Any:
        """What cannot be left out.

        Raises:
            AnsweredError: It is.
        """
        if name not in self.given:
            raise invalid(f"Missing: {name}", param=name, code="parameter_missing")
        return self.given[name]

    def facts(self, kind: type[Any]) -> Json:
        """All that was given, as the fields of a class.

        Raises:
            AnsweredError: One is none of its fields.
        """
        known = [field.name for field in fields(kind)]
        for name in self.given:
            if name not in known:
                raise invalid(
                    f"Unknown: {name}; known are {', '.join(known)}", param=name, code="parameter_unknown"
                )
        return self.given


Action = Callable[[Order], Any]
_ACTIONS: Final[list[tuple[str, re.Pattern[str], Action]]] = []


def controls(method: str, path: str) -> Callable[[Action], Action]:
    """Have the function be called below `/_sandbox`."""

    def enter(action: Action) -> Action:
        _ACTIONS.append((method, pattern_of(f"/_sandbox{path}"), action))
        return action

    return enter


class Control:
    """Answers every call of the control."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = url

    async def answer(self, request: Request) -> Response:
        """Find the action, and do it in one transaction, unless it goes out to others."""
        try:
            action, order = await self._understand(request)
            with self._store.transaction():
                done: Any = action(order)
            if inspect.isawaitable(done):
                done = await done
        except AnsweredError as problem:
            return JSONResponse({"error": problem.body}, problem.status)
        return JSONResponse(done)

    async def _understand(self, request: Request) -> tuple[Action, Order]:
        key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        platform = platforms.by_key(self._store, key)
        if platform is None:
            raise AnsweredError("The control needs the secret key of a platform.", status=401)
        books = Books(self._store, platform, platform.id, self._url)
        body = await request.body()
        for method, pattern, action in _ACTIONS:
            found = pattern.match(request.url.path)
            if method == request.method and found:
                clock.catch_up(books)
                return action, Order(books, found.groupdict(), _read(body))
        raise AnsweredError(f"The control has no {request.method} {request.url.path}.", status=404)


def _read(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise invalid("The control reads JSON.") from error
    if not is_object(found):
        raise invalid("The control reads an object.")
    return found


# ---- platforms and clocks ------------------------------------------------------------------------


@controls("POST", "/platforms")
def _new_platform(order: Order) -> Json:
    """Another platform, with a key of its own: all that it has is its own."""
    return _shown(platforms.open_platform(order.books.store, **order.facts(Platform)))


@controls("GET", "/platform")
def _platform(order: Order) -> Json:
    return _shown(order.books.platform)


@controls("POST", "/platform")
def _set_platform(order: Order) -> Json:
    changed = replace(order.books.platform, **order.facts(Platform))
    platforms.save(order.books.store, changed)
    return _shown(changed)


def _shown(platform: Platform) -> Json:
    return {**asdict(platform), "now": platform.now}


@controls("GET", "/clock")
def _clock(order: Order) -> Json:
    return {"now": order.books.now}


@controls("POST", "/clock")
def _move_clock(order: Order) -> Json:
    """By `advance` seconds, or `to` a moment."""
    to = int(order.take("to", order.books.now + int(order.take("advance", 0))))
    happened = clock.move(order.books, to)
    return {"now": platforms.by_id(order.books.store, order.books.platform.id).now, "happened": happened}


# ---- faults and keys -----------------------------------------------------------------------------


@controls("POST", "/faults")
def _arm(order: Order) -> Json:
    return {"id": faults.arm(order.books.store, order.books.platform.id, order.given)}


@controls("GET", "/faults")
def _armed(order: Order) -> list[Json]:
    return faults.armed(order.books.store, order.books.platform.id)


@controls("DELETE", "/faults")
def _disarm(order: Order) -> Json:
    faults.disarm(order.books.store, order.books.platform.id)
    return {}


@controls("DELETE", "/idempotency/{key}")
def _prune(order: Order) -> Json:
    """Forget a key before its time."""
    account = order.take("account", order.books.owner)
    return {"pruned": idempotency.forget(order.books.store, account, order.ids["key"])}


# ---- webhooks ------------------------------------------------------------------------------------


@controls("POST", "/webhooks/endpoints")
def _endpoint(order: Order) -> Json:
    secret, books = order.need("secret"), order.books
    rest = replace(order, given={name: value for name, value in order.given.items() if name != "secret"})
    rest.need("url")
    endpoint = Endpoint(**rest.facts(Endpoint))
    return {"id": webhooks.register(books.store, books.platform.id, endpoint, secret)}


@controls("POST", "/webhooks/endpoints/{endpoint}/rotate")
def _rotate(order: Order) -> Json:
    webhooks.rotate(
        order.books.store,
        order.ids["endpoint"],
        order.need("secret"),
        overlap_seconds=float(order.take("overlap_seconds", 86_400)),
    )
    return {}


@controls("GET", "/webhooks")
def _history(order: Order) -> list[Json]:
    return webhooks.history(order.books.store, order.books.platform.id)


@controls("DELETE", "/webhooks")
def _put_off(order: Order) -> Json:
    return {"forgotten": webhooks.put_off(order.books.store, order.books.platform.id)}


@controls("POST", "/webhooks/deliver")
def _deliver(order: Order) -> Awaitable[list[int | None]]:
    """Send all that waits now, in the order that is asked for; answers the statuses."""
    store = order.books.store
    return deliver(store, _ordered(webhooks.due(store, order.books.platform.id), order))


@controls("POST", "/webhooks/take")
def _take(order: Order) -> list[Json]:
    """Hand over all that waits, signed, in place of sending it."""
    store = order.books.store
    letters = _ordered(webhooks.due(store, order.books.platform.id), order)
    for letter in letters:
        webhooks.record(store, letter.delivery, 200)
    return [
        {"url": letter.url, "headers": letter.headers, "body": letter.body.decode()} for letter in letters
    ]


def _ordered(letters: list[Letter], order: Order) -> list[Letter]:
    """As they come, `reversed`, or shuffled by a `seed`."""
    if order.take("reversed"):
        return letters[::-1]
    if "seed" in order.given:
        random.Random(order.given["seed"]).shuffle(letters)  # noqa: S311 -- an order, not a secret
    return letters


@controls("POST", "/events/{event}/resend")
def _resend(order: Order) -> Json:
    """Send an event once more, as the dashboard can."""
    books = order.books
    found = books.store.by_id(order.ids["event"])
    if found is None or found[1] != "event":
        raise invalid(f"No such event: '{order.ids['event']}'", code="resource_missing")
    return {"deliveries": webhooks.again(books.store, books.platform, order.ids["event"])}


# ---- what buyers and banks do --------------------------------------------------------------------


@controls("POST", "/checkout/{session}/pay")
def _pay(order: Order) -> Json:
    """Pay as on the hosted page."""
    return pay(
        order.books,
        order.ids["session"],
        _card(order),
        email=order.take("email", ""),
        authenticated=order.take("authenticated", True),
    )


@controls("POST", "/customers/{customer}/card")
def _change_card(order: Order) -> Json:
    """Another card for all that comes, as in the portal."""
    return change_card(order.books, order.books.get("customer", order.ids["customer"]), _card(order))


def _card(order: Order) -> cards.Card:
    found = cards.by_name(order.take("card", "works"))
    if found is None:
        raise invalid(f"A card is one of {', '.join(card.name for card in cards.CARDS)}.", param="card")
    return found


@controls("POST", "/disputes")
def _dispute(order: Order) -> Json:
    """Of the whole charge, or of an `amount`."""
    reason, part = order.take("reason", "fraudulent"), order.take("amount")
    return open_dispute(order.books, order.need("charge"), reason, part)


@controls("POST", "/disputes/{dispute}/win")
def _win(order: Order) -> Json:
    return end_dispute(order.books, order.ids["dispute"], "won")


@controls("POST", "/disputes/{dispute}/lose")
def _lose(order: Order) -> Json:
    return end_dispute(order.books, order.ids["dispute"], "lost")


@controls("POST", "/accounts/{account}")
def _know(order: Order) -> Json:
    """Have Stripe know something else of a person: `identity`, `bank`, `verification`; or an `outcome` of the page."""
    account, outcome = order.ids["account"], order.take("outcome")
    order.books.get("v2.core.account", account)
    if outcome in OUTCOMES:
        learn(order.books, account, OUTCOMES[outcome][1])
    else:
        learn(order.books, account, replace(known_of(order.books, account), **order.facts(Known)))
    return order.books.get("v2.core.account", account)


@controls("DELETE", "/accounts/{account}")
def _lose_account(order: Order) -> Json:
    return lose(order.books, order.ids["account"])


@controls("POST", "/accounts/{account}/payouts/{payout}/fail")
def _fail_payout(order: Order) -> Json:
    books = order.books.of(order.ids["account"])
    return fail(books, books.get("payout", order.ids["payout"]), order.take("code", "account_closed"))


@controls("POST", "/refunds/{refund}/fail")
def _fail_refund(order: Order) -> Json:
    return fail_refund(order.books, order.ids["refund"], order.take("reason", "lost_or_stolen_card"))
