"""What Stripe makes of what it knows about a person who is to be paid: capabilities, and what it asks for."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from api.sandbox.trees import Json

Verification = Literal["none", "pending", "verified", "document", "rejected"]
_PERSON: Final = (
    "identity.individual.given_name",
    "identity.individual.surname",
    "identity.individual.date_of_birth",
    "identity.individual.address",
    "identity.attestations.terms_of_service.account",
)
_DOCUMENT: Final = "identity.individual.documents.primary_verification"
_BANK: Final = "configuration.recipient.default_outbound_destination"
_TRANSFERS: Final = "stripe_balance.stripe_transfers"
_PAYOUTS: Final = "stripe_balance.payouts"


@dataclass(frozen=True)
class Known:
    """What is known of somebody.

    Attributes:
        identity: Whether name, birth, address and agreement are there.
        bank: The bank account: one that takes payouts, one that sends them back, or none.
        verification: What came of looking at the person; `document` waits for one.
    """

    identity: bool = False
    bank: Literal["none", "works", "refuses"] = "none"
    verification: Verification = "none"

    def kept(self) -> Json:
        return asdict(self)


def capabilities(known: Known) -> Json:
    """What they may do, and why not."""
    transfers = _status(known)
    paid_out = {**_open("restricted", "requirements_past_due", "provide_info")}
    payouts = transfers if known.bank != "none" or transfers["status"] != "active" else paid_out
    return {"stripe_balance": {"stripe_transfers": transfers, "payouts": payouts}}


def _status(known: Known) -> Json:
    if known.verification == "rejected":
        return _open("rejected", "rejected_other", "no_resolution")
    if known.identity and known.verification == "verified":
        return {"status": "active", "status_details": []}
    if known.identity and known.verification == "pending":
        return _open("pending", "requirements_pending_verification", "no_resolution")
    return _open("restricted", "requirements_past_due", "provide_info")


def _open(status: str, code: str, resolution: str) -> Json:
    return {"status": status, "status_details": [{"code": code, "resolution": resolution}]}


def requirements(known: Known) -> Json | None:
    """What is asked for, by whom it is owed; null where nothing is."""
    entries: list[Json] = []
    if not known.identity:
        entries += [_entry(description, _TRANSFERS) for description in _PERSON]
    if known.bank == "none":
        entries.append(_entry(_BANK, _PAYOUTS))
    if known.verification == "pending":
        entries.append(_entry(_DOCUMENT, _TRANSFERS, owed_by="stripe"))
    if known.verification == "document":
        entries.append(_entry(_DOCUMENT, _TRANSFERS, errors=[_NOT_UPLOADED]))
    if not entries:
        return None
    return {"entries": entries, "summary": {"minimum_deadline": {"status": "currently_due", "time": None}}}


_NOT_UPLOADED: Final = {
    "code": "verification_document_not_uploaded",
    "description": "A picture of an identity document is needed.",
}


def _entry(
    description: str, capability: str, *, owed_by: str = "user", errors: list[dict[str, str]] | None = None
) -> Json:
    restricted: dict[str, Any] = {
        "capability": capability,
        "configuration": "recipient",
        "deadline": {"status": "currently_due"},
    }
    return {
        "awaiting_action_from": owed_by,
        "description": description,
        "errors": errors or [],
        "impact": {"restricts_capabilities": [restricted]},
        "minimum_deadline": {"status": "currently_due"},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }
