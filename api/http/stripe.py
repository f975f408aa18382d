"""Where the payment provider's webhooks come in: checked, kept with their jobs in one commit, and nothing else (MONEY 1.6)."""

from collections.abc import Awaitable, Callable
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.gateways.payment_facts import EventFacts
from api.gateways.payments import event_of, is_signed
from api.payments.letterbox import Letterbox
from api.settings import Settings
from db.clock import now
from db.session import Sessions
from db.vocabulary import PaymentSource

_MAX_BODY_BYTES: Final = 1024 * 1024
"""The largest events, of bills with many lines, take some 100 KiB."""
_TOLERANCE_S: Final = 600
"""Both ways: for clocks that differ by ten minutes, and no more, so that what was overheard cannot be said again later."""
_SIGNATURE: Final = "Stripe-Signature"
_TAKEN: Final = 204


def stripe_routes(settings: Settings, sessions: Sessions) -> list[Route]:
    """The endpoints that have a secret; each accepts its own alone."""
    secrets = {
        ("/stripe/webhooks", PaymentSource.PLATFORM): settings.stripe_webhook_secret,
        ("/stripe/connect/webhooks", PaymentSource.CONNECT): settings.stripe_connect_webhook_secret,
    }
    return [
        Route(path, _endpoint(sessions, source, secret.get_secret_value().split(",")), methods=["POST"])
        for (path, source), secret in secrets.items()
        if secret.get_secret_value()
    ]


def _endpoint(
    sessions: Sessions, source: PaymentSource, secrets: list[str]
) -> Callable[[Request], Awaitable[Response]]:
    letterbox = Letterbox(sessions, source)

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response("Too large.", 413)
        signature, moment = request.headers.get(_SIGNATURE, ""), now()
        if not any(
            is_signed(body, signature, secret.strip(), tolerance_s=_TOLERANCE_S, at=moment)
            for secret in secrets
        ):
            return Response("The signature is not ours, or not of now.", 400)
        event = _read(body)
        if event is None:
            return Response("This is no event.", 400)
        await letterbox.put(event)
        return Response(status_code=_TAKEN)

    return take


async def _body(request: Request) -> bytes | None:
    """Null where it is too large; the rest of it is not read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_BODY_BYTES:
            return None
    return bytes(body)


def _read(body: bytes) -> EventFacts | None:
    try:
        return event_of(orjson.loads(body))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
