"""Lists of beat requests: each part of a page is read along an index, and the few rows are put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    false,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.columns import UtcDateTime
from db.ids import AccountId
from db.models.requests import BeatRequest, BeatRequestTerm
from db.queries.conditions import Bounds, one_of, within
from db.queries.hits import AFTER_EVERY_LETTER
from db.queries.paging import AnchorDoesNotFit, Key, Page, Slice, page_of, sliced
from db.queries.requests import REQUESTS, BeatRequestRow
from db.queries.rows import AnySelect, read, read_count
from db.queries.tracks import TextChoice
from db.vocabulary import (
    BeatRequestOrderField,
    BeatRequestStatus,
    CurrencyCode,
    OrderDirection,
    WantedLicence,
)

_NO_BUDGET: Final = -1
"""In a cursor: no budget is as low."""
_BEYOND_ANY_BUDGET: Final = 2**62
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class GenreChoice:
    """A genre by its folded name.

    Attributes:
        own: What the name must be.
        or_one_of: Folded genres that are within one that fits.
    """

    own: TextChoice
    or_one_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RequestFilter:
    """Which requests; null conditions hold for every one.

    Attributes:
        at: The moment that it is asked for: what is over by then is EXPIRED, whether or not a job has said so.
        deleted_of: Whose deleted ones are there; null: everybody's.
        words: All must be there; the last one may be unfinished.
        bpm: A request whose range meets these bounds, or that has none.
        bpm_any_of: The same for any of these.
        budget: In minor units of `budget_currency`.
    """

    at: datetime
    statuses: frozenset[BeatRequestStatus] = frozenset({BeatRequestStatus.ACTIVE})
    deleted_of: AccountId | None = None
    requesters: frozenset[str] | None = None
    words: tuple[str, ...] = ()
    genre: GenreChoice | None = None
    bpm: Bounds | None = None
    bpm_any_of: frozenset[int] | None = None
    wanted_licences: frozenset[WantedLicence] | None = None
    budget: Bounds | None = None
    budget_currency: CurrencyCode | None = None
    expires_at: Bounds | None = None


@dataclass(frozen=True)
class RequestOrder:
    by: BeatRequestOrderField
    direction: OrderDirection

    @property
    def descending(self) -> bool:
        return self.direction is OrderDirection.DESC


async def page_of_requests(
    session: AsyncSession, chosen: RequestFilter, order: RequestOrder, part: Slice
) -> Page[BeatRequestRow]:
    return page_of(await read(session, BeatRequestRow, page_statement(chosen, order, part)), part)


async def count_requests(session: AsyncSession, chosen: RequestFilter) -> int:
    counted: AnySelect = select(func.count()).select_from(BeatRequest)
    return await read_count(session, counted.where(_shown(chosen), *_facts(chosen)))


def anchor_of(row: BeatRequestRow, by: BeatRequestOrderField) -> tuple[object, ...]:
    """The row's place in that order: what its cursor says."""
    values: dict[BeatRequestOrderField, object] = {
        BeatRequestOrderField.OPENED_AT: row.opened_at,
        BeatRequestOrderField.EXPIRES_AT: row.expires_at,
        BeatRequestOrderField.SUBMISSIONS: row.submission_count,
        BeatRequestOrderField.BUDGET: _NO_BUDGET if row.budget_minor is None else row.budget_minor,
    }
    return (values[by], row.id)


def page_statement(chosen: RequestFilter, order: RequestOrder, part: Slice) -> AnySelect:
    """The statement of `page_of_requests`."""
    facts = _facts(chosen)
    pieces = [piece for shown in _ways(chosen) for piece in _pieces([*shown, *facts], order, part)]
    if not pieces:
        return REQUESTS.where(false())
    some: Any = union_all(*(select(piece.subquery().c.id) for piece in pieces))
    return sliced(
        REQUESTS.where(col(BeatRequest.id).in_(some)), _keys(order), Slice(part.size, part.backward)
    )


# ---- the parts of a page -------------------------------------------------------------------------


