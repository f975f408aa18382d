"""A producer's account on paper and for spreadsheets, to whoever has an address that we signed, until it expires."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.documents.press import Press
from api.documents.spreadsheet import as_csv, typed
from api.earnings.lines import Line, lines_of, told
from api.earnings.links import CSV_PATH, PDF_PATH, FinanceLinks
from api.earnings.statement_document import document_of
from api.http.ranges import in_memory, serve
from api.http.signed import HEADERS, why_not_served
from db.bookkeeping import payable_to
from db.clock import now
from db.ids import ProducerId, StatementId
from db.months import Month
from db.queries import producers
from db.queries import statements as queries
from db.session import Sessions

_COLUMNS: Final = ("entered_at", "happened_at", "kind", "text", "amount", "currency", "journal", "source")


class FinanceDoor:
    """Serves statements as PDF, and lines of an account as CSV."""

    def __init__(self, sessions: Sessions, press: Press, links: FinanceLinks) -> None:
        self._sessions = sessions
        self._press = press
        self._links = links

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route(PDF_PATH, self.statement, methods=["GET", "HEAD"]),
            Route(CSV_PATH, self.lines, methods=["GET", "HEAD"]),
        ]

    async def statement(self, request: Request) -> Response:
        if refusal := why_not_served(request, self._links):
            return refusal
        async with self._sessions.reading() as session:
            [row] = await queries.statements(session, [StatementId(request.path_params["statement"])])
            month = Month.named(row.period)
            assert month  # the database holds no other
            rows = await queries.lines(session, [row.producer_id], month.begins_at, month.ends_at)
            own = [
                one
                for one in rows
                if one.account == payable_to(row.producer_id) and one.currency is row.currency
            ]
            lines = await told(session, own)
            [producer] = await producers.producers(session, [row.producer_id])
        paper = await self._press.printed(document_of(row, producer, lines))
        headers = _named("application/pdf", f"beatpass-statement-{row.period}-{row.currency}.pdf", "inline")
        return serve(request, in_memory(paper, month.ends_at, headers))

    async def lines(self, request: Request) -> Response:
        if refusal := why_not_served(request, self._links):
            return refusal
        first, last = (date.fromisoformat(request.query_params[name]) for name in ("since", "until"))
        since, until = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
        async with self._sessions.reading() as session:
            found = await lines_of(session, ProducerId(request.path_params["producer"]), since, until)
        headers = _named("text/csv; charset=utf-8", f"beatpass-{first}-{last}.csv", "attachment")
        return serve(request, in_memory(_table(found), now(), headers))


def _table(lines: Sequence[Line]) -> bytes:
    return as_csv(_COLUMNS, [_row(line) for line in lines])


def _row(line: Line) -> list[str]:
    moments = (line.entered_at, line.happened_at)
    amount = line.amount
    return [
        *(one.astimezone(UTC).isoformat(timespec="seconds") for one in moments),
        line.kind.value,
        typed(line.text),
        f"{amount.decimal:.2f}",
        amount.currency.value,
        line.id,
        line.source or "",
    ]


def _named(media_type: str, filename: str, how: str) -> dict[str, str]:
    return {**HEADERS, "content-type": media_type, "content-disposition": f'{how}; filename="{filename}"'}
