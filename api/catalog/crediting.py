"""Whom a track credits: the uploader, and anybody whom they name (D-16)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.errors import CreditIsDeclined
from api.refusals import IdOfAnotherType, InvalidValue, NotFound, Problems, Refused
from db.ids import ProducerId, TrackId, prefix_of
from db.queries import credits as queries
from db.queries import producers as producer_queries
from db.vocabulary import ErrorCode

MOST_CREDITED: Final = 20
_FIELD: Final = "credited_producer_ids"


async def checked_credits(
    session: AsyncSession,
    problems: Problems,
    credited: Sequence[ProducerId],
    *,
    declined: Collection[ProducerId] = (),
) -> None:
    """Note every credited producer who does not exist, is there twice, or does not want to be named.

    Args:
        declined: Who took their name off this track.
    """
    if len(credited) > MOST_CREDITED:
        sentence = f"These are {len(credited)} producers; at most {MOST_CREDITED} are allowed."
        limit = Decimal(MOST_CREDITED)
        problems.note(InvalidValue(sentence, (_FIELD,), ErrorCode.TOO_LONG, maximum=limit))
    read = credited[:MOST_CREDITED]
    names = {row.id: row.name for row in await producer_queries.producers(session, read)}
    for position, producer in enumerate(read):
        refused = _why_not(producer, names, read[:position], declined)
        if refused:
            problems.note(refused.at(_FIELD, str(position)))


def _why_not(
    producer: ProducerId,
    names: dict[ProducerId, str],
    before: Sequence[ProducerId],
    declined: Collection[ProducerId],
) -> Refused | None:
    if prefix_of(producer) not in {None, "pro"}:
        return IdOfAnotherType("This is the id of something else; an id of type producer is needed.")
    if producer not in names:
        return NotFound("There is no such producer.")
    if producer in before:
        return InvalidValue(f"{names[producer]} is there twice.", code=ErrorCode.REPEATED)
    if producer in declined:
        return CreditIsDeclined(f"{names[producer]} has taken their name off this track.")
    return None


async def set_credits(
    session: AsyncSession,
    track: TrackId,
    uploader: ProducerId,
    credited: Sequence[ProducerId],
    *,
    published: bool,
) -> None:
    """The uploader first, then the others, and nobody else."""
    everyone = list(dict.fromkeys([uploader, *credited]))
    await queries.credit(session, track, everyone)
    await queries.end_credits(session, track, but=everyone, published=published)
