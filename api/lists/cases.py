"""Lists of cases and of the people in them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.lists.reading import Lister, chosen, page_info
from db.ids import AccountId, ProducerRequestId
from db.queries import accounts, appeals, cases, producers
from db.queries.cases import CaseRow
from db.queries.producers import ProducerRequestRow
from db.vocabulary import (
    CaseKind,
    RequestErrorCode,
    ReviewStatus,
)
from schema.accounts import Account
from schema.appeals import DuplicateAppeal
from schema.cases import ProducerRequest, ProducerRequestConnection, Reviewable
from schema.context import PageSource
from schema.faults import RequestFault
from schema.paging import LARGEST_SIZE, write_cursor
from schema.staff import CaseConnection, CaseWhere


class CaseLists(Lister):
    """Lists of cases and of accounts."""

    async def producer_requests(self, of: AccountId, page: PageSource) -> ProducerRequestConnection:
        part = page.slice("requests")
        async with self._sessions.reading() as session:
            found = await producers.requests_of(session, of, part)
        cursors = _case_cursors("requests", found.rows)
        return ProducerRequestConnection(
            nodes=[ProducerRequest.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: producers.count_requests_of(session, of)),
        )

    async def cases(self, where: CaseWhere | None, page: PageSource) -> CaseConnection:
        part = page.slice("cases")
        kinds, statuses = _asked(where)
        async with self._sessions.reading() as session:
            found = await cases.case_queue(session, kinds, statuses, part)
            nodes = await _nodes(session, found.rows)
        cursors = _case_cursors("cases", found.rows)
        return CaseConnection(
            nodes=[nodes[row.id] for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: cases.count_cases(session, kinds, statuses)),
        )

    async def accounts(self, search: str, first: int) -> list[Account]:
        if not 1 <= first <= LARGEST_SIZE:
            sentence = f"`first` is {first}, but a list has 1 to {LARGEST_SIZE} items."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="first")
        async with self._sessions.reading() as session:
            return [Account.of(row) for row in await accounts.find_accounts(session, search, limit=first)]


def _asked(where: CaseWhere | None) -> tuple[frozenset[CaseKind], frozenset[ReviewStatus]]:
    """Kinds and states; an empty choice of kinds is one of no states."""
    kinds, statuses = (chosen(where.kind), chosen(where.status)) if where else (None, None)
    every = frozenset(ReviewStatus) if statuses is None else statuses
    return (
        (frozenset(CaseKind), every)
        if kinds is None
        else (kinds or frozenset(CaseKind), every if kinds else frozenset())
    )


async def _nodes(session: AsyncSession, rows: Sequence[CaseRow]) -> dict[str, Reviewable]:
    ids = [row.id for row in rows]
    requests = await producers.requests(session, [ProducerRequestId(one) for one in ids])
    appealed = await appeals.appeals(session, ids)
    found: dict[str, Reviewable] = {row.id: ProducerRequest.of(row) for row in requests}
    return found | {row.id: DuplicateAppeal.of(row) for row in appealed}


def _case_cursors(name: str, rows: Sequence[ProducerRequestRow | CaseRow]) -> list[str]:
    return [write_cursor(name, (row.submitted_at, row.id)) for row in rows]
