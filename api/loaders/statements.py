"""Loaders of a producer's months."""

from collections.abc import Sequence

from api.earnings.lines import Line, told
from api.loaders.reading import Reader, aligned
from db.bookkeeping import payable_to
from db.ids import StatementId
from db.months import Month
from db.queries import statements as queries
from db.queries.statements import LineRow, StatementRow
from db.vocabulary import Role
from schema.ground import Money
from schema.statements import Statement, StatementLine


class StatementLoaders(Reader):
    """Months as the viewer may see them: another's is like none."""

    async def statements(self, ids: list[StatementId]) -> Sequence[Statement | None]:
        rows = await self._read(queries.statements, ids)
        return aligned(ids, {row.id: Statement.of(row) for row in rows if self._sees(row)})

    async def lines(self, months: list[StatementRow]) -> Sequence[list[StatementLine]]:
        """Of months that are near each other: what was entered between the first and the last is read at once."""
        spans = [month for one in months if (month := Month.named(one.period))]
        whose = {one.producer_id for one in months}
        async with self._sessions.reading() as session:
            rows = await queries.lines(session, whose, min(spans).begins_at, max(spans).ends_at)
            lines = await told(session, rows)
        entered = list(zip(rows, lines, strict=True))
        return [[_shown(line) for row, line in entered if _is_of(row, month)] for month in months]

    def _sees(self, row: StatementRow) -> bool:
        viewer = self._viewer
        return viewer is not None and (viewer.producer_id == row.producer_id or viewer.has(Role.STAFF))


def _is_of(row: LineRow, month: StatementRow) -> bool:
    own = row.account == payable_to(month.producer_id) and row.currency is month.currency
    return own and Month.of(row.posted_at).name == month.period


def _shown(line: Line) -> StatementLine:
    return StatementLine(
        kind=line.kind,
        text=line.text,
        amount=Money.showing(line.amount),
        happened_at=line.happened_at,
        entered_at=line.entered_at,
        source_id=line.source,
    )
