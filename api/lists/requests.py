"""The feed of beat requests: what a client's conditions mean for a viewer."""

from dataclasses import replace

from api.lists.reading import Lister, bounds, chosen, page_info, prices, text_choice
from api.requests.meaning import genre_named
from api.viewer import Viewer
from db.clock import now
from db.folding import folded
from db.ids import prefix_of
from db.queries import request_feed
from db.queries.conditions import Bounds
from db.queries.request_feed import GenreChoice, RequestFilter, RequestOrder
from db.queries.tracks import TextChoice
from db.searching import query_of
from db.vocabulary import (
    GENRE_PARENTS,
    BeatRequestOrderField,
    BeatRequestStatus,
    OrderDirection,
    Role,
)
from schema.context import PageSource
from schema.faults import wrong_id_type
from schema.filters import IdFilter, StringFilter
from schema.ground import given
from schema.paging import write_cursor
from schema.request_feed import BeatRequestConnection, BeatRequestOrder, BeatRequestWhere
from schema.requests import BeatRequest

_NEWEST_FIRST = BeatRequestOrder(field=BeatRequestOrderField.OPENED_AT, direction=OrderDirection.DESC)
_WITHIN = {folded(genre): folded(parent) for genre, parent in GENRE_PARENTS.items() if parent}


class BeatRequestLists(Lister):
    """Lists of beat requests."""

    async def beat_requests(
        self, where: BeatRequestWhere | None, order_by: BeatRequestOrder | None, page: PageSource
    ) -> BeatRequestConnection:
        """Open ones, the newest first, unless asked otherwise; for who is signed in."""
        asked = order_by or _NEWEST_FIRST
        name = f"requests:{asked.field}:{asked.direction}"
        part, order = page.slice(name), RequestOrder(asked.field, asked.direction)
        wanted = _filter(where or BeatRequestWhere(), self._viewer)
        async with self._sessions.reading() as session:
            found = await request_feed.page_of_requests(session, wanted, order, part)
        cursors = [write_cursor(name, request_feed.anchor_of(row, asked.field)) for row in found.rows]
        return BeatRequestConnection(
            nodes=[BeatRequest.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: request_feed.count_requests(session, wanted)),
        )


def _filter(asked: BeatRequestWhere, viewer: Viewer | None) -> RequestFilter:
    assert viewer  # a visitor sees no request
    statuses = chosen(asked.status)
    budget = given(asked.budget)
    return RequestFilter(
        at=now(),
        statuses=frozenset({BeatRequestStatus.ACTIVE}) if statuses is None else statuses,
        deleted_of=None if viewer.has(Role.STAFF) else viewer.account_id,
        requesters=_requesters(given(asked.requester_id)),
        words=query_of(given(asked.search) or ""),
        genre=_genre(given(asked.genre)),
        bpm=_tempos(bounds(asked.bpm)),
        bpm_any_of=chosen(asked.bpm),
        wanted_licences=chosen(asked.wanted_licence),
        budget=prices(budget) if budget else None,
        budget_currency=budget.currency if budget else None,
        expires_at=bounds(asked.expires_at),
    )


def _requesters(asked: IdFilter | None) -> frozenset[str] | None:
    """Accounts, which others know as members."""
    ids: frozenset[str] | None = chosen(asked)
    for one in ids or ():
        if prefix_of(one) not in {None, "mem", "acc"}:
            raise wrong_id_type("where.requesterId", "member")
    return None if ids is None else frozenset(one.replace("mem_", "acc_", 1) for one in ids)


def _tempos(asked: Bounds | None) -> Bounds | None:
    """Null where neither end is given: every tempo passes."""
    return None if asked == Bounds() else asked


def _genre(asked: StringFilter | None) -> GenreChoice | None:
    """A genre in any of its spellings; it also finds what is within it, as it does among tracks."""
    own = text_choice(asked)
    if own is None:
        return None
    if own.any_of is not None:
        own = replace(own, any_of=frozenset(folded(genre_named(one)) for one in own.any_of))
    return GenreChoice(own, frozenset(one for one, parent in _WITHIN.items() if _fits(parent, own)))


def _fits(name: str, asked: TextChoice) -> bool:
    named = asked.any_of is None or name in asked.any_of
    return named and (asked.containing is None or asked.containing in name)