def _ways(chosen: RequestFilter) -> Iterator[Conditions]:
    """Conditions of which each leads along one index; together they hold for what is shown."""
    if chosen.requesters is not None:
        yield [_shown(chosen)]
        return
    yield from _open_and_over(chosen)
    if BeatRequestStatus.DELETED not in chosen.statuses:
        return
    if chosen.deleted_of is None:
        yield [col(BeatRequest.status) == BeatRequestStatus.DELETED]
    else:
        yield [col(BeatRequest.account_id) == chosen.deleted_of, _is(BeatRequestStatus.DELETED)]


def _open_and_over(chosen: RequestFilter) -> Iterator[Conditions]:
    """Those over that no job has seen to are few, and read by their end; the others in the order of the page.

    So of open ones the end is asked for such that no index answers it, or SQLite would read all of them, and sort.
    """
    active, over = BeatRequestStatus.ACTIVE, BeatRequestStatus.EXPIRED
    status, ends = col(BeatRequest.status), col(BeatRequest.expires_at)
    if active in chosen.statuses:
        unended = [] if over in chosen.statuses else [func.coalesce(ends, chosen.at) > chosen.at]
        yield [status == active, *unended]
    elif over in chosen.statuses:
        yield [status == active, ends <= chosen.at]
    if over in chosen.statuses:
        yield [status == over]


def _shown(chosen: RequestFilter) -> ColumnElement[bool]:
    """All of `_ways` in one condition, which no index answers: whoever asks for the few of somebody reads no others."""
    ends, ways = col(BeatRequest.expires_at), list[ColumnElement[bool]]()
    if BeatRequestStatus.ACTIVE in chosen.statuses:
        ways.append(and_(_is(BeatRequestStatus.ACTIVE), ends > chosen.at))
    if BeatRequestStatus.EXPIRED in chosen.statuses:
        late = and_(_is(BeatRequestStatus.ACTIVE), ends <= chosen.at)
        ways.append(or_(_is(BeatRequestStatus.EXPIRED), late))
    if BeatRequestStatus.DELETED in chosen.statuses:
        whose = [] if chosen.deleted_of is None else [col(BeatRequest.account_id) == chosen.deleted_of]
        ways.append(and_(_is(BeatRequestStatus.DELETED), *whose))
    return or_(false(), *ways)


def _is(status: BeatRequestStatus) -> ColumnElement[bool]:
    return col(BeatRequest.status).not_in(set(BeatRequestStatus) - {status})


def _pieces(conditions: Conditions, order: RequestOrder, part: Slice) -> Iterator[AnySelect]:
    ids: AnySelect = select(col(BeatRequest.id)).where(*conditions)
    if order.by is not BeatRequestOrderField.BUDGET:
        yield sliced(ids, _keys(order), part)
        return
    budget = col(BeatRequest.budget_minor)
    if (priced := _with_budget(part)) is not None:
        keys = [Key(type_coerce(budget, BigInteger()), order.descending), _by_id(order)]
        yield sliced(ids.where(budget.is_not(None)), keys, priced)
    if (unpriced := _without_budget(part)) is not None:
        yield _in_order_of_the_index(
            sliced(ids.where(budget.is_(None)), [_by_id(order)], unpriced), order, part
        )


def _in_order_of_the_index(statement: AnySelect, order: RequestOrder, part: Slice) -> AnySelect:
    """All of them have the same null there, but Postgres sorts rather than rely on it."""
    columns = (col(BeatRequest.budget_minor), col(BeatRequest.id))
    down = order.descending != part.backward
    return statement.order_by(None).order_by(*(one.desc() if down else one.asc() for one in columns))


def _with_budget(part: Slice) -> Slice | None:
    """The slice of those that have a budget, which come first; null where it has none of them."""
    if part.after is not None and _is_without(part.after):
        return None
    before = None if part.before is None or _is_without(part.before) else part.before
    return replace(part, before=before)


