"""Setting how a track is offered (D-40, D-42), and what its agreement would be."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.edit import track_to_edit
from api.catalog.presets import Offer, keep_acceptance, offer_columns
from api.catalog.rules import LIVE
from api.catalog.upload import tell_of_track
from api.licensing.agreements import AgreementFacts
from api.refusals import Problems
from api.terms import LICENCE
from api.viewer import Viewer
from db.ids import TrackId
from db.queries import licences, producers, tracks
from db.queries.tracks import TrackRow
from db.vocabulary import ExclusiveAvailability, TrackStatus

_NO_EXCLUSIVE: Final[dict[str, Any]] = {
    "exclusive_availability": None,
    "exclusive_price_minor": None,
    "exclusive_currency": None,
    "contact_email": None,
    "accepted_terms_version": None,
    "exclusive_terms": None,
}


async def set_licensing(session: AsyncSession, viewer: Viewer, *, track: TrackId, offer: Offer) -> None:
    """Offer a track as said from now on; the same again changes nothing. Licences that were granted stay as they are.

    Raises:
        TrackNotFound: There is none, or it is not for the viewer.
        TrackIsAnothers: The viewer may see it and nothing more.
        TrackIsLocked: It is sold.
        ManyRefused: Everything that is wrong with the input.
    """
    row = await track_to_edit(session, viewer, track)
    columns = await _checked(session, viewer, offer)
    if all(getattr(row, name) == value for name, value in columns.items()):
        return
    await tracks.change_track(session, track, columns)
    await keep_acceptance(session, viewer, columns)
    if row.status in LIVE:
        await have_matched(session, track)
    tell_of_track(session, track, row.producer_id)


async def agreement_to_be(
    session: AsyncSession, viewer: Viewer, *, track: TrackId, offer: Offer
) -> AgreementFacts | None:
    """What an agreement would say under an offer that is not saved; null unless the track is the viewer's, and unsold.

    Raises:
        ManyRefused: Everything that is wrong with the offer.
    """
    row = next(iter(await tracks.tracks(session, [track])), None)
    if row is None or row.producer_id != viewer.producer_id or row.status is TrackStatus.SOLD:
        return None
    columns = await _checked(session, viewer, offer)
    [producer] = await producers.producers(session, [row.producer_id])
    held = await licences.standard_counts(session, [track])
    return facts_of(row, columns, producer=producer.name, licensee=None, standard_licences=held[track])


def facts_of(
    row: TrackRow, offered: Mapping[str, Any], *, producer: str, licensee: str | None, standard_licences: int
) -> AgreementFacts:
    """What an agreement about a track says.

    Args:
        offered: The columns of its offer.
        licensee: Null: nobody yet.
        standard_licences: How many are held to it.
    """
    shared: dict[str, Any] = {
        "title": row.title,
        "artists": row.artists,
        "audio_sha256": row.audio_sha256,
        "producer": producer,
        "licensee": licensee,
        "terms_version": offered["accepted_terms_version"] or LICENCE.current,
    }
    if offered["exclusive_availability"] is None:
        return AgreementFacts(**shared)
    return AgreementFacts(
        **shared,
        exclusive=offered["exclusive_terms"] or {},
        price_minor=offered["exclusive_price_minor"],
        currency=offered["exclusive_currency"],
        standard_licences=standard_licences,
    )


def offered_by(row: TrackRow, *, own: bool) -> dict[str, Any]:
    """The columns of a saved offer; the price of a private one is for its producer."""
    columns = offer_of(row)
    private = row.exclusive_availability is ExclusiveAvailability.PRIVATE and not own
    return columns | ({"exclusive_price_minor": None, "exclusive_currency": None} if private else {})


def offer_of(row: TrackRow) -> dict[str, Any]:
    """The columns of a saved offer."""
    return {name: getattr(row, name) for name in _NO_EXCLUSIVE}


async def _checked(session: AsyncSession, viewer: Viewer, offer: Offer) -> dict[str, Any]:
    """All columns of an offer, those that it leaves empty too."""
    problems = Problems()
    columns = {**_NO_EXCLUSIVE, **await offer_columns(session, viewer, problems, offer, place=())}
    problems.refuse_any()
    return columns
