"""The demo accounts: who they are, and the words that sign them in."""

from dataclasses import dataclass
from typing import Final

from db.vocabulary import Role


@dataclass(frozen=True)
class DemoAccount:
    """One account of demo mode.

    Attributes:
        token: Bearer token that signs it in.
        producer: Name of its profile; null for listeners.
    """

    token: str
    display_name: str
    roles: tuple[Role, ...] = ()
    producer: str | None = None

    @property
    def email(self) -> str:
        return f"{self.token}@beatpass.example"


STAFF: Final = DemoAccount("demo-staff", "Sam (staff)", (Role.STAFF,))
PRODUCER: Final = DemoAccount("demo-producer", "Nova", (Role.PRODUCER, Role.VERIFIED_PRODUCER), "Nova Keys")
PRODUCER_2: Final = DemoAccount(
    "demo-producer-2", "Kilo", (Role.PRODUCER, Role.VERIFIED_PRODUCER), "Kilo Wave"
)
NEWCOMER: Final = DemoAccount("demo-newcomer", "Noa")
ARTIST: Final = DemoAccount("demo-artist", "Ari")
EVERYONE: Final = (STAFF, PRODUCER, PRODUCER_2, NEWCOMER, ARTIST)
BY_TOKEN: Final = {account.token: account for account in EVERYONE}
EXPLORER_TOKENS: Final = {
    "listener": NEWCOMER.token,
    "producer": PRODUCER.token,
    "producer 2": PRODUCER_2.token,
    "staff": STAFF.token,
}
"""For whom the example operations of the explorer are."""
