"""GraphQL over WebSocket: graphql-transport-ws, by Strawberry's handler."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import strawberry
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET

from api.context import RequestContext
from api.http.asking import Asker, bearer

_MAX_SUBSCRIPTIONS: Final = 50
"""On one connection; a browser tab needs a handful."""


class GraphQLOverWebSocket(GraphQL[RequestContext, None]):
    """One connection is one viewer: the one its `connection_init` names, or its cookie."""

    def __init__(self, schema: strawberry.Schema, asker: Asker) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            max_subscriptions_per_connection=_MAX_SUBSCRIPTIONS,
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
        return orjson.loads(data)


def _authorization(parameters: Mapping[str, object] | None) -> str | None:
    found = {key.lower(): value for key, value in (parameters or {}).items()}
    value = found.get("authorization")
    return value if isinstance(value, str) and value else None
