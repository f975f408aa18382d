"""From a request to its answer: who asks, what goes wrong, what is asked, whether it was asked before."""

import asyncio
import base64
import json
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.sandbox import clock, endpoints, faults, platforms
from api.sandbox.books import API_VERSION, Books, Cause
from api.sandbox.errors import AnsweredError, malformed, unserved
from api.sandbox.expanding import expand
from api.sandbox.faults import Fault
from api.sandbox.forms import read_form
from api.sandbox.given import Given
from api.sandbox.idempotency import Asked, Keys
from api.sandbox.ids import new_id
from api.sandbox.parameters import checked
from api.sandbox.platforms import Platform
from api.sandbox.serving import Call, Served, find
from api.sandbox.store import Store
from api.sandbox.trees import Json, is_object

_LONGEST_BODY_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class _Question:
    """A request as far as it is understood."""

    books: Books
    method: str
    path: str
    text: str
    json: bool

    @property
    def api(self) -> str:
        return self.path.split("/")[1]


@dataclass(frozen=True)
class _Found:
    """What a request names, gives, and meets."""

    ids: dict[str, str]
    values: Json
    fault: Fault | None


class _Dropped(Exception):  # noqa: N818 -- not an error: what an armed fault asks for
    """No answer is to come."""


class Desk:
    """Answers every call of the API."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = url
        self._keys = Keys(store)

    async def answer(self, request: Request) -> Response:
        """Answer a call, or do what an armed fault has in store for it."""
        request_id = new_id("req")
        try:
            question = await self._understand(request, request_id)
            fault = faults.take_call(self._store, question.books.platform.id, question.method, question.path)
            status, body, again = await self._with(fault, question)
        except AnsweredError as problem:
            status, body, again = problem.status, _error(problem), False
        except _Dropped:
            await _drop(request)
            return Response()
        headers = {"request-id": request_id, "stripe-version": API_VERSION}
        if again:
            headers["idempotent-replayed"] = "true"
        return JSONResponse(body, status, headers)

    async def _understand(self, request: Request, request_id: str) -> _Question:
        body = await request.body()
        if len(body) > _LONGEST_BODY_BYTES:
            raise AnsweredError("The request is too large.", status=413, kept=False)
        if (version := request.headers.get("stripe-version", API_VERSION)) != API_VERSION:
            raise AnsweredError(f"The sandbox speaks {API_VERSION}, not {version[:40]}.", kept=False)
        platform = self._platform(request)
        given_key = request.headers.get("idempotency-key")
        books = Books(self._store, platform, platform.id, self._url, Cause(request_id, given_key))
        clock.catch_up(books)
        path, posts = request.url.path, request.method == "POST"
        text = body.decode("utf-8", "replace") if posts else request.url.query
        books = books.of(_owner(books, request))
        return _Question(books, request.method, path, text, json=posts and path.startswith("/v2/"))

    def _platform(self, request: Request) -> Platform:
        key = _secret_key(request.headers.get("authorization", ""))
        if not key:
            raise _unauthorised("You did not provide an API key.")
        found = platforms.by_key(self._store, key)
        if found is None:
            raise _unauthorised(f"Invalid API Key provided: {key[:8]}****{key[-4:]}")
        return found

    async def _with(self, fault: Fault | None, question: _Question) -> tuple[int, Json, bool]:
        """The answer, and whether it was given before, with what goes wrong around it."""
        kind = fault.kind if fault else ""
        if kind == "drop_before":
            raise _Dropped
        if fault and kind in {"conflict", "rate_limited"}:
            raise fault.answer()
        served, ids = self._served(question)
        values = self._values(question, served)
        asked = _asked(question, values)
        before = self._keys.begin(asked, question.books.now) if asked else None
        try:
            found = _Found(ids, values, fault)
            answer = (before.status, before.body) if before else self._work(question, served, found, asked)
            if fault and kind == "late":
                await asyncio.sleep(fault.seconds)
        finally:
            if asked and not before:
                self._keys.end(asked)
        if kind == "drop_after":
            raise _Dropped
        return (*answer, before is not None)

    def _served(self, question: _Question) -> tuple[Served, dict[str, str]]:
        found = find(question.method, question.path)
        if found:
            return found
        if _is_of_stripe(question.method, question.path):
            raise unserved(f"{question.method} {question.path}")
        message = f"Unrecognized request URL ({question.method}: {question.path})."
        raise AnsweredError(message, status=404, kept=False)

    def _values(self, question: _Question, served: Served) -> Json:
        wanted = endpoints.parameters_class(served.method, served.path)
        values = _read(question)
        page = {"page": values.pop("page")} if _goes_on(question, values) else {}
        return checked(values, wanted, text=not question.json) | page

    def _work(
        self, question: _Question, served: Served, found: _Found, asked: Asked | None
    ) -> tuple[int, Json]:
        """Do it and keep the answer to its key, in one transaction."""
        with self._store.transaction():
            status, body, kept = self._outcome(question, served, found)
            if asked and kept:
                self._keys.keep(asked, question.books.now, status, body)
        return status, body

    def _outcome(self, question: _Question, served: Served, found: _Found) -> tuple[int, Json, bool]:
        """Status, answer, and whether it is the key's first one."""
        kind = found.fault.kind if found.fault else ""
        try:
            if found.fault and kind == "error_before":
                raise found.fault.answer()
            body = self._done(Call(question.books, Given(found.values), found.ids), served)
            if found.fault and kind == "error_after":
                raise found.fault.answer()
        except AnsweredError as problem:
            return problem.status, _error(problem), problem.kept
        return 200, body, True

    def _done(self, call: Call, served: Served) -> Json:
        with self._store.transaction():
            return _result(call, served)


