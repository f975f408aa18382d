"""Loaders of offers, and of the agreements that they would come to."""

from collections.abc import Sequence
from typing import Any

import strawberry

from api.addresses import RequestAddresses
from api.catalog.offers import EXCLUSIVE_CONDITIONS, TermsOfOffer
from api.licensing.offering import facts_of, offered_by
from api.licensing.quotes import quote
from api.licensing.snapshots import usual_terms
from api.loaders.reading import Reader, aligned, grouped
from api.loaders.tracks import is_theirs, may_see
from api.viewer import Viewer
from db.ids import LicencePresetId, ProducerId, TrackId
from db.money import Amount
from db.queries import accounts, licence_presets, licences, producers, tracks
from db.queries.licence_presets import LicencePresetRow
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import ExclusiveAvailability, LicensingModel, TrackStatus
from schema.ground import Money
from schema.licence_presets import LicencePreset
from schema.licences import terms_granted
from schema.licensing import Agreement, ExclusiveOffer, ExclusiveQuote, LicenceTerms, Licensing


class LicensingLoaders(Reader):
    """Of tracks, as the viewer may see them."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, addresses: RequestAddresses) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses

    async def licensing(self, ids: list[TrackId]) -> Sequence[Licensing]:
        rows = {row.id: row for row in await self._read(tracks.tracks, ids)}
        return [_licensing(rows[track], own=is_theirs(self._viewer, rows[track])) for track in ids]

    async def agreements(self, ids: list[TrackId]) -> Sequence[Agreement | None]:
        """What the viewer would sign; there is none for who does not see the track, nor once it is sold."""
        viewer = self._viewer
        async with self._sessions.reading() as session:
            rows = {row.id: row for row in await tracks.tracks(session, ids)}
            found = await producers.producers(session, {row.producer_id for row in rows.values()})
            people = await accounts.accounts(session, [viewer.account_id]) if viewer else []
            held = await licences.standard_counts(session, ids)
        names = {row.id: row.name for row in found}
        licensee = people[0].display_name if people else None
        return [self._agreement(rows.get(one), names, licensee, held[one]) for one in ids]

    def _agreement(
        self, row: TrackRow | None, names: dict[Any, str], licensee: str | None, held: int
    ) -> Agreement | None:
        if row is None or row.status is TrackStatus.SOLD or not may_see(self._viewer, row):
            return None
        offered = offered_by(row, own=is_theirs(self._viewer, row))
        viewer_made = self._viewer is not None and self._viewer.producer_id == row.producer_id
        facts = facts_of(
            row,
            offered,
            producer=names[row.producer_id],
            licensee=None if viewer_made else licensee,
            standard_licences=held,
        )
        return self._addresses.agreement(facts)

    async def presets(self, ids: list[LicencePresetId]) -> Sequence[LicencePreset | None]:
        """Nobody sees another's."""
        rows = await self._read(licence_presets.presets, ids)
        own = {
            row.id: _preset(row)
            for row in rows
            if self._viewer and row.producer_id == self._viewer.producer_id
        }
        return aligned(ids, own)

    async def presets_of_producers(self, ids: list[ProducerId]) -> Sequence[list[LicencePreset]]:
        rows = await self._read(licence_presets.presets_of, ids)
        found = grouped((row.producer_id, _preset(row)) for row in rows)
        return [found[producer] for producer in ids]


def terms_shown(terms: TermsOfOffer) -> LicenceTerms:
    """Terms of an exclusive offer."""
    lists: dict[str, Any] = {
        "permissions": list(terms.permissions),
        "delivered_files": list(terms.delivered_files),
    }
    return LicenceTerms(**(vars(terms) | lists), conditions=list(EXCLUSIVE_CONDITIONS))


def _preset(row: LicencePresetRow) -> LicencePreset:
    terms = terms_shown(TermsOfOffer.stored(row.terms))
    return LicencePreset(id=strawberry.ID(row.id), name=row.name, terms=terms)


def _licensing(row: TrackRow, *, own: bool) -> Licensing:
    sold_alone = row.licensing_model is LicensingModel.EXCLUSIVE_ONLY
    return Licensing(
        model=row.licensing_model,
        standard_terms=None if sold_alone else terms_granted(usual_terms()),
        exclusive=_exclusive(row, own=own),
    )


def _exclusive(row: TrackRow, *, own: bool) -> ExclusiveOffer | None:
    if row.exclusive_availability is None:
        return None
    private = row.exclusive_availability is ExclusiveAvailability.PRIVATE
    asked = _asked(row)
    return ExclusiveOffer(
        track_id=row.id,
        availability=row.exclusive_availability,
        price=Money.showing(asked) if asked is not None and (own or not private) else None,
        terms=terms_shown(TermsOfOffer.stored(row.exclusive_terms)),
        quote=_quote(row, asked),
        contact_email=row.contact_email if own or private else None,
        accepted_terms_version=row.accepted_terms_version if own else None,
    )


def _asked(row: TrackRow) -> Amount | None:
    if row.exclusive_price_minor is None or row.exclusive_currency is None:
        return None
    return Amount(row.exclusive_price_minor, row.exclusive_currency)


def _quote(row: TrackRow, asked: Amount | None) -> ExclusiveQuote | None:
    """For what can be bought here and now: on sale, and published."""
    on_sale = row.exclusive_availability is ExclusiveAvailability.AVAILABLE
    if asked is None or not on_sale or row.status is not TrackStatus.PUBLISHED:
        return None
    its = quote(asked)
    return ExclusiveQuote(
        track_id=row.id,
        price=Money.showing(its.price),
        fee=Money.showing(its.fee),
        total=Money.showing(its.total),
    )
