"""The web process of production: `uvicorn api.app:create_app --factory`."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Route, WebSocketRoute

from api.addresses import RequestAddresses
from api.auth.access import Authenticate, viewer_behind
from api.context import Services
from api.covers.presets import GeneratedArt
from api.documents.press import Press
from api.earnings.links import FinanceLinks
from api.gateways.attempts import Attempts
from api.gateways.payments import open_payments
from api.gateways.pubsub import PubSub
from api.gateways.storage import files_signer, open_storage
from api.graphql import build_schema
from api.http.agreements import agreement_routes
from api.http.asking import Asker
from api.http.astray import Astray
from api.http.discord import discord_routes
from api.http.explorer import Explorer
from api.http.finances import FinanceDoor
from api.http.graphql import GraphQLOverHttp
from api.http.health import Readiness, healthz
from api.http.leaving import Leaving
from api.http.licences import CertificateDoor, LicencePages
from api.http.licensed_files import LicensedFileDoor
from api.http.media import media_routes
from api.http.oembed import OEmbed
from api.http.pages import SharePages
from api.http.pools import SheetDoor
from api.http.proofs import proof_routes
from api.http.receipts import ReceiptDoor
from api.http.requests import RequestIds
from api.http.sockets import GraphQLOverWebSocket
from api.http.stripe import stripe_routes
from api.http.takedowns import takedown_routes
from api.http.tickets import TicketDoor
from api.http.unsubscribe import unsubscribe_routes
from api.http.uploads import upload_routes
from api.http.visitor import Visitor
from api.licensing.links import CertificateLinks, FileLinks
from api.licensing.printing import AgreementAddresses
from api.logs import configure_logs
from api.notifications.unsubscribing import UnsubscribeLinks
from api.plays.desk import PlayDesk
from api.pool.links import SheetLinks
from api.purchases.receipt_links import ReceiptLinks
from api.settings import Settings
from api.support.terms import terms_of
from api.telling import open_sessions
from api.uploads.address import UploadAddresses
from api.uploads.receive import Reception
from api.viewer import Viewer
from db.session import Sessions


def create_app(settings: Settings | None = None) -> Starlette:
    """The product's web process. Tokens of demo mode do not exist here: nothing here knows them."""
    configure_logs()
    settings = settings or Settings()  # type: ignore[call-arg]  # from the environment
    return assemble(settings, by_token(settings), explorer=Explorer())


def by_token(settings: Settings) -> Authenticate:
    """Viewers are known by sessions and API tokens."""

    async def authenticate(sessions: Sessions, token: str, _: HTTPConnection) -> Viewer | None:
        return await viewer_behind(sessions, token, session_days=settings.session_days)

    return authenticate


def assemble(settings: Settings, authenticate: Authenticate, *, explorer: Explorer) -> Starlette:
    """Everything the web process is made of, put together."""
    services = open_services(settings)
    uploads = UploadAddresses(settings)
    reception = Reception(
        services.sessions, services.storage, keep_for=timedelta(hours=settings.upload_hours)
    )
    schema = build_schema(suggestions=settings.mode == "demo")
    asker = Asker(services, authenticate)
    leaving, visitor = Leaving(), Visitor(schema, services)
    tickets = TicketDoor(services.sessions, services.attempts, services.addresses, terms_of(settings))
    routes = [
        Route("/graphql", GraphQLOverHttp(schema, asker, explorer, leaving=leaving)),
        WebSocketRoute("/graphql", GraphQLOverWebSocket(schema, asker)),
        explorer.route,
        *upload_routes(reception, uploads),
        *media_routes(services.sessions, services.storage, files_signer(settings), services.presets),
        *agreement_routes(AgreementAddresses(settings), services.press),
        *unsubscribe_routes(services.sessions, UnsubscribeLinks(settings)),
        *proof_routes(services.sessions, services.attempts),
        *tickets.routes,
        *takedown_routes(services.sessions, services.attempts),
        *discord_routes(settings, services.sessions),
        *stripe_routes(settings, services.sessions),
        *SharePages(visitor, settings).routes,
        *LicencePages(visitor).routes,
        *_signed_routes(settings, services),
        OEmbed(visitor, settings).route,
        Route("/healthz", healthz),
        Route("/readyz", Readiness(services).answer),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(RequestIds)], lifespan=_closing(services, leaving))
    app.router.default = Astray(app.router.default, settings.public_url)
    app.state.services = services
    return app


def _signed_routes(settings: Settings, services: Services) -> list[BaseRoute]:
    """What whoever has an address that we signed may fetch."""
    sessions, press, addresses = services.sessions, services.press, services.addresses
    return [
        *CertificateDoor(sessions, press, CertificateLinks(settings), addresses).routes,
        *LicensedFileDoor(sessions, FileLinks(settings), addresses).routes,
        *FinanceDoor(sessions, press, FinanceLinks(settings)).routes,
        *SheetDoor(sessions, SheetLinks(settings)).routes,
        *ReceiptDoor(sessions, press, ReceiptLinks(settings)).routes,
    ]


def open_services(settings: Settings) -> Services:
    """What the web process uses; closed with it."""
    live = PubSub(settings.redis_url)
    storage, sessions = open_storage(settings), open_sessions(settings, live)
    return Services(
        settings=settings,
        sessions=sessions,
        live=live,
        attempts=Attempts(settings.redis_url, allowed=settings.sign_in_attempts),
        storage=storage,
        addresses=RequestAddresses(settings, storage, UploadAddresses(settings)),
        presets=GeneratedArt(),
        press=Press(),
        payments=open_payments(settings),
        plays=PlayDesk(sessions),
    )


def _closing(
    services: Services, leaving: Leaving
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        try:
            with leaving.heeding_signals():
                yield
        finally:
            if services.payments is not None:
                await services.payments.close()
            await services.press.close()
            await services.live.close()
            await services.attempts.close()
            await services.sessions.close()

    return lifespan
