"""Loaders of tracks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from api.catalog.rules import may_see as shown_to
from api.catalog.rules import why_not_deleted, why_not_edited, why_not_replaced
from api.licensing.rules import why_not_licensed
from api.loaders.profiles import seen_as
from api.loaders.reading import Reader, ability, aligned, grouped
from api.purchases.reservation import why_not_yet
from api.purchases.rules import why_not_bought
from api.recon.appeals import why_not_appealed
from api.recon.rules import MOST_VERSIONS, VERSION_CLASSES, ScanLimits, why_not_scanned
from api.recon.scans import why_not_again
from api.refusals import Refused, required_role
from api.suspension import AccountIsSuspended
from api.viewer import Viewer
from db.clock import day_of, now
from db.folding import folded
from db.ids import DuplicateAppealId, TrackId
from db.queries import (
    appeals,
    credits,
    licences,
    plans,
    producers,
    purchases,
    scans,
    takedowns,
    tracks,
    versions,
)
from db.queries.purchases import Reservation
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import ReviewStatus, Role, TrackStatus
from schema.producers import Producer
from schema.tracks import Track, TrackAbilities


class _Refusals(NamedTuple):
    """Of one track, where more than its row has to be read."""

    scan: Refused | None
    license: Refused | None
    buy_exclusive: Refused | None
    reserved: bool
    noticed: bool


class TrackLoaders(Reader):
    """Tracks as the viewer may see them, and what belongs to them."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, limits: ScanLimits) -> None:
        super().__init__(sessions, viewer)
        self._limits = limits

    async def tracks(self, ids: list[TrackId]) -> Sequence[Track | None]:
        """Tracks that the viewer may see; another is like none."""
        rows = await self._read(tracks.tracks, ids)
        return aligned(ids, {row.id: Track.of(row) for row in rows if may_see(self._viewer, row)})

    async def credits(self, ids: list[TrackId]) -> Sequence[list[Producer]]:
        async with self._sessions.reading() as session:
            pairs = await credits.credits_of(session, ids)
            rows = await producers.producers(session, {producer for _, producer in pairs})
        known = {row.id: seen_as(self._viewer, row) for row in rows}
        found = grouped((track, known[producer]) for track, producer in pairs)
        return [found[track] for track in ids]

    async def versions_to_delist(self, ids: list[TrackId]) -> Sequence[list[Track]]:
        """For the producer of each, and staff: who asks for another's is not asked here."""
        async with self._sessions.reading() as session:
            pairs = await versions.versions_of(session, ids, classes=VERSION_CLASSES, most=MOST_VERSIONS)
            rows = await tracks.tracks(session, {pair.version_id for pair in pairs})
        known = {row.id: Track.of(row) for row in rows}
        found = grouped((pair.track_id, known[pair.version_id]) for pair in pairs)
        return [found[track] for track in ids]

    async def track_abilities(self, ids: list[TrackId]) -> Sequence[TrackAbilities]:
        async with self._sessions.reading() as session:
            rows = {row.id: row for row in await tracks.tracks(session, ids)}
            blocked = [row.id for row in rows.values() if row.status is TrackStatus.DUPLICATE]
            known = await appeals.appeals_of(session, blocked) if blocked else []
        waiting = {one.track_id: one.id for one in known if one.status is ReviewStatus.PENDING}
        scanning = await self._why_not_scanned(list(rows.values()))
        kept = await self._read(purchases.reservations, list(rows))
        noticed = await self._noticed(list(rows.values()))
        licensing = await self._why_not_licensed(list(rows.values()), kept)
        buying = await self._why_not_bought(list(rows.values()), kept)
        return [
            _track_abilities(
                self._viewer,
                rows[one],
                waiting.get(one),
                _Refusals(
                    scanning[one],
                    licensing[one],
                    buying[one],
                    reserved=one in kept,
                    noticed=one in noticed,
                ),
            )
            for one in ids
        ]

    async def _noticed(self, rows: Sequence[TrackRow]) -> frozenset[TrackId]:
        """Of others' tracks nothing is read."""
        own = [row.id for row in rows if self._viewer and self._viewer.producer_id == row.producer_id]
        return await self._read(takedowns.noticed_among, own) if own else frozenset()

    async def _why_not_licensed(
        self, rows: Sequence[TrackRow], kept: Mapping[TrackId, Reservation]
    ) -> dict[TrackId, Refused | None]:
        """What a licence to each track would be refused for; what the viewer holds already is had again."""
        viewer = self._viewer
        if viewer is None:
            return {row.id: required_role(Role.LISTENER) for row in rows}
        async with self._sessions.reading() as session:
            plan = await plans.plan_of(session, viewer.account_id, now())
            held = await licences.held_on(session, viewer.account_id, [row.id for row in rows])
        refusals = {
            row.id: why_not_licensed(
                row.status,
                row.licensing_model,
                own=row.producer_id == viewer.producer_id,
                includes_downloads=plan.includes_downloads,
                reserved=row.id in kept,
            )
            for row in rows
        }
        return refusals | {row.track_id: None for row in held}

    async def _why_not_bought(
        self, rows: Sequence[TrackRow], kept: Mapping[TrackId, Reservation]
    ) -> dict[TrackId, Refused | None]:
        """What buying each track would be refused for."""
        viewer = self._viewer
        if viewer is None:
            return {row.id: required_role(Role.LISTENER) for row in rows}
        refusals = {
            row.id: why_not_bought(
                row.status,
                row.exclusive_availability,
                own=row.producer_id == viewer.producer_id,
                reserved_until=kept[row.id].expires_at if row.id in kept else None,
                being_bought=row.id in kept and kept[row.id].account_id == viewer.account_id,
            )
            for row in rows
        }
        on_sale = [track for track, refused in refusals.items() if refused is None]
        async with self._sessions.reading() as session:
            return refusals | await why_not_yet(session, viewer, on_sale)

    async def _why_not_scanned(self, rows: Sequence[TrackRow]) -> dict[TrackId, Refused | None]:
        """What a scan of each track would be refused for; nothing is read for who is no verified producer."""
        viewer = self._viewer
        if viewer is None or not viewer.has(Role.VERIFIED_PRODUCER) or viewer.producer_id is None:
            role = Role.LISTENER if viewer is None else Role.VERIFIED_PRODUCER
            return {row.id: required_role(role) for row in rows}
        moment, ids = now(), [row.id for row in rows]
        async with self._sessions.reading() as session:
            credited = await credits.credited_on(session, viewer.producer_id, ids)
            recent = await scans.recent_scans(session, credited, since=moment - self._limits.cool_down)
            used = await scans.counted_since(session, viewer.account_id, day_of(moment))
        waits = why_not_again(self._limits, recent, moment=moment, used_today=used)
        return {
            row.id: why_not_scanned(row.shown_as, own=is_theirs(viewer, row), credited=row.id in credited)
            or waits(row.id)
            for row in rows
        }

    async def genre_counts(self, names: list[str]) -> Sequence[int]:
        async with self._sessions.reading() as session:
            counts = await tracks.published_by_genre(session)
        return [counts.get(folded(name), 0) for name in names]


