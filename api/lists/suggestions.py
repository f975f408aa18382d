"""What is suggested while somebody types into a search box."""

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.lists.reading import Lister
from db.folding import folded
from db.queries import search as queries
from db.queries.hits import rarest_first, search_for
from db.queries.paging import Slice
from db.queries.tracks import TrackFilter, TrackRow
from db.searching import query_of
from db.vocabulary import GENRE_PARENTS, MOODS, OrderDirection, RequestErrorCode, TrackStatus
from schema.collections import Collection
from schema.faults import RequestFault
from schema.producers import Producer
from schema.search import SearchSuggestion
from schema.tracks import Track

MOST_SUGGESTIONS = 20
_LONGEST_TEXT = 100
_TELLING_LETTERS = 3
"""One or two letters begin words of nearly every track: only titles that begin with them are looked up."""


class Suggestions(Lister):
    """Suggestions for one viewer: published tracks, producers, collections, and words that published tracks are labelled with."""

    async def suggestions(self, text: str, first: int) -> list[SearchSuggestion]:
        """Best first: what is the text, then what begins with it, then what has it somewhere."""
        if not 1 <= first <= MOST_SUGGESTIONS:
            sentence = f"`first` is {first}, but there are 1 to {MOST_SUGGESTIONS} suggestions."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="first")
        typed, words = folded(text[:_LONGEST_TEXT]), query_of(text)
        if not words:
            return []
        async with self._sessions.reading() as session:
            labels = await _labels(session, typed, words, first)
            producers = await queries.suggested_producers(session, words, first)
            collections = await queries.suggested_collections(session, words, first)
            tracks = await _tracks(session, text, typed, first)
        people = [SearchSuggestion(label=row.name, node=Producer.of(row)) for row in producers]
        packs = [SearchSuggestion(label=row.name, node=Collection.of(row)) for row in collections]
        beats = [SearchSuggestion(label=row.title, node=Track.of(row)) for row in tracks]
        return _best_first(typed, (labels, people, packs, beats))[:first]


async def _labels(
    session: AsyncSession, typed: str, words: Sequence[str], limit: int
) -> list[SearchSuggestion]:
    begins = "".join(words)
    known = (
        folded(label) for label in (*GENRE_PARENTS, *MOODS) if "".join(query_of(label)).startswith(begins)
    )
    keys = [typed, *(label for label in known if not label.startswith(typed))]
    rows = await queries.suggested_labels(session, keys, limit)
    once = {folded(row.label): row.label for row in reversed(rows)}  # a genre may be a tag as well
    return [SearchSuggestion(label=label, node=None) for label in reversed(once.values())]


async def _tracks(session: AsyncSession, text: str, typed: str, limit: int) -> list[TrackRow]:
    found = {row.id: row for row in await queries.suggested_titles(session, typed, limit)}
    asked = search_for(text)
    if asked and len(found) < limit and sum(len(word.text) for word in asked.words) >= _TELLING_LETTERS:
        published = frozenset({TrackStatus.PUBLISHED})
        planned = await rarest_first(session, asked, published)
        chosen = TrackFilter(statuses=published, search=planned)
        best = await queries.page_by_relevance(session, planned, chosen, OrderDirection.DESC, Slice(limit))
        found = {hit.track.id: hit.track for hit in best.rows} | found
    return list(found.values())


def _best_first(typed: str, kinds: Iterable[Sequence[SearchSuggestion]]) -> list[SearchSuggestion]:
    """Kinds take turns among those that fit alike."""
    placed = [
        (_distance(typed, one.label), place, turn, one)
        for turn, found in enumerate(kinds)
        for place, one in enumerate(found)
    ]
    return [one for *_, one in sorted(placed, key=lambda each: each[:3])]


def _distance(typed: str, label: str) -> int:
    key = folded(label)
    if key == typed:
        return 0
    return 1 if key.startswith(typed) else 2
