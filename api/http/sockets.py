"""GraphQL over WebSocket: graphql-transport-ws, by Strawberry's handler."""

from collections.abc import Mapping
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, Final, cast

import orjson
import strawberry
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.unset import UNSET

from api.context import RequestContext
from api.http.asking import Asker, bearer
from api.http.bodies import MAX_BODY_BYTES

_MAX_SUBSCRIPTIONS: Final = 50
"""On one connection; a browser tab needs a handful."""
_INIT_WITHIN: Final = timedelta(seconds=10)


class _Handler(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """Looks at the form of a message before anything relies on it."""

    async def handle_message(self, message: Any) -> None:
        if _is_well_formed(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("The message has not the form of its type.")


class GraphQLOverWebSocket(GraphQL[RequestContext, None]):
    """One connection is one viewer: the one its `connection_init` names, or its cookie."""

    graphql_transport_ws_handler_class = _Handler

    def __init__(self, schema: strawberry.Schema, asker: Asker) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            max_subscriptions_per_connection=_MAX_SUBSCRIPTIONS,
            connection_init_wait_timeout=_INIT_WITHIN,
        )
        self._asker = asker

    async def get_context(self, request: Any, response: Any) -> RequestContext:
        context = await self._asker.context(request)
        context.connection = request
        return context

    async def on_ws_connect(self, context: RequestContext) -> Any:
        """Sign in by `{authorization: "Bearer …"}`; a token that does not open anything closes the connection."""
        given = _authorization(context.connection_params)
        if given is not None:
            assert isinstance(context.connection, WebSocket)
            named = await self._asker.context(context.connection, token=bearer(given))
            context.reauthenticate = named.reauthenticate
            context.viewer = named.viewer
            if context.viewer is None:
                raise ConnectionRejectionError
        return UNSET

    def encode_json(self, data: object) -> str:
        """As text: bytes would become binary frames, which clients refuse."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        if len(data) > MAX_BODY_BYTES:
            raise JSONDecodeError(f"The message is longer than {MAX_BODY_BYTES} bytes", "", 0)
        return orjson.loads(data)


def _is_well_formed(message: Any) -> bool:
    """Whether what every later step takes for granted holds; the rest is told by its own answer."""
    fields = _fields(message)
    kind, name = fields.get("type"), fields.get("id")
    if not isinstance(kind, str):
        return False
    if kind in {"subscribe", "complete"} and not (isinstance(name, str) and name):
        return False
    return kind != "subscribe" or _is_operation(_fields(fields.get("payload")))


def _is_operation(payload: Mapping[str, Any]) -> bool:
    query = payload.get("query")
    name, variables = payload.get("operationName"), payload.get("variables")
    sound = isinstance(name, str | None) and isinstance(variables, dict | None)
    return sound and isinstance(query, str) and bool(query.strip())


def _fields(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _authorization(parameters: Mapping[str, object] | None) -> str | None:
    found = {key.lower(): value for key, value in (parameters or {}).items()}
    value = found.get("authorization")
    return value if isinstance(value, str) and value else None
