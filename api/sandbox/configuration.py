"""What one sandbox is started with: its file, its address, the first platform and who is told of events."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from api.sandbox import platforms, webhooks
from api.sandbox.store import Store
from api.sandbox.webhooks import Endpoint

_SELLER: Final = ("name", "address", "tax_number", "email")


@dataclass(frozen=True)
class Configuration:
    """What a sandbox is started with.

    Attributes:
        file: The SQLite file; it is made if it is not there.
        url: How people and programs reach it.
        secret_key: Of the first platform.
        webhook_url: Where events of the platform go.
        webhook_secret: What they are signed with; empty: none are sent.
        connect_webhook_url: Where events of connected accounts go, and the thin ones.
        connect_webhook_secret: What those are signed with; empty: none are sent.
        seller: What bills say of the first platform, by its fields; what is left out is as it is.
    """

    file: Path
    url: str
    secret_key: str
    webhook_url: str = ""
    webhook_secret: str = ""
    connect_webhook_url: str = ""
    connect_webhook_secret: str = ""
    seller: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """From the variables by which BeatPass knows its payments."""
        public = environment.get("BEATPASS_PUBLIC_URL", "").rstrip("/")
        return cls(
            file=Path(environment["BEATPASS_SANDBOX_FILE"]),
            url=environment["BEATPASS_STRIPE_API_URL"].rstrip("/"),
            secret_key=environment["BEATPASS_STRIPE_SECRET_KEY"],
            webhook_url=f"{public}/stripe/webhooks" if public else "",
            webhook_secret=environment.get("BEATPASS_STRIPE_WEBHOOK_SECRET", ""),
            connect_webhook_url=f"{public}/stripe/connect/webhooks" if public else "",
            connect_webhook_secret=environment.get("BEATPASS_STRIPE_CONNECT_WEBHOOK_SECRET", ""),
            seller={
                fact: environment[f"BEATPASS_SELLER_{fact.upper()}"]
                for fact in _SELLER
                if f"BEATPASS_SELLER_{fact.upper()}" in environment
            },
        )


def from_environment() -> Configuration:
    return Configuration.of(os.environ)


def install(store: Store, configuration: Configuration) -> None:
    """Have the first platform and its webhooks be there, as they were or made."""
    own, connect = configuration.webhook_url, configuration.connect_webhook_url
    with store.transaction():
        _move(store, configuration.url)
        opened = platforms.open_platform(store, configuration.secret_key)
        platforms.save(store, replace(opened, **configuration.seller))
        platform = opened.id
        if own and configuration.webhook_secret:
            webhooks.register(store, platform, Endpoint(own), configuration.webhook_secret)
        if (
            connect and configuration.connect_webhook_secret
        ):  # the newer endpoints' thin events come to it, too
            for endpoint in (Endpoint(connect, scope="connect"), Endpoint(connect, payload="thin")):
                webhooks.register(store, platform, endpoint, configuration.connect_webhook_secret)


def _move(store: Store, url: str) -> None:
    """Pages of before are at the address of now: another start may have found another port free."""
    before = store.row("SELECT url FROM address")
    if before and before[0] != url:
        store.run("UPDATE object SET body = replace(body, ?, ?)", f"{before[0]}/", f"{url}/")
    store.run("DELETE FROM address")
    store.run("INSERT INTO address VALUES (?)", url)
