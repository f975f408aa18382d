"""What a payout account is, from what the payment provider says, and what is asked for in words (D-55). Pure."""

from collections.abc import Mapping
from typing import Any, Final

from api.gateways.payout_facts import AccountFacts, Capability, RequirementFacts
from api.payouts.countries import COUNTRIES
from db.vocabulary import PayoutAccountStatus

_WORDS: Final[Mapping[str, str]] = {
    "identity.individual.given_name": "Your first name.",
    "identity.individual.surname": "Your last name.",
    "identity.individual.date_of_birth": "Your date of birth.",
    "identity.individual.address": "Your address.",
    "identity.individual.email": "Your e-mail address.",
    "identity.individual.phone": "Your phone number.",
    "identity.individual.id_numbers": "Your tax or identity number.",
    "identity.individual.documents.primary_verification": "A picture of an identity document.",
    "identity.attestations.terms_of_service.account": "Your agreement to the payment provider's terms.",
    "configuration.recipient.default_outbound_destination": "The bank account to be paid to.",
}
"""What the provider asks for most, as a person says it."""
_TO_FINISH: Final = "Finish the set-up of your payouts first. Your earnings wait until then."
_WAITS_FOR: Final[Mapping[PayoutAccountStatus, str]] = {
    PayoutAccountStatus.UNDER_REVIEW: "The payment provider is looking at your set-up; there is nothing for you to do."
    " Your earnings wait until then.",
    PayoutAccountStatus.RESTRICTED: "The payment provider asks for more: go on with the set-up of your payouts. Your earnings"
    " wait until then.",
    PayoutAccountStatus.REJECTED: "The payment provider will not pay you. Your earnings wait: write to us.",
    PayoutAccountStatus.DISCONNECTED: "The account that you were paid to is closed. Set your payouts up anew; your earnings"
    " wait until then.",
}
"""Where it is not the owner who has to finish what they began."""
_UNFINISHED: Final = frozenset(
    {PayoutAccountStatus.NONE, PayoutAccountStatus.CREATED, PayoutAccountStatus.INCOMPLETE}
)
"""Nobody at the provider has looked at these, and they were never ready."""


def what_it_waits_for(status: PayoutAccountStatus) -> str:
    """Why nothing can be paid to an account that is not ready, and who has to do something."""
    return _WAITS_FOR.get(status, _TO_FINISH)


def is_country(text: str) -> bool:
    """Whether there is such a country; in which of them it pays, the provider knows."""
    return text in COUNTRIES


def can_be_replaced(status: PayoutAccountStatus) -> bool:
    """Whether an account may be closed for one of another country: nothing was ever paid to it."""
    return status in _UNFINISHED


def standing(facts: AccountFacts, *, known: PayoutAccountStatus, was_ready: bool) -> PayoutAccountStatus:
    """What an account is that the provider describes so.

    Ready is what can receive money and send it to a bank, with nothing overdue: not what its owner says on the way back.

    Args:
        known: What it was.
        was_ready: It was ready once.
    """
    if facts.closed:
        return PayoutAccountStatus.DISCONNECTED
    able = {facts.transfers, facts.payouts}
    if Capability.REFUSED in able:
        return PayoutAccountStatus.REJECTED
    overdue = any(one.overdue and one.by_owner for one in facts.requirements)
    if able == {Capability.ACTIVE} and not overdue:
        return PayoutAccountStatus.READY
    return PayoutAccountStatus.RESTRICTED if was_ready else _on_the_way(facts, known)


def _on_the_way(facts: AccountFacts, known: PayoutAccountStatus) -> PayoutAccountStatus:
    untouched = known in {PayoutAccountStatus.NONE, PayoutAccountStatus.CREATED}
    if untouched and not facts.filled_in:
        return PayoutAccountStatus.CREATED
    asked = any(one.by_owner for one in facts.requirements)
    pending = Capability.PENDING in {facts.transfers, facts.payouts}
    return PayoutAccountStatus.UNDER_REVIEW if pending and not asked else PayoutAccountStatus.INCOMPLETE


def asked_for(facts: AccountFacts) -> list[dict[str, Any]]:
    """What the owner still has to give, as rows keep it: each sentence once, what is due first before."""
    owed = sorted(
        (one for one in facts.requirements if one.by_owner),
        key=lambda one: (one.due_at is None, one.due_at),
    )
    found: dict[str, dict[str, Any]] = {}
    for one in owed:
        due = one.due_at.isoformat() if one.due_at else None
        found.setdefault(_sentence(one), {"message": _sentence(one), "due_at": due})
    return list(found.values())


def _sentence(one: RequirementFacts) -> str:
    if one.problem:
        return one.problem
    known = next((text for name, text in _WORDS.items() if one.what.startswith(name)), None)
    words = one.what.rpartition("identity.")[2].replace("_", " ").replace(".", ", ")
    return known or f"{words[:1].upper()}{words[1:]}."
