"""Plans that somebody pays for, and licences that were granted, in as few words as a test needs."""

import itertools
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from api.licensing.snapshots import standard_terms
from db.clock import now
from db.ids import LicenceId, PlanSubscriptionId, TrackId
from db.models.licences import Licence
from db.models.plans import Plan, PlanSubscription
from db.models.producers import Producer
from db.models.tracks import Track
from db.session import Sessions
from db.vocabulary import LicenceKind, PlanStatus
from tests.factories import Person

_numbers: Final = itertools.count(1)


async def a_plan(
    sessions: Sessions, of: Person, name: str = "Classic", **different: Any
) -> PlanSubscriptionId:
    """What somebody pays for, as if the provider had said so."""
    usual: dict[str, Any] = {
        "status": PlanStatus.ACTIVE,
        "idempotency_key": f"plan-{next(_numbers)}",
        "return_path": "/",
        "period_ends_at": now() + timedelta(days=30),
        "started_at": now(),
    }
    async with sessions.writing() as session:
        plan = (await session.scalars(select(Plan).where(col(Plan.name) == name))).one()
        paid = PlanSubscription(account_id=of.account, plan_id=plan.id, **(usual | different))
        session.add(paid)
    return paid.id


async def a_licence(sessions: Sessions, to: Person, track: TrackId, **different: Any) -> LicenceId:
    """A standard licence that was granted, without a signature that holds."""
    async with sessions.writing() as session:
        row = await session.get_one(Track, track)
        producer = await session.get_one(Producer, row.producer_id)
        usual: dict[str, Any] = {
            "number": str(uuid4()),
            "kind": LicenceKind.STANDARD,
            "account_id": to.account,
            "producer_id": producer.id,
            "track_id": track,
            "upload_id": row.upload_id,
            "audio_sha256": row.audio_sha256,
            "work": a_work(title=row.title, artists=row.artists, producer_name=producer.name),
            "licensor": {"name": producer.name, "handle": producer.handle},
            "licensee": {"name": to.name, "email": to.email},
            "terms": standard_terms([producer.name]),
            "signature": "x" * 43,
        }
        licence = Licence(**(usual | different))
        session.add(licence)
    return licence.id


def a_work(**different: Any) -> dict[str, Any]:
    """What a licence keeps of its track."""
    named = {"producers": [different["producer_name"]]} if "producer_name" in different else {}
    usual = named | {
        "bpm": 140,
        "key": "B♭ minor",
        "duration_ms": 180_000,
        "fingerprinted_at": now().isoformat(),
    }
    return usual | different