def _result(call: Call, served: Served) -> Json:
    places = call.given.texts("expand")
    call.given.only(include=call.given.get("include"))
    body = served.endpoint(call)
    if left := call.given.left_over():
        raise unserved(f"the parameter {left[0]} of {served.method} {served.path}", param=left[0])
    return expand(call.books, json.loads(json.dumps(body)), places)


def _read(question: _Question) -> Json:
    if not question.json:
        return read_form(question.text)
    try:
        found = json.loads(question.text or "{}")
    except ValueError as error:
        raise malformed("Invalid JSON.", param=None, code=None) from error
    if not is_object(found):
        raise malformed("The body must be an object.", param=None, code=None)
    return found


def _goes_on(question: _Question, values: Json) -> bool:
    """Whether the SDK follows the address of a next page: its types do not know what that is made of."""
    return question.api == "v2" and question.method == "GET" and str(values.get("page", "")).isdecimal()


def _asked(question: _Question, values: Json) -> Asked | None:
    key = question.books.cause.idempotency_key if question.books.cause else None
    if question.method != "POST" or not key:
        return None
    return Asked(question.books.owner, key, f"{question.method} {question.path}", values, question.api)


def _owner(books: Books, request: Request) -> str:
    """Whose objects a call is about: the platform's, or those of an account that is connected to it."""
    account = request.headers.get("stripe-account") or request.headers.get("stripe-context") or books.owner
    if account != books.owner and books.find("v2.core.account", account) is None:
        message = f"The provided key does not have access to account '{account}' (or it does not exist)."
        raise AnsweredError(message, status=403, kept=False, code="account_invalid")
    return account


def _secret_key(header: str) -> str:
    """Of either scheme: a bearer, or the name of basic authentication."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return ""
    return value.strip()


def _unauthorised(message: str) -> AnsweredError:
    return AnsweredError(message, status=401, kept=False)


def _error(problem: AnsweredError) -> Json:
    return {"error": problem.body}


def _is_of_stripe(method: str, path: str) -> bool:
    """Whether the SDK has such an endpoint, which is not served here."""
    steps = path.split("/")
    return any(known == method and _fits(template.split("/"), steps) for known, template in endpoints.known())


def _fits(template: list[str], steps: list[str]) -> bool:
    return len(template) == len(steps) and all(
        part == step or part.startswith("{") for part, step in zip(template, steps, strict=True)
    )


async def _drop(request: Request) -> None:
    """Break the connection, so that no answer comes."""
    request.scope["extensions"]["sandbox.drop"]["transport"].abort()
    await asyncio.sleep(0)
