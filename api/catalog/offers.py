"""How a track is offered: the model, and what an exclusive offer must say (D-40, D-42)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from api.auth.rules import checked_email
from api.refusals import InvalidValue, Problems, TermsAreNotCurrent
from api.terms import LICENCE
from api.texts import checked_text
from db.ids import LicencePresetId
from db.vocabulary import (
    AudioFormat,
    CurrencyCode,
    ErrorCode,
    ExclusiveAvailability,
    LicencePermission,
    LicensingModel,
)

HIGHEST_PRICE: Final = Decimal(700_000)
"""With the fee and a tax of 25 % it is below 1,000,000, which is more than the payment provider takes at once."""
LOWEST_PRICE: Final = Decimal("1.00")
_LONGEST_PLACE: Final = 100
_HUNDRED: Final = Decimal(100)

STANDARD_CONDITIONS: Final = (
    "For one project.",
    "Perpetual; it survives the subscription.",
    'Credit: "Produced by" and the producer\'s name.',
    "No registration with Content ID.",
    "Live performances up to 50 attendees.",
    "Not transferable.",
)
EXCLUSIVE_CONDITIONS: Final = (
    "No further licences are granted after the sale.",
    "Standard licences granted before stay valid.",
    'Credit: "Produced by" and the producer\'s name.',
)


@dataclass(frozen=True)
class TermsOfOffer:
    """Exclusive terms; the defaults are those of D-42."""

    producer_share_percent: Decimal = Decimal(20)
    licensee_share_percent: Decimal = Decimal(80)
    royalty_percent: Decimal = Decimal(3)
    territory: str = "Worldwide"
    governing_law: str = "Ontario, Canada"
    permissions: tuple[LicencePermission, ...] = tuple(LicencePermission)
    delivered_files: tuple[AudioFormat, ...] = tuple(AudioFormat)

    @classmethod
    def stored(cls, changes: Mapping[str, Any] | None) -> "TermsOfOffer":
        """Terms from what a track keeps: only what differs from the defaults."""
        return cls(**{name: _READ[name](value) for name, value in (changes or {}).items()})


@dataclass(frozen=True)
class ExclusiveProposal:
    """An exclusive offer as it was entered."""

    availability: ExclusiveAvailability
    contact_email: str
    accepted_terms_version: str
    price_amount: Decimal | None = None
    price_currency: CurrencyCode | None = None
    terms: Mapping[str, Any] = field(default_factory=dict[str, Any])
    preset: LicencePresetId | None = None
    """Lends the terms that are left out."""


def checked_offer(
    problems: Problems,
    model: LicensingModel,
    exclusive: ExclusiveProposal | None,
    *,
    place: tuple[str, ...] = ("licensing",),
) -> dict[str, Any]:
    """The offer as columns of a track; what is wrong is noted under `place`."""
    columns: dict[str, Any] = {"licensing_model": model}
    with problems.under(*place, "exclusive"):
        columns |= _exclusive_columns(model, exclusive)
    return columns


def _exclusive_columns(model: LicensingModel, exclusive: ExclusiveProposal | None) -> dict[str, Any]:
    if model is LicensingModel.STANDARD:
        if exclusive is not None:
            sentence = "A track with standard licences alone has no exclusive offer."
            raise InvalidValue(sentence, code=ErrorCode.MALFORMED)
        return {}
    if exclusive is None:
        raise InvalidValue("Say how the exclusive is offered.", code=ErrorCode.REQUIRED)
    return _checked_exclusive(exclusive)


def _checked_exclusive(exclusive: ExclusiveProposal) -> dict[str, Any]:
    problems = Problems()
    columns: dict[str, Any] = {
        "exclusive_availability": exclusive.availability,
        "accepted_terms_version": exclusive.accepted_terms_version,
    }
    if exclusive.availability is ExclusiveAvailability.SOLD:
        sentence = "Only a sale makes a track SOLD."
        problems.note(InvalidValue(sentence, ("availability",), ErrorCode.UNKNOWN_VALUE))
    if exclusive.accepted_terms_version != LICENCE.current:
        problems.note(TermsAreNotCurrent(path=("accepted_terms_version",), current=LICENCE.of()))
    with problems.under("contact_email"):
        columns["contact_email"] = checked_email(exclusive.contact_email)
    with problems.under("price"):
        columns |= _price(exclusive)
    with problems.under("terms"):
        columns["exclusive_terms"] = checked_terms(exclusive.terms)
    problems.refuse_any()
    return columns


def _price(exclusive: ExclusiveProposal) -> dict[str, Any]:
    amount = exclusive.price_amount
    if amount is None or exclusive.price_currency is None:
        if exclusive.availability is ExclusiveAvailability.PRIVATE:
            return {}
        raise InvalidValue("Give the price.", code=ErrorCode.REQUIRED)
    minor = checked_amount(amount, "price", lowest=LOWEST_PRICE)
    return {"exclusive_price_minor": minor, "exclusive_currency": exclusive.price_currency}


def checked_amount(amount: Decimal, name: str, *, lowest: Decimal) -> int:
    """An amount of money in cents.

    Raises:
        InvalidValue: It is below the lowest, above the highest price, or finer than a cent.
    """
    if not lowest <= amount <= HIGHEST_PRICE:
        sentence = f"The {name} must be from {lowest} to {HIGHEST_PRICE}."
        raise InvalidValue(
            sentence, ("amount",), ErrorCode.OUT_OF_RANGE, minimum=lowest, maximum=HIGHEST_PRICE
        )
    if amount != amount.quantize(Decimal("0.01")):
        raise InvalidValue(f"A {name} has two decimals at most.", ("amount",), ErrorCode.MALFORMED)
    return int(amount.scaleb(2))


def checked_terms(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What differs from the defaults, as JSON; null where nothing does.

    Raises:
        ManyRefused: Everything that is wrong with them.
    """
    problems = Problems()
    changes: dict[str, Any] = {}
    for name, value in given.items():
        with problems.under(name):
            changes[name] = _WRITE[name](value)
    _check_shares(problems, given)
    problems.refuse_any()
    return changes or None


