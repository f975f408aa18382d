"""Saving terms for later offers (D-42); what an offer has taken stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import own_profile
from api.catalog.offers import checked_terms
from api.catalog.presets import PresetNotFound
from api.refusals import InvalidValue, Problems
from api.texts import checked_text
from api.viewer import Viewer
from db.folding import folded
from db.ids import LicencePresetId
from db.models.licence_presets import LicencePreset
from db.queries import licence_presets as queries
from db.queries.licence_presets import LicencePresetRow
from db.vocabulary import ErrorCode

MOST_PRESETS: Final = 50
"""A list to choose from; nobody has asked for more than a handful."""
_LONGEST_NAME: Final = 60
_LONGEST_KEY: Final = 100
"""What the column holds: folding makes some letters long."""


@dataclass(eq=False)
class PresetNameIsTaken(InvalidValue):
    message: str = "You have a preset of this name."
    path: tuple[str, ...] = ("name",)
    code: ErrorCode = ErrorCode.REPEATED


@dataclass(eq=False)
class PresetsAreMany(InvalidValue):
    message: str = f"You have {MOST_PRESETS} presets, as many as are kept: delete one first."
    code: ErrorCode = ErrorCode.TOO_LONG
    maximum: Decimal | None = Decimal(MOST_PRESETS)


async def create_preset(
    session: AsyncSession, viewer: Viewer, *, name: str, terms: Mapping[str, Any]
) -> LicencePresetId:
    """Save terms under a name.

    Raises:
        NotAllowed: The viewer is no producer.
        PresetsAreMany: There is no room for another.
        PresetNameIsTaken: The viewer has one of this name.
        ManyRefused: Everything that is wrong with the input.
    """
    producer = own_profile(viewer)
    columns = _checked(name, terms)
    await queries.hold_producer(session, producer)
    if await queries.count_of(session, producer) >= MOST_PRESETS:
        raise PresetsAreMany
    preset = LicencePreset(producer_id=producer, **columns)
    if not await queries.add(session, preset):
        raise PresetNameIsTaken
    return preset.id


async def update_preset(
    session: AsyncSession,
    viewer: Viewer,
    *,
    preset: LicencePresetId,
    name: str | None,
    terms: Mapping[str, Any] | None,
) -> None:
    """Give it another name, or other terms in place of all it had; null leaves either as it is.

    Raises:
        NotAllowed: The viewer is no producer.
        PresetNotFound: It is none of the viewer's.
        PresetNameIsTaken: Another of the viewer's has this name.
        ManyRefused: Everything that is wrong with the input.
    """
    row = await _own(session, viewer, preset)
    columns = _checked(row.name if name is None else name, {} if terms is None else terms)
    if terms is None:
        del columns["terms"]
    await queries.hold_producer(session, row.producer_id)
    if await queries.named(session, row.producer_id, columns["name_key"]) not in {None, preset}:
        raise PresetNameIsTaken
    await queries.change(session, preset, columns)


async def delete_preset(session: AsyncSession, viewer: Viewer, *, preset: LicencePresetId) -> None:
    """Forget it; offers that took its terms keep them.

    Raises:
        NotAllowed: The viewer is no producer.
        PresetNotFound: It is none of the viewer's.
    """
    await _own(session, viewer, preset)
    await queries.forget(session, preset)


async def _own(session: AsyncSession, viewer: Viewer, preset: LicencePresetId) -> LicencePresetRow:
    producer = own_profile(viewer)
    row = await queries.preset_for_change(session, preset)
    if row is None or row.producer_id != producer:
        raise PresetNotFound
    return row


def _checked(name: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    problems, columns = Problems(), dict[str, Any]()
    with problems.under("name"):
        shown = checked_text(name, longest=_LONGEST_NAME)
        columns |= {"name": shown, "name_key": folded(shown)[:_LONGEST_KEY]}
    with problems.under("terms"):
        columns["terms"] = checked_terms(terms) or {}
    problems.refuse_any()
    return columns
