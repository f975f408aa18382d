"""The web process of demo mode: `uvicorn api.demo.app:create_demo_app --factory`."""

import ipaddress
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from api.app import assemble, by_token
from api.auth.access import Authenticate, viewer_with
from api.demo.accounts import BY_TOKEN, EXPLORER_TOKENS
from api.demo.discord import with_demo_discord
from api.demo.seed import seed_accounts
from api.http.explorer import Explorer
from api.logs import configure_logs
from api.settings import Settings
from api.viewer import Viewer
from db.queries import accounts as queries
from db.session import Sessions

_SIGNS_OF_A_PROXY: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_NOTICE: Final = (
    "Demo mode: everything stays on this machine. Tokens are words: demo-staff, demo-producer, demo-producer-2, "
    "demo-newcomer, demo-artist. Each example has one in its Headers; change it there."
)


def create_demo_app() -> Starlette:
    """The product with demo accounts.

    Raises:
        RuntimeError: The process is not in demo mode.
    """
    configure_logs()
    settings = with_demo_discord(Settings())  # type: ignore[call-arg]  # from the environment
    if settings.mode != "demo":
        raise RuntimeError("The demo app runs in demo mode alone: BEATPASS_MODE=demo")
    app = assemble(
        settings,
        with_demo_tokens(by_token(settings)),
        explorer=Explorer(tokens=EXPLORER_TOKENS, notice=_NOTICE),
    )
    app.router.lifespan_context = _seeding(app, app.router.lifespan_context)
    return app


def with_demo_tokens(otherwise: Authenticate) -> Authenticate:
    """Viewers are known by demo tokens too, if they come from this very machine."""

    async def authenticate(sessions: Sessions, token: str, connection: HTTPConnection) -> Viewer | None:
        account = BY_TOKEN.get(token)
        if account is None:
            return await otherwise(sessions, token, connection)
        if not is_local(connection):
            return None
        async with sessions.reading() as session:
            access = await queries.access_by_account(session, account.email)
            return await viewer_with(session, access) if access else None

    return authenticate


def is_local(connection: HTTPConnection) -> bool:
    """Whether both ends are this machine: the peer's address, and the name that was asked for; nobody in between."""
    if any(name in connection.headers for name in _SIGNS_OF_A_PROXY):
        return False
    peer = connection.client.host if connection.client else ""
    return _is_loopback(peer) and _is_loopback(connection.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _seeding(
    app: Starlette, inner: Callable[[Starlette], AbstractAsyncContextManager[object]]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with inner(app):
            await seed_accounts(app.state.services.sessions)
            yield

    return lifespan
