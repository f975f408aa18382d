"""The sandbox as an ASGI application."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.sandbox import (
    accounts,
    balance,
    balance_settings,
    catalogue,
    changing,
    checkout,
    customers,
    disputes,
    events,
    invoices,
    onboarding,
    payments,
    payouts,
    portal,
    refunds,
    schedules,
    subscriptions,
    thin_events,
    transfers,
)
from api.sandbox.answering import Desk
from api.sandbox.configuration import Configuration, install
from api.sandbox.control import Control
from api.sandbox.delivering import keep_going, stop
from api.sandbox.pages.routes import page_routes
from api.sandbox.store import Store

SUBJECTS: Final = (
    accounts,
    balance,
    balance_settings,
    catalogue,
    changing,
    checkout,
    customers,
    disputes,
    events,
    invoices,
    onboarding,
    payments,
    payouts,
    portal,
    refunds,
    schedules,
    subscriptions,
    thin_events,
    transfers,
)
"""The modules whose functions are endpoints: loaded, each has entered its own into the table of `serving`."""
_METHODS: Final = ["GET", "POST", "DELETE"]


def create_app(configuration: Configuration) -> Starlette:
    """The sandbox on its file, with the platform and the webhooks that the configuration names."""
    store = Store(configuration.file)
    install(store, configuration)
    desk, control = Desk(store, configuration.url), Control(store, configuration.url)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        going = asyncio.create_task(keep_going(store, configuration.url))
        yield
        await stop(going)
        store.close()

    return Starlette(
        routes=[
            Route("/readyz", _ready),
            *(Route(f"/{version}/{{rest:path}}", desk.answer, methods=_METHODS) for version in ("v1", "v2")),
            Route("/_sandbox/{rest:path}", control.answer, methods=_METHODS),
            *page_routes(store, configuration.url, configuration.secret_key),
        ],
        lifespan=lifespan,
    )


async def _ready(_: Request) -> Response:
    return JSONResponse({"ready": True})
