"""Offers, saved terms and agreements over GraphQL."""

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.auth.roles import require
from api.catalog.resolvers import offer_entered, terms_entered
from api.licensing.offering import agreement_to_be, set_licensing
from api.licensing.presets import create_preset, delete_preset, update_preset
from api.refusals import ManyRefused
from db.ids import LicencePresetId, TrackId
from db.vocabulary import RequestErrorCode, Role
from schema.faults import RequestFault
from schema.ground import given
from schema.licence_presets import (
    CreateLicencePresetInput,
    CreateLicencePresetPayload,
    DeleteLicencePresetPayload,
    LicencePreset,
    SetTrackLicensingPayload,
    UpdateLicencePresetInput,
    UpdateLicencePresetPayload,
)
from schema.licensing import Agreement, TrackLicensingInput


@strawberry.type
class OffersQuery:
    @strawberry.field
    async def agreement_preview(
        self, info: Info, track_id: strawberry.ID, licensing: TrackLicensingInput | None = strawberry.UNSET
    ) -> Agreement | None:
        """The agreement a buyer would get, with settings not saved yet.

        Args:
            track_id: Any visible track that is not sold; with `licensing`: an own one.
            licensing: To be previewed; what is saved unless given.
        """
        track = TrackId(id_of_type("trackId", track_id, "trk", "track"))
        entered = given(licensing)
        if entered is None:
            return await info.context.loaders.agreements.load(track)
        return await _preview(info, track, entered)

    @strawberry.field
    async def licence_presets(self, info: Info) -> list[LicencePreset] | None:
        """Own saved terms, by name; null unless a producer."""
        viewer = info.context.viewer
        if viewer is None or viewer.producer_id is None or not viewer.has(Role.PRODUCER):
            return None
        return await info.context.loaders.presets_of_producers.load(viewer.producer_id)


@strawberry.type
class OffersMutation:
    @mutation
    async def set_track_licensing(
        self, info: Info, id: strawberry.ID, input: TrackLicensingInput
    ) -> SetTrackLicensingPayload:
        """Set a track's offer. Codes: TERMS_CHANGED, TRACK_LOCKED.

        Args:
            id: Own track.
        """
        viewer, track = signed_in(info), TrackId(id_given("id", id, "trk", "track"))
        require(viewer, Role.PRODUCER)
        async with info.context.sessions.writing() as session:
            await set_licensing(session, viewer, track=track, offer=offer_entered(input))
        return SetTrackLicensingPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def create_licence_preset(
        self, info: Info, input: CreateLicencePresetInput
    ) -> CreateLicencePresetPayload:
        """Save terms; at most 50. Codes: REPEATED, TOO_LONG."""
        viewer, terms = signed_in(info), terms_entered(input.terms)
        async with info.context.sessions.writing() as session:
            preset = await create_preset(session, viewer, name=input.name, terms=terms)
        return CreateLicencePresetPayload(preset=await info.context.loaders.licence_presets.load(preset))

    @mutation
    async def update_licence_preset(
        self, info: Info, id: strawberry.ID, input: UpdateLicencePresetInput
    ) -> UpdateLicencePresetPayload:
        """Change saved terms; offers that took them stay as they are. Codes: REPEATED.

        Args:
            id: Own preset.
        """
        viewer, preset = signed_in(info), _preset(id)
        terms = given(input.terms)
        changed = None if terms is None else terms_entered(terms)
        async with info.context.sessions.writing() as session:
            await update_preset(session, viewer, preset=preset, name=given(input.name), terms=changed)
        return UpdateLicencePresetPayload(preset=await info.context.loaders.licence_presets.load(preset))

    @mutation
    async def delete_licence_preset(self, info: Info, id: strawberry.ID) -> DeleteLicencePresetPayload:
        """Forget saved terms; offers that took them keep them.

        Args:
            id: Own preset.
        """
        viewer, preset = signed_in(info), _preset(id)
        async with info.context.sessions.writing() as session:
            await delete_preset(session, viewer, preset=preset)
        return DeleteLicencePresetPayload(deleted_preset_id=strawberry.ID(preset))


async def _preview(info: Info, track: TrackId, entered: TrackLicensingInput) -> Agreement | None:
    """With settings that are not saved; what is wrong with them is a fault of the request, for a query has no payload."""
    viewer = info.context.viewer
    if viewer is None or not viewer.has(Role.PRODUCER):
        return None
    try:
        async with info.context.sessions.reading() as session:
            facts = await agreement_to_be(session, viewer, track=track, offer=offer_entered(entered))
    except ManyRefused as many:
        sentences = " ".join(problem.message for problem in many.problems)
        raise RequestFault(sentences, RequestErrorCode.BAD_REQUEST, argument="licensing") from many
    return None if facts is None else info.context.addresses.agreement(facts)


def _preset(value: str) -> LicencePresetId:
    return LicencePresetId(id_given("id", value, "lps", "preset"))
