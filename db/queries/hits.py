"""Which tracks have all of some words, and how well each fits: the part of a search that every order and count shares."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger, ColumnElement, Subquery, case, func, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.models.tracks import SearchTerm
from db.queries.rows import AnySelect
from db.searching import WHOLE_TITLE, WHOLE_WORD, query_of, whole_title
from db.vocabulary import TrackStatus

AFTER_EVERY_LETTER = "\U0010ffff"
_COUNTED_UP_TO = 5000
"""Words that are more frequent cost alike; counting this far along the index takes under a millisecond."""


@dataclass(frozen=True)
class Word:
    """A word to find.

    Attributes:
        unfinished: Words that merely begin so are found too.
    """

    text: str
    unfinished: bool = False


@dataclass(frozen=True)
class Search:
    """What a search asks for.

    Attributes:
        words: All must be there. Hits of the first are read along the index, the others looked up for each of them.
        title: The whole text as a title would be kept.
    """

    words: tuple[Word, ...]
    title: str


def search_for(text: str) -> Search | None:
    """What somebody typed means; null where there is nothing to look for."""
    words = query_of(text)
    if not words:
        return None
    finished = dict.fromkeys(Word(one) for one in words[:-1] if not words[-1].startswith(one))
    return Search((Word(words[-1], unfinished=True), *finished), whole_title(text))


async def rarest_first(session: AsyncSession, search: Search, statuses: Collection[TrackStatus]) -> Search:
    """The same search, such that the fewest hits are read."""
    if len(search.words) == 1:
        return search
    counted = [_counted(word, place, statuses) for place, word in enumerate(search.words)]
    rows = await session.execute(union_all(*counted))
    ranked = sorted((int(count), int(place)) for place, count in rows)
    return replace(search, words=tuple(search.words[place] for _, place in ranked))


def hits(search: Search, statuses: Collection[TrackStatus]) -> Subquery:
    """Number and relevance of every track that has all the words, each once."""
    found, *looked_up = (aliased(SearchTerm) for _ in search.words)
    relevance = _fit(found, search.words[0]) + _is_the_title(found, search, statuses)
    conditions = [_in_status(found, statuses), *_begins(found, search.words[0])]
    for term, word in zip(looked_up, search.words[1:], strict=True):
        relevance += _fit(term, word)
        conditions += [col(term.number) == col(found.number), *_begins(term, word)]
    chosen: AnySelect = select(col(found.number), type_coerce(relevance, BigInteger()).label("relevance"))
    return chosen.where(*conditions).group_by(col(found.number)).subquery()


def _counted(word: Word, place: int, statuses: Collection[TrackStatus]) -> AnySelect:
    some = select(col(SearchTerm.number)).where(_in_status(SearchTerm, statuses), *_begins(SearchTerm, word))
    return select(type_coerce(place, BigInteger()), func.count()).select_from(
        some.limit(_COUNTED_UP_TO).subquery()
    )


def _fit(term: type[SearchTerm], word: Word) -> ColumnElement[int]:
    whole = col(term.weight) * WHOLE_WORD
    if not word.unfinished:
        return func.max(whole)
    return func.max(case((col(term.term) == word.text, whole), else_=col(term.weight)))


def _is_the_title(
    term: type[SearchTerm], search: Search, statuses: Collection[TrackStatus]
) -> ColumnElement[int]:
    so_called = select(col(SearchTerm.number)).where(
        _in_status(SearchTerm, statuses), col(SearchTerm.term) == search.title
    )
    return case((col(term.number).in_(so_called), WHOLE_TITLE), else_=0)


def _begins(term: type[SearchTerm], word: Word) -> list[ColumnElement[bool]]:
    if not word.unfinished:
        return [col(term.term) == word.text]
    return [col(term.term) >= word.text, col(term.term) < word.text + AFTER_EVERY_LETTER]


def _in_status(term: type[SearchTerm], statuses: Collection[TrackStatus]) -> ColumnElement[bool]:
    """One status as an equation, so that the index is read in its order."""
    if len(statuses) == 1:
        return col(term.status) == next(iter(statuses))
    return col(term.status).in_(statuses)
