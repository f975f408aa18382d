"""Beat requests as if they had been posted."""

from datetime import datetime, timedelta
from typing import Any, Final

from db.clock import now
from db.ids import BeatRequestId, new_id
from db.models.requests import BeatRequest, RequestOpening
from db.session import Sessions
from db.vocabulary import BeatRequestDuration, CurrencyCode, Scale, WantedLicence
from tests.factories import Person

EVERYTHING: Final[dict[str, Any]] = {
    "genre": "Trap",
    "genre_folded": "trap",
    "bpm_min": 138,
    "bpm_max": 146,
    "pitch_class": 9,
    "scale": Scale.MINOR,
    "moods": ["Dark"],
    "tags": ["808"],
    "budget_minor": 50_000,
    "budget_currency": CurrencyCode.CAD,
}
"""Columns of a request that leaves nothing open."""


async def a_request(
    sessions: Sessions, of: Person, *, opened_at: datetime | None = None, **different: Any
) -> BeatRequestId:
    """One that is open for a day and asks for nothing but what is `different`: columns that differ."""
    opened = opened_at or now()
    usual: dict[str, Any] = {
        "text": "Something for a late drive home, with room for a voice.",
        "moods": [],
        "tags": [],
        "wanted_licence": WantedLicence.ANY,
        "duration": BeatRequestDuration.HOURS_24,
        "opened_at": opened,
        "expires_at": opened + timedelta(hours=24),
    }
    columns = usual | different
    if not columns.keys() & {"reference_track_id", "reference_upload_id"}:
        columns.setdefault("reference_url", "https://example.org/reference")
    row = BeatRequest(account_id=of.account, **columns)
    async with sessions.writing() as session:
        session.add(row)
        await session.flush()
        session.add(_opening(row))
    return row.id


def _opening(row: BeatRequest) -> RequestOpening:
    return RequestOpening(
        request_id=row.id,
        account_id=row.account_id,
        idempotency_key=new_id("key"),
        input_sha256="0" * 64,
        tokens=1,
        month=f"{row.opened_at:%Y-%m}",
        opened_at=row.opened_at,
        expires_at=row.expires_at,
    )
