"""Closing a month: write down what it is reckoned from, freeze it, divide, and enter it (D-52, D-53, MONEY 4).

A run goes open → frozen → computed → posted, in transactions of some milliseconds. Each of them locks the run first and
looks how far it is, so a worker may be killed anywhere and two may have the same run: they take turns, and what one has
done the other finds done. From FROZEN on everything follows from rows that never change.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.ledger import post
from api.pool.dividing import Division, Share, Weighed, divide, shares_of
from api.pool.journals import Payer, share_paid
from db.bookkeeping import pool_of
from db.clock import now
from db.ids import PoolRunId
from db.months import Month
from db.queries import ledger, pool_inputs, pool_shares, pools
from db.queries.pool_inputs import Span, TrackRow
from db.queries.pools import PoolRunRow
from db.session import Sessions
from db.vocabulary import PoolRunStatus

_log = structlog.get_logger(__name__)
_TRACKS_AT_ONCE: Final = 500
_ROWS_AT_ONCE: Final = 1_000
_SHARES_AT_ONCE: Final = 100
"""So many take 10 to 40 ms to write, on either engine (`./bp bench pool`)."""
_ALL: Final = "~"
"""Behind every id: all tracks are written down."""

Keep = Callable[[AsyncSession], Awaitable[None]]
"""Makes sure that the job is still this worker's, in the transaction that holds a step."""
Write = Callable[[AsyncSession, PoolRunId, Sequence[Any]], Awaitable[None]]


async def carry_out(sessions: Sessions, run: PoolRunId, *, keep: Keep) -> None:
    """Bring a run into the books, from wherever it stands.

    Raises:
        LookupError: There is no such run.
    """
    while (row := await _as_it_is(sessions, run)).status is not PoolRunStatus.POSTED:
        await _STEPS[row.status](sessions, row, keep)


async def _as_it_is(sessions: Sessions, run: PoolRunId) -> PoolRunRow:
    async with sessions.reading() as session:
        row = await pools.run(session, run)
    if row is None:
        raise LookupError(run)
    return row


async def _write_down(sessions: Sessions, run: PoolRunRow, keep: Keep) -> None:
    """Some more tracks as they are now, or freeze the run where all are there."""
    if run.reached == _ALL:
        await _freeze(sessions, run, keep)
        return
    async with sessions.reading() as session:
        rows, reached = await _some_tracks(session, run)
    async with sessions.writing() as session:
        there = await pools.held(session, run.id)
        if (there.status, there.reached) != (PoolRunStatus.OPEN, run.reached):
            return  # another worker has written these, or more
        await pool_inputs.keep(session, run.id, rows)
        await pools.reach(session, run.id, reached)
        await keep(session)


async def _some_tracks(session: AsyncSession, run: PoolRunRow) -> tuple[list[dict[str, Any]], str]:
    """Published tracks with whom they credit and what they were heard; and how far that goes."""
    month = month_of(run)
    tracks = await pool_inputs.published_tracks(
        session, after=run.reached, before=month.ends_at, limit=_TRACKS_AT_ONCE
    )
    if not tracks:
        return [], _ALL
    span = Span(run.reached, tracks[-1].id)
    plays = await pool_inputs.counted_plays(
        session, span, first_day=month.heard_from, last_day=month.last_day
    )
    credited = await pool_inputs.credited(session, span)
    rows = [_input(one, plays.get(one.id, 0), credited[one.id]) for one in tracks if one.id in credited]
    return rows, span.last if len(tracks) == _TRACKS_AT_ONCE else _ALL


def _input(track: TrackRow, plays: int, producers: Sequence[str]) -> dict[str, Any]:
    return {
        "track_id": track.id,
        "work": {
            "title": track.title,
            "artists": list(track.artists),
            "producer_name": track.producer_name,
            "fingerprinted_at": track.fingerprinted_at.isoformat(),
        },
        "published_at": track.published_at,
        "licensing_model": track.licensing_model,
        "plays": plays,
        "producers": list(producers),
    }


