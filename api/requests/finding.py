"""Finding what to weigh: the tracks that may answer a request, and the open requests that a track may answer (D-62)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.requests.describing import Described, HeardTrack, heard_track, wanted_of
from api.requests.fit import sound_points
from api.requests.meaning import genres_for
from api.requests.wanted import seek
from db.ids import BeatRequestId, ProducerId
from db.queries import answers
from db.queries.answers import Suited
from db.queries.matching import KEPT_OF_A_PRODUCER, Asker, Candidate, candidates
from db.seeking import Sought
from db.session import Sessions
from db.sound import parse
from db.vocabulary import MatchPart


async def tracks_for(
    sessions: Sessions, request: BeatRequestId, *, of: ProducerId | None = None
) -> dict[ProducerId, set[int]]:
    """Tracks to weigh, by their producers: the best that may answer, and all that have rows.

    Args:
        of: Only this producer's.
    """
    async with sessions.reading() as session:
        rows = await answers.open_requests(session, [request])
        if not rows:
            return {}
        sought = seek(wanted_of(rows[0]))
        found = await candidates(session, sought, Asker(request, rows[0].account_id), of=of)
        there = [] if of else await answers.answers_to(session, request)
    numbers: dict[ProducerId, set[int]] = defaultdict(set)
    for producer, number in (
        *((one.producer_id, one.number) for one in _best_of_each(sought, found)),
        *((row.producer_id, row.number) for row in there),
    ):
        numbers[producer].add(number)
    return numbers


def _best_of_each(sought: Sought, found: Sequence[Candidate]) -> Iterable[Candidate]:
    """The best candidates of each producer; without a sound the database has chosen them."""
    if MatchPart.SOUND not in sought.weights or sought.sound is None:
        return found
    weight, sound = sought.weights[MatchPart.SOUND], parse(sought.sound)
    ranked: dict[ProducerId, list[tuple[int, int, Candidate]]] = defaultdict(list)
    for one in found:
        points = one.points + (weight * sound_points(sound, parse(one.sound)) if one.sound else 0)
        if points >= sought.least:
            ranked[one.producer_id].append((points, one.number, one))
    return [one for of in ranked.values() for *_, one in sorted(of, reverse=True)[:KEPT_OF_A_PRODUCER]]


async def requests_for(session: AsyncSession, track: Described) -> set[BeatRequestId]:
    """Open requests that a track answers, or did so far."""
    asked = set(await answers.answered_by(session, track.id))
    if heard := await heard_track(session, track.number):
        suited = await answers.suited_requests(session, await _suited(session, heard))
        asked.update(one.id for one in suited if heard.score_for(one) is not None)
    return asked


async def _suited(session: AsyncSession, track: HeardTrack) -> Suited:
    traits = track.traits
    genres = {
        genre for genre in await answers.wanted_genres(session) if genres_for(genre).keys() & traits.genres
    }
    tempos = (traits.bpm, traits.bpm * 2, traits.bpm / 2)
    return Suited(frozenset(genres), tempos, traits.exclusive, track.account_id)
