"""The link in an e-mail that switches its kind off, without signing in (RFC 8058)."""

from dataclasses import dataclass
from typing import Final

from api.notifications.rules import kinds_in
from api.settings import Settings
from api.signatures import Signer
from db.ids import AccountId, prefix_of
from db.vocabulary import NotificationKind

UNSUBSCRIBE_PATH: Final = "/unsubscribe"


@dataclass(frozen=True)
class Unsubscription:
    """What a link is for."""

    account: AccountId
    kinds: frozenset[NotificationKind]


class UnsubscribeLinks:
    """Gives out and recognises the links; they hold an account's id and a scope, signed, and never end."""

    def __init__(self, settings: Settings) -> None:
        self._start = f"{settings.public_url.rstrip('/')}{UNSUBSCRIBE_PATH}"
        self._signer = Signer(settings.secret_key, use="unsubscribe")

    def of(self, account: AccountId, scope: str) -> str:
        return f"{self._start}/{account}.{scope}.{self._signer.sign(account, scope)}"

    def read(self, token: str) -> Unsubscription | None:
        """Null for what we did not give out."""
        account, scope, signature = [*token.split("."), "", ""][:3]
        kinds = kinds_in(scope)
        if token.count(".") != 2 or not self._signer.holds(signature, account, scope):
            return None
        return Unsubscription(AccountId(account), kinds) if kinds and prefix_of(account) == "acc" else None
