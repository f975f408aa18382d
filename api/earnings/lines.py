"""The lines of a producer's account: what was entered on it, said so that its owner knows why (D-56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.wording import line_kind, line_text
from db.ids import ProducerId, PurchaseId, prefix_of
from db.money import Amount
from db.months import spoken
from db.queries import pools, purchases
from db.queries import statements as queries
from db.queries.statements import LineRow
from db.vocabulary import StatementLineKind


@dataclass(frozen=True)
class Line:
    """One of them.

    Attributes:
        id: Of its journal.
        amount: Below zero where it took from the account.
        happened_at: When the money moved out there.
        entered_at: When it came into the books.
        source: The track or payout behind it, by its id.
    """

    id: str
    kind: StatementLineKind
    text: str
    amount: Amount
    happened_at: datetime
    entered_at: datetime
    source: str | None


@dataclass(frozen=True)
class _Subject:
    """What lines are about: by what name, and by what id its owner finds it."""

    name: str | None = None
    id: str | None = None


async def lines_of(
    session: AsyncSession, producer: ProducerId, since: datetime, until: datetime
) -> list[Line]:
    """What was entered on a producer's account from one moment until before another, in that order."""
    rows = await queries.lines(session, [producer], since, until)
    return await told(session, rows)


async def told(session: AsyncSession, rows: Sequence[LineRow]) -> list[Line]:
    """Rows as lines, in their order."""
    subjects = await _subjects(session, {row.about or row.source_id for row in rows})
    return [_line(row, subjects.get(row.about or row.source_id, _Subject())) for row in rows]


def _line(row: LineRow, subject: _Subject) -> Line:
    kind, amount = line_kind(row.source_kind), Amount(int(row.minor), row.currency)
    return Line(
        id=row.journal_id,
        kind=kind,
        text=line_text(kind, amount, subject.name),
        amount=amount,
        happened_at=row.happened_at,
        entered_at=row.posted_at,
        source=subject.id,
    )


async def _subjects(session: AsyncSession, ids: set[str]) -> dict[str, _Subject]:
    bought = [PurchaseId(one) for one in sorted(ids) if prefix_of(one) == "pur"]
    rows = await purchases.purchases(session, bought) if bought else []
    return {
        **{row.id: _Subject(f"“{row.grant['work']['title']}”", row.track_id) for row in rows},
        **{one: _Subject(id=one) for one in ids if prefix_of(one) == "pot"},
        **{row.id: _Subject(spoken(row.period)) for row in await pools.runs(session) if row.id in ids},
    }
