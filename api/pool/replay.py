"""Reckoning a closed month again: the same bytes, or something was changed (D-53)."""

from dataclasses import dataclass

from api.pool.closing import reckoned
from db.ids import PoolRunId
from db.queries import pool_inputs, pools
from db.queries.pools import PoolRunRow
from db.session import Sessions


@dataclass(frozen=True)
class Replay:
    """What a run comes to now.

    Attributes:
        inputs_sha256: Of what it was reckoned from.
        outputs_sha256: Of every share and line.
    """

    run: PoolRunRow
    inputs_sha256: str
    outputs_sha256: str

    @property
    def is_the_same(self) -> bool:
        return (self.inputs_sha256, self.outputs_sha256) == (self.run.inputs_sha256, self.run.outputs_sha256)


async def replay(sessions: Sessions, run: PoolRunId) -> Replay:
    """Reckon a run again from what was frozen; nothing is written.

    Raises:
        LookupError: There is no such run.
    """
    async with sessions.reading() as session:
        row = await pools.run(session, run)
        if row is None:
            raise LookupError(run)
        inputs_sha256 = await pool_inputs.sealed_now(session, row)
    return Replay(row, inputs_sha256, (await reckoned(sessions, row)).sha256)
