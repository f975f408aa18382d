"""Lists of scans and matches, as far as the viewer sees them (D-34)."""

from dataclasses import replace

from api.lists.reading import Lister, bounds, chosen, ids_chosen, page_info
from api.recon.rules import band_of
from api.recon.scans import eyes_of
from db.ids import ReconScanId, TrackId
from db.queries import recon, scans
from db.queries.conditions import Bounds
from db.queries.eyes import Eyes
from db.queries.recon import MatchFilter
from db.vocabulary import OrderDirection, ReconMatchOrderField, Role
from schema.context import PageSource
from schema.filters import DecimalFilter
from schema.ground import given
from schema.paging import write_cursor
from schema.scans import (
    ReconMatch,
    ReconMatchConnection,
    ReconMatchOrder,
    ReconMatchWhere,
    ReconScan,
    ReconScanConnection,
    ReconScanWhere,
)

_MOST_SIMILAR_FIRST = ReconMatchOrder(field=ReconMatchOrderField.SIMILARITY, direction=OrderDirection.DESC)
_SCANS = "scans"


class ReconLists(Lister):
    """Lists of scans and matches."""

    async def recon_scans(self, where: ReconScanWhere | None, page: PageSource) -> ReconScanConnection | None:
        """The viewer's own, newest first; null unless verified."""
        eyes = self._own_eyes()
        if eyes is None:
            return None
        part = page.slice(_SCANS)
        tracks = ids_chosen("trackId", given(where.track_id), "trk", "track") if where else None
        async with self._sessions.reading() as session:
            found = await scans.page_of_scans(session, part, seen_by=eyes, tracks=tracks)
        cursors = [write_cursor(_SCANS, scans.anchor_of(row)) for row in found.rows]
        return ReconScanConnection(
            nodes=[ReconScan.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: scans.count_scans(session, seen_by=eyes, tracks=tracks)),
        )

    async def recon_matches(
        self, where: ReconMatchWhere | None, order_by: ReconMatchOrder | None, page: PageSource
    ) -> ReconMatchConnection | None:
        """Of all tracks that credit the viewer; null unless verified."""
        eyes = self._own_eyes()
        if eyes is None or eyes.producer_id is None:
            return None
        wanted = replace(_match_filter(where), crediting=eyes.producer_id)
        return await self._matches(wanted, order_by, page, eyes)

    async def matches_of_track(
        self,
        track: TrackId,
        where: ReconMatchWhere | None,
        order_by: ReconMatchOrder | None,
        page: PageSource,
    ) -> ReconMatchConnection | None:
        """Null unless verified, or staff; empty for who is not credited."""
        eyes = eyes_of(self._viewer)
        wanted = replace(_match_filter(where), of=track)
        return await self._matches(wanted, order_by, page, eyes) if eyes else None

    async def matches_of_scan(
        self,
        scan: ReconScanId,
        where: ReconMatchWhere | None,
        order_by: ReconMatchOrder | None,
        page: PageSource,
    ) -> ReconMatchConnection:
        eyes = eyes_of(self._viewer)
        assert eyes  # nobody else has the scan
        wanted = replace(_match_filter(where), reported_by=scan)
        return await self._matches(wanted, order_by, page, eyes)

    async def _matches(
        self, wanted: MatchFilter, order_by: ReconMatchOrder | None, page: PageSource, eyes: Eyes
    ) -> ReconMatchConnection:
        order = order_by or _MOST_SIMILAR_FIRST
        name = f"matches:{order.field}:{order.direction}"
        part, keys = page.slice(name), recon.order_keys(order.field, order.direction)
        async with self._sessions.reading() as session:
            found = await recon.page_of_matches(session, keys, part, chosen=wanted, seen_by=eyes)
        cursors = [write_cursor(name, recon.anchor_of(row, order.field)) for row in found.rows]
        return ReconMatchConnection(
            nodes=[ReconMatch.of(row, band_of(row.similarity)) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: recon.count_matches(session, chosen=wanted, seen_by=eyes)),
        )

    def _own_eyes(self) -> Eyes | None:
        viewer = self._viewer
        verified = viewer is not None and viewer.has(Role.VERIFIED_PRODUCER)
        return Eyes(viewer.account_id, viewer.producer_id) if viewer and verified else None


def _match_filter(where: ReconMatchWhere | None) -> MatchFilter:
    asked = where or ReconMatchWhere()
    return MatchFilter(
        classes=chosen(asked.match_class),
        relations=chosen(asked.relation),
        triages=chosen(asked.triage),
        similarity=_shares(given(asked.similarity)),
        first_seen_at=bounds(asked.first_seen_at),
    )


def _shares(asked: DecimalFilter | None) -> Bounds | None:
    """Stored similarities have four digits, so what is meant to be equal is the same float."""
    if asked is None:
        return None
    least, most = given(asked.gte), given(asked.lte)
    return Bounds(None if least is None else float(least), None if most is None else float(most))
