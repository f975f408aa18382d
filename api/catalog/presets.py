"""Offers that begin with saved terms: a copy, taken when the offer is made (D-42).

Saving terms is the business of `api.licensing`, which stands above this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.offers import ExclusiveProposal, TermsOfOffer, checked_offer
from api.refusals import NotFound, Problems, check_id
from api.viewer import Viewer
from db.queries import licence_presets as queries
from db.queries import terms
from db.vocabulary import LicensingModel, TermsDocument


@dataclass(eq=False)
class PresetNotFound(NotFound):
    message: str = "You have no such preset."
    path: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Offer:
    """How a track is to be offered, as it was entered."""

    model: LicensingModel
    exclusive: ExclusiveProposal | None = None


async def offer_columns(
    session: AsyncSession,
    viewer: Viewer,
    problems: Problems,
    offer: Offer,
    *,
    place: tuple[str, ...] = ("licensing",),
) -> dict[str, Any]:
    """An offer as columns of a track, with the terms of the preset it names; what is wrong is noted under `place`."""
    exclusive = offer.exclusive
    with problems.under(*place, "exclusive", "preset_id"):
        exclusive = await _with_preset(session, viewer, offer.exclusive)
    return checked_offer(problems, offer.model, exclusive, place=place)


async def keep_acceptance(session: AsyncSession, viewer: Viewer, offered: Mapping[str, Any]) -> None:
    """Keep that a producer accepted the licence terms of an exclusive offer (D-82).

    Args:
        offered: The columns of the offer.
    """
    if version := offered.get("accepted_terms_version"):
        await terms.accept(session, viewer.account_id, TermsDocument.LICENCE, version)


async def _with_preset(
    session: AsyncSession, viewer: Viewer, exclusive: ExclusiveProposal | None
) -> ExclusiveProposal | None:
    """Terms that were given go before those of the preset.

    Raises:
        PresetNotFound: It is none of the viewer's.
    """
    if exclusive is None or exclusive.preset is None:
        return exclusive
    check_id(exclusive.preset, "lps", "preset")
    rows = await queries.presets(session, [exclusive.preset])
    own = [row for row in rows if row.producer_id == viewer.producer_id]
    if not own:
        raise PresetNotFound(path=())
    return replace(exclusive, terms={**_saved(own[0].terms), **exclusive.terms})


def _saved(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a preset keeps, as values."""
    read = vars(TermsOfOffer.stored(kept))
    return {name: read[name] for name in kept}
