"""GraphQL over HTTP: what comes in is checked before anything looks at it, what goes out follows the specification."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.context import RequestContext
from api.graphql import is_subscription
from api.http.asking import Asker
from api.http.bodies import BodyRefused, Operation, operation_of
from api.http.explorer import Explorer
from api.http.leaving import Leaving
from api.http.negotiation import (
    EVENT_STREAM,
    GRAPHQL_RESPONSE,
    HTML,
    JSON,
    answer_type,
    prefers,
    takes_multipart,
)
from api.http.streams import EVENTS, PARTS, Framing, streamed
from api.masking import answerable
from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault

_BY_GET = frozenset({OperationType.QUERY, OperationType.SUBSCRIPTION})
_BY_POST = frozenset(OperationType)


class GraphQLOverHttp:
    """The endpoint: POST, GET for what changes nothing, streams, and the explorer for browsers."""

    def __init__(
        self, schema: strawberry.Schema, asker: Asker, explorer: Explorer, *, leaving: Leaving
    ) -> None:
        self._schema = schema
        self._asker = asker
        self._explorer = explorer
        self._leaving = leaving

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
        operation = await operation_of(request)
        context = await self._asker.context(request)
        framing = _framing(accept, operation)
        if framing:
            return streamed(self._bodies(request, operation, context), framing, self._leaving)
        media_type = answer_type(accept)
        if media_type is None:
            raise BodyRefused(406, f"Accept {GRAPHQL_RESPONSE} or {JSON}.")
        return await self._run(request, operation, context, media_type)

    async def _run(
        self, request: Request, operation: Operation, context: RequestContext, media_type: str
    ) -> Response:
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.name,
                operation_extensions=operation.extensions,
                allowed_operation_types=_allowed(request) - {OperationType.SUBSCRIPTION},
            )
        except CannotGetOperationTypeError as error:
            raise BodyRefused(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise _wrong_method(error, request.method) from error
        result.errors = answerable(result.errors or [])
        response = _response(result, media_type)
        self._asker.keep_cookie(request, context, response)
        return response

    async def _bodies(
        self, request: Request, operation: Operation, context: RequestContext
    ) -> AsyncGenerator[dict[str, Any]]:
        results = await self._schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.name,
            allowed_operation_types=_allowed(request),
        )
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, ExecutionResult)  # nothing here is deferred
                yield _body(result)


def _allowed(request: Request) -> frozenset[OperationType]:
    return _BY_POST if request.method == "POST" else _BY_GET


def _framing(accept: str | None, operation: Operation) -> Framing | None:
    """Of a stream; null: one result is wanted."""
    if prefers(accept, EVENT_STREAM):
        return EVENTS
    wanted = takes_multipart(accept) and is_subscription(operation.query, operation.name)
    return PARTS if wanted else None


def _wrong_method(error: InvalidOperationTypeError, method: str) -> BodyRefused:
    if error.operation_type is OperationType.SUBSCRIPTION:
        return BodyRefused(400, f"Subscribe over WebSocket, or accept {EVENT_STREAM}.")
    return BodyRefused(405, error.as_http_error_reason(method))


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
    allow = {"allow": "GET, HEAD, POST"} if refused.status == 405 else {}
    body = orjson.dumps({"errors": [fault.formatted]})
    return Response(body, refused.status, allow, media_type=f"{media_type}; charset=utf-8")