def _check_shares(problems: Problems, given: Mapping[str, Any]) -> None:
    default = TermsOfOffer()
    producer = given.get("producer_share_percent", default.producer_share_percent)
    licensee = given.get("licensee_share_percent", default.licensee_share_percent)
    if not problems.found and producer + licensee != _HUNDRED:
        sentence = f"The shares of publishing sum to {producer + licensee} %, not to 100 %."
        suggestion = str(_HUNDRED - producer)
        problems.note(
            InvalidValue(sentence, ("licensee_share_percent",), ErrorCode.OUT_OF_RANGE, suggestion=suggestion)
        )


def _percent(value: Decimal) -> str:
    if not 0 <= value <= _HUNDRED:
        sentence = "A share is from 0 to 100 percent."
        raise InvalidValue(sentence, code=ErrorCode.OUT_OF_RANGE, minimum=Decimal(0), maximum=_HUNDRED)
    if value != value.quantize(Decimal("0.01")):
        raise InvalidValue("A percentage has two decimals at most.", code=ErrorCode.MALFORMED)
    return f"{value:f}"


def _place(value: str) -> str:
    return checked_text(value, longest=_LONGEST_PLACE)


def _choice(values: Sequence[str]) -> list[str]:
    repeated = [str(position) for position, value in enumerate(values) if value in values[:position]]
    if repeated:
        raise InvalidValue("This is there twice.", (repeated[0],), ErrorCode.REPEATED)
    return [str(value) for value in values]


def _chosen_files(values: Sequence[str]) -> list[str]:
    if not values:
        raise InvalidValue("An exclusive delivers one file at least.", code=ErrorCode.REQUIRED)
    return _choice(values)


def _permissions(words: Sequence[str]) -> tuple[LicencePermission, ...]:
    return tuple(LicencePermission(word) for word in words)


def _files(words: Sequence[str]) -> tuple[AudioFormat, ...]:
    return tuple(AudioFormat(word) for word in words)


_WRITE: Final[dict[str, Callable[[Any], Any]]] = {
    "producer_share_percent": _percent,
    "licensee_share_percent": _percent,
    "royalty_percent": _percent,
    "territory": _place,
    "governing_law": _place,
    "permissions": _choice,
    "delivered_files": _chosen_files,
}
_READ: Final[dict[str, Any]] = {
    "producer_share_percent": Decimal,
    "licensee_share_percent": Decimal,
    "royalty_percent": Decimal,
    "territory": str,
    "governing_law": str,
    "permissions": _permissions,
    "delivered_files": _files,
}
TERMS: Final = tuple(_WRITE)
