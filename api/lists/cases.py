"""Lists of cases and of the people in them."""

from collections.abc import Sequence

from api.lists.reading import Lister, chosen, page_info
from db.ids import AccountId
from db.queries import accounts, producers
from db.queries.producers import ProducerRequestRow
from db.vocabulary import (
    CaseKind,
    RequestErrorCode,
    ReviewStatus,
)
from schema.accounts import Account
from schema.cases import ProducerRequest, ProducerRequestConnection
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
        statuses = _statuses(where)
        async with self._sessions.reading() as session:
            found = await producers.case_queue(session, statuses, part)
        cursors = _case_cursors("cases", found.rows)
        return CaseConnection(
            nodes=[ProducerRequest.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: producers.count_cases(session, statuses)),
        )

    async def accounts(self, search: str, first: int) -> list[Account]:
        if not 1 <= first <= LARGEST_SIZE:
            sentence = f"`first` is {first}, but a list has 1 to {LARGEST_SIZE} items."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="first")
        async with self._sessions.reading() as session:
            return [Account.of(row) for row in await accounts.find_accounts(session, search, limit=first)]


def _statuses(where: CaseWhere | None) -> frozenset[ReviewStatus]:
    if where is None:
        return frozenset(ReviewStatus)
    kinds = chosen(where.kind)
    if kinds is not None and CaseKind.PRODUCER_REQUEST not in kinds:
        return frozenset()
    statuses = chosen(where.status)
    return frozenset(ReviewStatus) if statuses is None else statuses


def _case_cursors(name: str, rows: Sequence[ProducerRequestRow]) -> list[str]:
    return [write_cursor(name, (row.submitted_at, row.id)) for row in rows]
