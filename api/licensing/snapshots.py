"""What a licence keeps of its track, its parties and its terms: as they were, for names and offers change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.catalog.offers import EXCLUSIVE_CONDITIONS, STANDARD_CONDITIONS, TermsOfOffer
from api.terms import LICENCE
from api.texts import in_a_row
from db.keys import key_label
from db.queries.accounts import AccountRow
from db.queries.fingerprints import FingerprintRow
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow
from db.vocabulary import AudioFormat


def work_of(track: TrackRow, credited: Sequence[ProducerRow], fingerprint: FingerprintRow) -> dict[str, Any]:
    """The recording that is licensed.

    Args:
        credited: Its producers, who granted it first.
    """
    return {
        "title": track.title,
        "artists": list(track.artists),
        "producer_name": credited[0].name,
        "producers": [one.name for one in credited],
        "bpm": track.bpm,
        "key": key_label(track.pitch_class, track.scale),
        "duration_ms": track.duration_ms,
        "fingerprinted_at": _first_heard(track, fingerprint).isoformat(),
    }


def _first_heard(track: TrackRow, fingerprint: FingerprintRow) -> datetime:
    """What was recognised by its hash alone was never fingerprinted: its check counts."""
    return fingerprint.fingerprinted_at or fingerprint.checked_at or track.published_at or track.created_at


def licensor_of(producer: ProducerRow) -> dict[str, Any]:
    """Who grants."""
    return {"name": producer.name, "handle": producer.handle}


def licensee_of(account: AccountRow) -> dict[str, Any]:
    """Who is granted something."""
    return {"name": account.display_name, "email": account.email}


def standard_terms(producers: Sequence[str]) -> dict[str, Any]:
    """The standard licence in the words of today (D-41)."""
    return {"version": LICENCE.current, "credit": f"Produced by {in_a_row(producers)}", **usual_terms()}


def usual_terms() -> dict[str, Any]:
    """What every standard licence says, whoever made the track."""
    usual = TermsOfOffer()
    return {
        "producer_share_percent": None,
        "licensee_share_percent": None,
        "royalty_percent": None,
        "territory": usual.territory,
        "governing_law": usual.governing_law,
        "permissions": [],
        "delivered_files": [form.value for form in AudioFormat],
        "conditions": list(STANDARD_CONDITIONS),
    }


def exclusive_terms(producers: Sequence[str], offered: Mapping[str, Any]) -> dict[str, Any]:
    """An exclusive licence in the words of its offer (D-42).

    Args:
        offered: The columns of the track's offer.
    """
    agreed = TermsOfOffer.stored(offered["exclusive_terms"])
    return {
        "version": offered["accepted_terms_version"],
        "credit": f"Produced by {in_a_row(producers)}",
        "producer_share_percent": str(agreed.producer_share_percent),
        "licensee_share_percent": str(agreed.licensee_share_percent),
        "royalty_percent": str(agreed.royalty_percent),
        "territory": agreed.territory,
        "governing_law": agreed.governing_law,
        "permissions": [use.value for use in agreed.permissions],
        "delivered_files": [form.value for form in agreed.delivered_files],
        "conditions": list(EXCLUSIVE_CONDITIONS),
    }