async def _freeze(sessions: Sessions, run: PoolRunRow, keep: Keep) -> None:
    """Say how much there is: from now on the pool is its producers', and whoever takes from it comes too late.

    That is looked at in one's turn at the pool's account. What is paid into it later is for an adjustment.
    """
    async with sessions.reading() as session:
        tracks_sha256 = await pool_inputs.sha256_of_tracks(session, run.id)
    account = pool_of(run.period)
    async with sessions.writing() as session:
        there = await pools.held(session, run.id)
        if there.status is not PoolRunStatus.OPEN:
            return
        await ledger.guard(session, [account])
        minor = (await pools.pool_balances(session, [run.period], run.currency))[run.period]
        frozen = there._replace(pool_minor=minor)
        facts = {"pool_minor": minor, "inputs_sha256": pool_inputs.sealed(frozen, tracks_sha256)}
        await pools.move_on(session, run.id, PoolRunStatus.FROZEN, frozen_at=now(), **facts)
        strange = await pools.strange_money(session, account, run.currency)
        await keep(session)
    if strange:
        _log.critical("a pool has money that is not shared out", account=account, currencies=strange)


async def _compute(sessions: Sessions, run: PoolRunRow, keep: Keep) -> None:
    """Write down whose the money is; who does it again writes the same, and goes on where it was left."""
    division = await reckoned(sessions, run)
    parts = [
        *_parts(pool_shares.keep_shares, division.shares),
        *_parts(pool_shares.keep_lines, division.lines),
    ]
    for number, (write, rows) in enumerate(parts):
        if number < int(run.reached or 0):
            continue
        async with sessions.writing() as session:
            if (await pools.held(session, run.id)).status is not PoolRunStatus.FROZEN:
                return
            await write(session, run.id, rows)
            await pools.reach(session, run.id, str(number + 1))
            await keep(session)
    figures = await asyncio.to_thread(_figures, division)
    async with sessions.writing() as session:
        await pools.held(session, run.id)
        await pools.move_on(session, run.id, PoolRunStatus.COMPUTED, **figures)
        await keep(session)


def _figures(division: Division) -> dict[str, Any]:
    """The hash takes half a second of 160,000 lines: that is not for a transaction."""
    return {"total_weight": division.total_weight, "outputs_sha256": division.sha256}


def _parts(write: Write, rows: Sequence[Any]) -> list[tuple[Write, Sequence[Any]]]:
    return [(write, rows[begin : begin + _ROWS_AT_ONCE]) for begin in range(0, len(rows), _ROWS_AT_ONCE)]


async def reckoned(sessions: Sessions, run: PoolRunRow) -> Division:
    """Whose the money of a run is, from what was frozen: the same whenever it is asked."""
    if not run.is_closing:
        return Division(shares_of(run.pool_minor, await _weights(sessions, run)), ())
    async with sessions.reading() as session:
        tracks = [Weighed(*row) for row in await pool_inputs.inputs_of(session, run.id)]
    return await asyncio.to_thread(divide, run.pool_minor, tracks, month_of(run).last_day)


async def _weights(sessions: Sessions, run: PoolRunRow) -> Mapping[Any, int]:
    """An adjustment is shared as its month was."""
    async with sessions.reading() as session:
        closing = await pools.closing_of(session, run.period)
        assert closing  # only a closed month is adjusted
        shares = await pool_shares.shares_of(session, closing.id)
    return {one.producer_id: one.weight for one in shares}


async def _enter(sessions: Sessions, run: PoolRunRow, keep: Keep) -> None:
    """Some more shares into the books, or the end of the run where all are there."""
    async with sessions.writing() as session:
        there = await pools.held(session, run.id)
        if there.status is not PoolRunStatus.COMPUTED:
            return
        shares = await pool_shares.shares_of(session, run.id, after=there.reached, limit=_SHARES_AT_ONCE)
        if shares:
            payer = payer_of(there)
            await post(session, *(share_paid(payer, Share(*one)) for one in shares if one.amount_minor))
            await pools.reach(session, run.id, shares[-1].producer_id)
        else:
            await pools.move_on(session, run.id, PoolRunStatus.POSTED, posted_at=now())
        await keep(session)
    if not shares and there.pool_minor and not there.total_weight:
        _log.critical("nobody has a share of a pool: it stays where it is", run=run.id, period=run.period)


def payer_of(run: PoolRunRow) -> Payer:
    assert run.frozen_at  # it is frozen
    return Payer(run.id, run.period, run.currency, run.frozen_at, run.is_closing)


def month_of(run: PoolRunRow) -> Month:
    month = Month.named(run.period)
    assert month  # as it was begun
    return month


_STEPS: Final = {
    PoolRunStatus.OPEN: _write_down,
    PoolRunStatus.FROZEN: _compute,
    PoolRunStatus.COMPUTED: _enter,
}
