"""A producer's share of a closed month as a spreadsheet, to whoever has an address that we signed, until it expires.

Nothing is kept: it is written when it is asked for, from rows that never change, and from adjustments.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.http.ranges import in_memory, serve
from api.http.signed import HEADERS, why_not_served
from api.pool.explaining import sheet_of
from api.pool.links import SHEET_PATH, SheetLinks
from api.pool.spreadsheet import as_spreadsheet
from db.clock import now
from db.ids import PoolRunId, ProducerId
from db.session import Sessions

_HEADERS: Final = HEADERS | {"cache-control": "private, max-age=0, must-revalidate"}


class SheetDoor:
    """Where the spreadsheets are."""

    def __init__(self, sessions: Sessions, links: SheetLinks) -> None:
        self._sessions = sessions
        self._links = links

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(SHEET_PATH, self.sheet, methods=["GET", "HEAD"])]

    async def sheet(self, request: Request) -> Response:
        if refusal := why_not_served(request, self._links):
            return refusal
        run, producer = (str(request.path_params[part]) for part in ("run", "producer"))
        async with self._sessions.reading() as session:
            sheet = await sheet_of(session, ProducerId(producer), PoolRunId(run))
        assert sheet  # what is closed stays so, and an address is given out for nothing else
        headers = {
            **_HEADERS,
            "content-type": "text/csv; charset=utf-8; header=present",
            "content-disposition": f'attachment; filename="beatpass-pool-{sheet.period}.csv"',
        }
        return serve(request, in_memory(as_spreadsheet(sheet), now(), headers))