def _without_budget(part: Slice) -> Slice | None:
    """The slice of those that have none, by their ids alone; null where it has none of them."""
    if part.before is not None and not _is_without(part.before):
        return None
    after = part.after[1:] if part.after is not None and _is_without(part.after) else None
    return replace(part, after=after, before=part.before[1:] if part.before else None)


def _is_without(anchor: Sequence[Any]) -> bool:
    if len(anchor) != 2:
        raise AnchorDoesNotFit(repr(anchor))
    return bool(anchor[0] == _NO_BUDGET)


def _keys(order: RequestOrder) -> list[Key]:
    nothing = _NO_BUDGET if order.descending else _BEYOND_ANY_BUDGET
    values: dict[BeatRequestOrderField, ColumnElement[Any]] = {
        BeatRequestOrderField.OPENED_AT: type_coerce(col(BeatRequest.opened_at), UtcDateTime()),
        BeatRequestOrderField.EXPIRES_AT: type_coerce(col(BeatRequest.expires_at), UtcDateTime()),
        BeatRequestOrderField.SUBMISSIONS: type_coerce(col(BeatRequest.submission_count), Integer()),
        BeatRequestOrderField.BUDGET: func.coalesce(col(BeatRequest.budget_minor), nothing),
    }
    return [Key(values[order.by], order.descending), _by_id(order)]


def _by_id(order: RequestOrder) -> Key:
    return Key(col(BeatRequest.id), order.descending)


# ---- conditions ----------------------------------------------------------------------------------


def _facts(chosen: RequestFilter) -> Conditions:
    """Everything but in which state they are."""
    return [
        *one_of(col(BeatRequest.account_id), chosen.requesters),
        *_found(chosen.words),
        *_genre(chosen.genre),
        *_tempo(chosen),
        *one_of(col(BeatRequest.wanted_licence), chosen.wanted_licences),
        *_budget(chosen),
        *within(col(BeatRequest.expires_at), chosen.expires_at),
    ]


def _found(words: Sequence[str]) -> Conditions:
    """With all the words; those that begin like the last one are read along the key, the others looked up."""
    if not words:
        return []
    begun = col(BeatRequestTerm.term)
    named = select(col(BeatRequestTerm.request_id))
    named = named.where(begun >= words[-1], begun < words[-1] + AFTER_EVERY_LETTER)
    for word in dict.fromkeys(words[:-1]):
        term = aliased(BeatRequestTerm)
        same = col(term.request_id) == col(BeatRequestTerm.request_id)
        named = named.join(term, same).where(col(term.term) == word)
    return [col(BeatRequest.id).in_(named)]


def _genre(chosen: GenreChoice | None) -> Conditions:
    if chosen is None:
        return []
    name, containing = col(BeatRequest.genre_folded), chosen.own.containing
    part = [] if containing is None else [name.contains(containing, autoescape=True)]
    return [or_(and_(*one_of(name, chosen.own.any_of), *part), name.in_(chosen.or_one_of))]


def _tempo(chosen: RequestFilter) -> Conditions:
    """A request that names no range takes every tempo that there is."""
    asked, slowest, fastest = chosen.bpm or Bounds(), col(BeatRequest.bpm_min), col(BeatRequest.bpm_max)
    if chosen.bpm is None and chosen.bpm_any_of is None:
        return []
    least, most = (-inf if asked.least is None else asked.least), (inf if asked.most is None else asked.most)
    if chosen.bpm_any_of is not None:
        tempos = sorted(bpm for bpm in chosen.bpm_any_of if least <= bpm <= most)
        meets = or_(false(), *(and_(slowest <= bpm, fastest >= bpm) for bpm in tempos))
        return [or_(slowest.is_(None), meets) if tempos else false()]
    if least > most:
        return [false()]
    meets = and_(*within(fastest, Bounds(least=asked.least)), *within(slowest, Bounds(most=asked.most)))
    return [or_(slowest.is_(None), meets)]


def _budget(chosen: RequestFilter) -> Conditions:
    if chosen.budget is None:
        return []
    currency = col(BeatRequest.budget_currency) == chosen.budget_currency
    return [currency, *within(col(BeatRequest.budget_minor), chosen.budget)]
