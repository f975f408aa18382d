"""One request: who asks, and everything that resolvers may use on their behalf."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from starlette.requests import HTTPConnection

from api.addresses import RequestAddresses
from api.auth.accounts import access_topic
from api.covers.presets import CoverPresets
from api.documents.press import Press
from api.gateways.attempts import Attempts
from api.gateways.payments import Payments
from api.gateways.pubsub import PubSub
from api.gateways.storage import Storage
from api.lists.pages import RequestLists
from api.loaders.batch import batch_loaders
from api.nodes import NODES
from api.plays.desk import PlayDesk
from api.settings import Settings
from api.viewer import Viewer
from db.ids import (
    ProducerId,
    prefix_of,
)
from db.queries import standing
from db.session import Sessions
from schema.context import Loaders
from schema.faults import unauthenticated
from schema.ground import Node

Reauthenticate = Callable[[], Awaitable[Viewer | None]]


@dataclass(frozen=True)
class Services:
    """What a process has: made once, closed at its end."""

    settings: Settings
    sessions: Sessions
    live: PubSub
    attempts: Attempts
    storage: Storage
    addresses: RequestAddresses
    presets: CoverPresets
    press: Press
    payments: Payments | None
    plays: PlayDesk


@dataclass
class RequestContext:
    """One request; `viewer` may change within it, when somebody signs in.

    Attributes:
        reauthenticate: Reads the viewer anew, for subscriptions that outlive what they began with.
        cookie: Token to keep in a cookie; empty to forget it; null to leave it.
        connection: The WebSocket, where it is one.
        connection_params: What a WebSocket client said at first; Strawberry puts it here.
    """

    services: Services
    viewer: Viewer | None
    reauthenticate: Reauthenticate
    device: str
    peer: str
    cookie: str | None = None
    connection: HTTPConnection | None = None
    connection_params: dict[str, object] | None = None
    _loaders: Loaders | None = field(default=None, repr=False)

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def sessions(self) -> Sessions:
        return self.services.sessions

    @property
    def live(self) -> PubSub:
        return self.services.live

    @property
    def attempts(self) -> Attempts:
        return self.services.attempts

    @property
    def payments(self) -> Payments | None:
        return self.services.payments

    @property
    def plays(self) -> PlayDesk:
        return self.services.plays

    @property
    def presets(self) -> CoverPresets:
        return self.services.presets

    @property
    def addresses(self) -> RequestAddresses:
        return self.services.addresses

    @property
    def loaders(self) -> Loaders:
        if self._loaders is None:
            self._loaders = batch_loaders(
                self.sessions,
                self.viewer,
                settings=self.settings,
                addresses=self.addresses,
                presets=self.presets,
                payments=self.payments,
            )
        return self._loaders

    @property
    def lists(self) -> RequestLists:
        return RequestLists(self.sessions, self.viewer, pays=self.payments is not None)

    def became(self, viewer: Viewer) -> None:
        """Go on as somebody else: what was loaded for the old viewer is forgotten."""
        self.viewer = viewer
        self.forget()

    def forget(self) -> None:
        """Read again what is asked for from now on: a mutation or an event has changed it."""
        self._loaders = None

    async def of_operation(self) -> "RequestContext":
        """The context of one operation; those of a WebSocket share who asks, and nothing that was read before."""
        if self.connection is None:
            return self
        return replace(self, viewer=await self.reauthenticate(), _loaders=None)

    def keep_in_cookie(self, token: str | None) -> None:
        self.cookie = token or ""

    async def watch(self, *topics: str) -> AsyncGenerator[frozenset[str]]:
        """The present state first, then once for each wake; ends when the viewer's access does.

        Raises:
            RequestFault: What the viewer came in by has ended (UNAUTHENTICATED).
        """
        own = [access_topic(self.viewer.account_id)] if self.viewer else []
        async with self.live.listening(*topics, *own) as wakes:
            yield frozenset()
            while True:
                news = await wakes.next()
                await self._check_access()
                self.forget()
                yield frozenset(one for one in news if one)

    async def unsettled_tracks(self, of: ProducerId) -> frozenset[str]:
        async with self.sessions.reading() as session:
            return frozenset(await standing.unsettled(session, of))

    async def node(self, node_id: str) -> Node | None:
        """Any object that the viewer may see; null for another, or none."""
        prefix = prefix_of(node_id)
        return await NODES[prefix](self, node_id) if prefix in NODES else None

    async def _check_access(self) -> None:
        if self.viewer is None:
            return
        self.viewer = await self.reauthenticate()
        if self.viewer is None:
            raise unauthenticated()
