"""GraphQL over HTTP: what comes in is checked before anything looks at it, what goes out follows the specification."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
import strawberry
import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.context import RequestContext
from api.graphql import answerable
from api.http.asking import Asker
from api.http.explorer import Explorer
from api.http.negotiation import EVENT_STREAM, GRAPHQL_RESPONSE, HTML, JSON, MULTIPART, answer_type, prefers
from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault

_log = structlog.get_logger(__name__)
MAX_BODY_BYTES: Final = 256 * 1024
EXECUTION_S: Final = 10
_HEARTBEAT_S: Final = 12


@dataclass(frozen=True)
class Operation:
    """One operation as a client sent it."""

    query: str
    variables: dict[str, Any] | None
    name: str | None
    extensions: dict[str, Any] | None


class BodyRefused(Exception):  # noqa: N818 -- an answer, not a fault
    """The request is no GraphQL request.

    Attributes:
        status: Of the HTTP answer.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class GraphQLOverHttp:
    """The endpoint: POST, GET for queries, event streams, and the explorer for browsers."""

    def __init__(self, schema: strawberry.Schema, asker: Asker, explorer: Explorer) -> None:
        self._schema = schema
        self._asker = asker
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except BodyRefused as refused:
            response = _refusal(request, refused)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD", "POST"}:
            raise BodyRefused(405, "GraphQL takes GET and POST.")
        accept = request.headers.get("accept")
        if request.method != "POST" and prefers(accept, HTML) and "query" not in request.query_params:
            return self._explorer.page(request)
        operation = await _operation(request)
        context = await self._asker.context(request)
        if prefers(accept, EVENT_STREAM):
            return self._stream(operation, context)
        media_type = answer_type(accept)
        if media_type is None and not _is_multipart(accept):
            raise BodyRefused(406, f"Accept {GRAPHQL_RESPONSE} or {JSON}.")
        return await self._run(request, operation, context, media_type or JSON)

    async def _run(
        self, request: Request, operation: Operation, context: RequestContext, media_type: str
    ) -> Response:
        allowed = OperationType.from_http("POST" if request.method == "POST" else "GET")
        try:
            async with asyncio.timeout(EXECUTION_S):
                result = await self._schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.name,
                    operation_extensions=operation.extensions,
                    allowed_operation_types=allowed - {OperationType.SUBSCRIPTION},
                )
        except CannotGetOperationTypeError as error:
            raise BodyRefused(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise _wrong_method(error, request.method) from error
        except TimeoutError:
            sentence = f"The operation ran longer than {EXECUTION_S} s."
            result = _failed(RequestFault(sentence, RequestErrorCode.TIMED_OUT))
        result.errors = answerable(result.errors or [])
        response = _response(result, media_type)
        self._asker.keep_cookie(request, context, response)
        return response

    def _stream(self, operation: Operation, context: RequestContext) -> Response:
        """Distinct-connection mode of GraphQL over Server-Sent Events."""
        headers = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}
        return StreamingResponse(self._events(operation, context), media_type=EVENT_STREAM, headers=headers)

    async def _events(self, operation: Operation, context: RequestContext) -> AsyncIterator[bytes]:
        results = await self._schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
        )
        iterator = aiter(results)
        waiting: asyncio.Task[Any] = asyncio.ensure_future(anext(iterator))
        try:
            yield b":\n\n"  # the connection stands
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=_HEARTBEAT_S)
                if not done:
                    yield b":\n\n"
                    continue
                yield b"event: next\ndata: " + orjson.dumps(_body(waiting.result())) + b"\n\n"
                waiting = asyncio.ensure_future(anext(iterator))
        except StopAsyncIteration:
            yield b"event: complete\ndata:\n\n"
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await results.aclose()


async def _operation(request: Request) -> Operation:
    if request.method == "POST":
        return _checked(_json(await _body_of(request)))
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _json(given[name].encode())
    return _checked(given)


async def _body_of(request: Request) -> bytes:
    """The whole body, refused as soon as it is known to be too long."""
    _check_content_type(request.headers)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyRefused(413, f"The body is longer than {MAX_BODY_BYTES} bytes.")
    return bytes(body)


def _check_content_type(headers: Headers) -> None:
    name, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").removeprefix("charset=") or "utf-8"
    if name.strip().lower() != JSON or charset not in {"utf-8", '"utf-8"'}:
        raise BodyRefused(415, f"Send {JSON} in UTF-8.")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        raise BodyRefused(413, f"The body is longer than {MAX_BODY_BYTES} bytes.")


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BodyRefused(400, "This is not JSON in UTF-8.") from error


def _checked(given: Any) -> Operation:
    if not isinstance(given, dict):
        raise BodyRefused(400, "Send one JSON object with `query`; batches are not taken.")
    fields = cast("dict[str, Any]", given)
    query, name = fields.get("query"), fields.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BodyRefused(400, "`query` must be a string with an operation.")
    if name is not None and not isinstance(name, str):
        raise BodyRefused(400, "`operationName` must be a string.")
    return Operation(query, _object(fields, "variables"), name or None, _object(fields, "extensions"))


def _object(given: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise BodyRefused(400, f"`{name}` must be an object.")
    return cast("dict[str, Any] | None", value)


def _wrong_method(error: InvalidOperationTypeError, method: str) -> BodyRefused:
    if error.operation_type is OperationType.SUBSCRIPTION:
        return BodyRefused(400, f"Subscribe over WebSocket, or accept {EVENT_STREAM}.")
    return BodyRefused(405, error.as_http_error_reason(method))


def _is_multipart(accept: str | None) -> bool:
    return MULTIPART in (accept or "")


def _failed(fault: RequestFault) -> ExecutionResult:
    return ExecutionResult(data=None, errors=[fault])


def _body(result: ExecutionResult) -> dict[str, Any]:
    """As the specification writes it: no `data` where the operation was never run."""
    errors = [error.formatted for error in result.errors or ()]
    body: dict[str, Any] = {"errors": errors} if errors else {}
    return body if _never_ran(result) else {**body, "data": result.data}


def _never_ran(result: ExecutionResult) -> bool:
    """Refused before execution: at the limits, in validation, or in reading the variables."""
    errors = result.errors or []
    nowhere = result.data is None and bool(errors) and not any(error.path for error in errors)
    return isinstance(result, PreExecutionError) or nowhere


def _response(result: ExecutionResult, media_type: str) -> Response:
    refused = _never_ran(result) and media_type == GRAPHQL_RESPONSE
    return Response(
        orjson.dumps(_body(result)),
        status_code=400 if refused else 200,
        media_type=f"{media_type}; charset=utf-8",
    )


def _refusal(request: Request, refused: BodyRefused) -> Response:
    """An answer in GraphQL's own form, so that one error handler of a client is enough."""
    fault = RequestFault(refused.message, RequestErrorCode.BAD_REQUEST)
    media_type = answer_type(request.headers.get("accept")) or JSON
    allow = {"allow": "GET, POST"} if refused.status == 405 else {}
    body = orjson.dumps({"errors": [fault.formatted]})
    return Response(body, refused.status, allow, media_type=f"{media_type}; charset=utf-8")
