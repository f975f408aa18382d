"""Holding the books against what must always be true of them (MONEY 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import new_id
from db.queries import accounts
from db.queries.invariants import INVARIANTS
from db.queries.invariants.finding import Invariant
from db.session import Sessions
from db.vocabulary import NotificationKind, Role

_log = structlog.get_logger(__name__)
SHOWN: Final = 20
"""Of what breaks one invariant; there may be as many as there are entries."""


@dataclass(frozen=True)
class Finding:
    """An invariant, and what breaks it; nothing: it holds.

    Attributes:
        count: Of how many it was looked at.
    """

    invariant: Invariant
    broken_by: tuple[str, ...]
    count: int

    @property
    def figure(self) -> str:
        """Such as 1,234 entries."""
        return f"{self.count:,} {self.invariant.figure.noun}"

    @property
    def shown(self) -> list[str]:
        more = len(self.broken_by) - SHOWN
        return [*self.broken_by[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


async def audit(sessions: Sessions) -> list[Finding]:
    """Look at every invariant, each in a snapshot of its own."""
    findings: list[Finding] = []
    for invariant in INVARIANTS:
        async with sessions.reading() as session:
            broken_by = tuple(await invariant.look(session))
            count = await session.scalar(invariant.figure.count)
            findings.append(Finding(invariant, broken_by, count or 0))
    return findings


async def raise_alarm(session: AsyncSession, findings: Sequence[Finding]) -> None:
    """Say what is wrong in the log, and to every member of staff; where nothing is, nobody hears of it."""
    broken = [one for one in findings if one.broken_by]
    for one in broken:
        _log.critical(
            "the books are wrong: a person must look",
            invariant=one.invariant.name,
            count=len(one.broken_by),
            broken_by=one.shown,
        )
    if broken:
        await notify(session, await accounts.holders_of(session, Role.STAFF), _notice(broken))


def _notice(broken: Sequence[Finding]) -> Notice:
    lines = [f"{one.invariant.sentence} Not so: {'; '.join(one.shown)}." for one in broken]
    return Notice(
        kind=NotificationKind.SECURITY,  # the kind that nobody can switch off
        subject=new_id("evt"),
        title="The books are wrong",
        body=" ".join(lines),
        path="/staff/ledger",
    )