def may_see(viewer: Viewer | None, row: TrackRow) -> bool:
    """Whether a track is there for the viewer."""
    return shown_to(row.shown_as, own=is_theirs(viewer, row))


def is_theirs(viewer: Viewer | None, row: TrackRow) -> bool:
    """Whether the viewer uploaded the track, or is staff."""
    return viewer is not None and (viewer.producer_id == row.producer_id or viewer.has(Role.STAFF))


def _track_abilities(
    viewer: Viewer | None,
    row: TrackRow,
    appeal: DuplicateAppealId | None,
    refusals: _Refusals,
) -> TrackAbilities:
    own = viewer is not None and viewer.producer_id == row.producer_id
    lacking = _role_lacking(viewer, own=own)
    if viewer is not None and viewer.suspended:
        return _while_suspended(lacking or why_not_deleted(row.status, own=own, reserved=refusals.reserved))
    return TrackAbilities(
        edit=ability(lacking or why_not_edited(row.status, own=own)),
        set_licensing=ability(lacking or why_not_edited(row.status, own=own)),
        replace_audio=ability(lacking or _why_not_replaced(row, refusals, own=own)),
        delete=ability(lacking or why_not_deleted(row.status, own=own, reserved=refusals.reserved)),
        appeal=ability(why_not_appealed(viewer, row, waiting=appeal)),
        scan=ability(refusals.scan),
        license=ability(refusals.license),
        buy_exclusive=ability(refusals.buy_exclusive),
    )


def _why_not_replaced(row: TrackRow, refusals: _Refusals, *, own: bool) -> Refused | None:
    withheld = row.withheld_as is not None
    return why_not_replaced(
        row.status, own=own, reserved=refusals.reserved, withheld=withheld, noticed=refusals.noticed
    )


def _while_suspended(why_not_deleted: Refused | None) -> TrackAbilities:
    """Whoever is suspended deletes what is their own, and does nothing else."""
    closed = ability(AccountIsSuspended())
    return TrackAbilities(
        edit=closed,
        set_licensing=closed,
        replace_audio=closed,
        delete=ability(why_not_deleted),
        appeal=closed,
        scan=closed,
        license=closed,
        buy_exclusive=closed,
    )


def _role_lacking(viewer: Viewer | None, *, own: bool) -> Refused | None:
    if viewer is None:
        return required_role(Role.LISTENER)
    return required_role(Role.PRODUCER) if own and not viewer.has(Role.PRODUCER) else None
