"""Why tracks answer requests, said when somebody asks: of both as they are now (D-63)."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from api.requests.describing import traits_of, wanted_of
from api.requests.fit import Reason, explain
from api.requests.wanted import seek
from db.ids import BeatRequestId, TrackId
from db.queries import answers, traits

Pair = tuple[BeatRequestId, TrackId]


async def explained(session: AsyncSession, pairs: Collection[Pair]) -> dict[Pair, list[Reason]]:
    """The reasons of each request and track that are there: one for each part that was asked for."""
    asked = await answers.asked_for(session, {request for request, _ in pairs})
    wanted = {row.id: wanted_of(row) for row in asked}
    rows = {row.id: row for row in await traits.held_against(session, {track for _, track in pairs})}
    words = frozenset[str]().union(*(seek(one).words for one in wanted.values()))
    labels = await traits.labels_of(session, [row.number for row in rows.values()], among=words)
    heard = {track: traits_of(row, labels[row.number]) for track, row in rows.items()}
    return {
        (request, track): explain(wanted[request], heard[track])
        for request, track in pairs
        if request in wanted and track in heard
    }
