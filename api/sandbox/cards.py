"""The cards of the sandbox: each behaves in its own way, now and when it is charged again."""

from dataclasses import dataclass
from typing import Any, Final

from api.sandbox.trees import Json


@dataclass(frozen=True)
class Card:
    """A card that a tester can choose.

    Attributes:
        name: Of the choice in forms.
        label: What the tester reads.
        refusal: Why a charge is declined; null where it is not.
        authenticates: Whether its holder is asked by the bank first.
        refuses_later: Why charges without its holder are declined.
    """

    name: str
    label: str
    last4: str
    brand: str = "visa"
    refusal: tuple[str, str] | None = None
    authenticates: bool = False
    refuses_later: tuple[str, str] | None = None

    def facts(self) -> Json:
        """As payment methods have it."""
        facts: dict[str, Any] = {
            "brand": self.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "CA",
            "display_brand": self.brand,
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"sandbox{self.last4}",
            "funding": "credit",
            "last4": self.last4,
            "networks": {"available": [self.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
        }
        return facts


_DECLINED: Final = ("generic_decline", "Your card was declined.")
_NO_FUNDS: Final = ("insufficient_funds", "Your card has insufficient funds.")
CARDS: Final = (
    Card("works", "A card that works", "4242"),
    Card("authenticates", "A card whose bank asks you first", "3155", authenticates=True),
    Card(
        "later", "A card that works now, and is declined at the next renewal", "0341", refuses_later=_DECLINED
    ),
    Card("declined", "A card that is declined", "0002", refusal=_DECLINED),
    Card("no_funds", "A card without funds", "9995", brand="mastercard", refusal=_NO_FUNDS),
)
_BY_NAME: Final = {card.name: card for card in CARDS}
_BY_LAST4: Final = {card.last4: card for card in CARDS}


def by_name(name: str) -> Card | None:
    return _BY_NAME.get(name)


def of_method(method: Json) -> Card:
    """The card that a payment method was made of."""
    return _BY_LAST4[method["card"]["last4"]]
