"""The catalogue over GraphQL."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.auth.roles import require
from api.catalog.edit import Changes, delete_track, remove_own_credit, set_visibility, update_track
from api.catalog.offers import TERMS, ExclusiveProposal
from api.catalog.presets import Offer
from api.catalog.replacement import replace_audio
from api.catalog.rules import FACTS, MOST_GENRES
from api.catalog.upload import NewTrack, add_track, track_topic, tracks_topic
from api.covers.choosing import Cover
from api.paths import public_path
from api.terms import LICENCE
from db.ids import CollectionId, LicencePresetId, ProducerId, TrackId, UploadId
from db.keys import key_named
from db.queries import collections, producers, tracks
from db.vocabulary import RequestErrorCode, Role
from schema.faults import RequestFault, no_producer, not_there
from schema.ground import given
from schema.licensing import ExclusiveLicensingInput, LicenceTermsInput, TrackLicensingInput
from schema.paging import PageRequest
from schema.replacements import ReplaceTrackAudioInput, ReplaceTrackAudioPayload
from schema.search import PublicPage, SearchSuggestion
from schema.terms import TermsVersion
from schema.track_changes import (
    CreateTrackInput,
    CreateTrackPayload,
    DeleteTrackPayload,
    RemoveOwnCreditPayload,
    SetTrackVisibilityInput,
    SetTrackVisibilityPayload,
    UpdateTrackInput,
    UpdateTrackPayload,
)
from schema.tracks import Track, TrackConnection, TrackOrder, TrackWhere
from schema.uploads import CoverInput, CoverPreset
from schema.vocabulary import KeyName, Vocabulary


@strawberry.type
class CatalogQuery:
    @strawberry.field
    async def track(self, info: Info, id: strawberry.ID) -> Track | None:
        """A track by id.

        Args:
            id: Of a Track.
        """
        return await info.context.loaders.tracks.load(TrackId(id_of_type("id", id, "trk", "track")))

    @strawberry.field
    async def tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: TrackWhere | None = strawberry.UNSET,
        order_by: TrackOrder | None = strawberry.UNSET,
    ) -> TrackConnection:
        """The catalogue."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.tracks(given(where), given(order_by), page)

    @strawberry.field
    async def search_suggestions(self, info: Info, text: str, first: int = 8) -> list[SearchSuggestion]:
        """As-you-type help over tracks, producers, collections and tags.

        Args:
            text: What is typed so far.
            first: 1 to 20.
        """
        return await info.context.lists.suggestions(text, first)

    @strawberry.field
    async def public_page(self, info: Info, path: str) -> PublicPage | None:
        """The object behind a path of the public site.

        Args:
            path: Such as /p/nova or /t/night-drive-x7f2.
        """
        named = public_path(path, info.context.settings.sites)
        if named is None:
            return None
        return await _PAGES[named.kind](info, named.name)

    @strawberry.field
    def vocabulary(self) -> Vocabulary:
        """Lists for pickers."""
        return Vocabulary.complete()

    @strawberry.field
    def key_named(self, text: str) -> KeyName | None:
        """The key that somebody typed, for a key field; null if it is none.

        Args:
            text: Such as Bbm, B♭ minor, A# min, Cmaj, C, 3A (Camelot) or 8m (Open Key). A letter alone is major; m is
                minor, M major.
        """
        key = key_named(text)
        return KeyName.of(*key) if key else None

    @strawberry.field
    async def cover_presets(self, info: Info, genres: list[str]) -> list[CoverPreset]:
        """Generated art for any of the genres or their parents, best match first; none for genres of your own.

        Args:
            genres: 1 to 3.
        """
        if not 1 <= len(genres) <= MOST_GENRES:
            sentence = f"Give 1 to {MOST_GENRES} genres."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="genres")
        found = await info.context.presets.presets_for(genres)
        return [
            CoverPreset(
                id=strawberry.ID(preset.id),
                image=info.context.addresses.preset_image(preset),
                genres=list(preset.genres),
            )
            for preset in found
        ]

    @strawberry.field
    def licence_terms(self, version: str | None = strawberry.UNSET) -> TermsVersion | None:
        """Terms to review; the current ones unless a version is given.

        Args:
            version: Such as 2026-11-01.
        """
        asked = given(version)
        found = LICENCE.of(LICENCE.current if asked is None else asked)
        return TermsVersion.of(found) if found else None


@strawberry.type
class CatalogMutation:
    @mutation
    async def create_track(self, info: Info, input: CreateTrackInput) -> CreateTrackPayload:
        """Save a track and start its check; the same upload and input again: the same track.

        Codes: TITLE_LIKE_FILE_NAME, PRESET_WITHOUT_GENRE, TERMS_CHANGED, UPLOAD_…
        """
        viewer, collection = signed_in(info), given(input.collection_id)
        new = NewTrack(
            audio_upload_id=UploadId(input.audio_upload_id),
            facts=_facts(input),
            cover=_cover(input.cover),
            offer=offer_entered(input.licensing),
            credited=_producers(given(input.credited_producer_ids) or []),
            collection=CollectionId(collection) if collection is not None else None,
        )
        async with info.context.sessions.writing() as session:
            track = await add_track(session, viewer, new, presets=info.context.presets)
        return CreateTrackPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def update_track(
        self, info: Info, id: strawberry.ID, input: UpdateTrackInput
    ) -> UpdateTrackPayload:
        """Change facts and cover. Codes: as createTrack, TRACK_LOCKED.

        Args:
            id: Own track.
        """
        viewer, track = signed_in(info), _track(id)
        require(viewer, Role.PRODUCER)
        cover, credited = given(input.cover), input.credited_producer_ids
        changes = Changes(
            facts=_facts(input),
            cover=None if cover is None else _cover(cover),
            without_cover=input.cover is None,
            credited=None if credited is strawberry.UNSET else _producers(credited or []),
        )
        async with info.context.sessions.writing() as session:
            await update_track(session, viewer, track=track, changes=changes, presets=info.context.presets)
        return UpdateTrackPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def replace_track_audio(
        self, info: Info, id: strawberry.ID, input: ReplaceTrackAudioInput
    ) -> ReplaceTrackAudioPayload:
        """Check new audio, then swap it in; another upload takes the place of one under check. Not while staff keep the track back.

        Nor while they look at what somebody has said about it. What is under check then is put away, and its producer told.

        Codes: NOT_PUBLISHED, TRACK_LOCKED, WITHHELD, RESERVED_BY_OTHER, UPLOAD_…

        Args:
            id: Own track.
        """
        viewer, track = signed_in(info), _track(id)
        require(viewer, Role.PRODUCER)
        upload = UploadId(input.audio_upload_id)
        async with info.context.sessions.writing() as session:
            await replace_audio(session, viewer, track=track, upload=upload)
        return ReplaceTrackAudioPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def set_track_visibility(
        self, info: Info, id: strawberry.ID, input: SetTrackVisibilityInput
    ) -> SetTrackVisibilityPayload:
        """Take out of the catalogue or put back. Codes: NOT_PUBLISHED, TRACK_LOCKED.

        Args:
            id: Own track.
        """
        viewer, track = signed_in(info), _track(id)
        require(viewer, Role.PRODUCER)
        async with info.context.sessions.writing() as session:
            await set_visibility(session, viewer, track=track, visible=input.visible)
        return SetTrackVisibilityPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def remove_own_credit(self, info: Info, track_id: strawberry.ID) -> RemoveOwnCreditPayload:
        """Take your own name off a track that credits you, for good; again changes nothing. Codes: OWN_TRACK, NOT_YOURS.

        Args:
            track_id: A track that credits you.
        """
        viewer, track = signed_in(info), TrackId(id_given("track_id", track_id, "trk", "track"))
        async with info.context.sessions.writing() as session:
            await remove_own_credit(session, viewer, track=track)
        return RemoveOwnCreditPayload(track=await info.context.loaders.tracks.load(track))

    @mutation
    async def delete_track(self, info: Info, id: strawberry.ID) -> DeleteTrackPayload:
        """Delete for good; licences stay valid. Codes: TRACK_LOCKED, RESERVED_BY_OTHER.

        Args:
            id: Own track.
        """
        viewer, track = signed_in(info), _track(id)
        require(viewer, Role.PRODUCER)
        async with info.context.sessions.writing() as session:
            await delete_track(session, viewer, track=track)
        return DeleteTrackPayload(deleted_track_id=strawberry.ID(track))


@strawberry.type
class CatalogSubscription:
    @strawberry.subscription
    async def track_changed(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Track]:
        """One track: check, analysis, publication.

        Args:
            id: Any visible track.
        """
        track = TrackId(id_of_type("id", id, "trk", "track"))
        async for _ in info.context.watch(track_topic(track)):
            yield await info.context.loaders.tracks.load(track) or not_there()

    @strawberry.subscription
    async def my_tracks_changed(self, info: Info) -> AsyncGenerator[Track]:
        """Any of the viewer's tracks that is not settled: one stream for a whole batch. For producers, others get FORBIDDEN."""
        viewer = signed_in(info)
        require_producer = viewer.producer_id or no_producer()
        async for changed in info.context.watch(tracks_topic(require_producer)):
            wanted = changed or await info.context.unsettled_tracks(require_producer)
            for track in await info.context.loaders.tracks.load_many(
                [TrackId(one) for one in sorted(wanted)]
            ):
                if track is not None:
                    yield track


async def _profile_page(info: Info, handle_key: str) -> PublicPage | None:
    async with info.context.sessions.reading() as session:
        row = await producers.producer_by_handle(session, handle_key)
    seen = await info.context.loaders.producers.load(row.id) if row else None
    shown = seen if seen is not None and not seen.bare else None
    return PublicPage(canonical_path=f"/p/{quote(shown.handle)}", node=shown) if shown else None


async def _track_page(info: Info, slug: str) -> PublicPage | None:
    async with info.context.sessions.reading() as session:
        row = await tracks.track_by_slug(session, slug)
    seen = await info.context.loaders.tracks.load(row.id) if row else None
    return PublicPage(canonical_path=f"/t/{quote(slug)}", node=seen) if seen else None


async def _collection_page(info: Info, slug: str) -> PublicPage | None:
    async with info.context.sessions.reading() as session:
        row = await collections.collection_by_slug(session, slug)
    seen = await info.context.loaders.collections.load(row.id) if row else None
    return PublicPage(canonical_path=f"/c/{quote(slug)}", node=seen) if seen else None


_PAGES: Final[dict[str, Callable[[Info, str], Awaitable[PublicPage | None]]]] = {
    "p": _profile_page,
    "t": _track_page,
    "c": _collection_page,
}


def _track(value: str) -> TrackId:
    return TrackId(id_given("id", value, "trk", "track"))


def _facts(entered: CreateTrackInput | UpdateTrackInput) -> dict[str, Any]:
    """The facts that were given; null is a value, absent is not."""
    facts = {name: getattr(entered, name) for name in FACTS}
    return {name: value for name, value in facts.items() if value is not strawberry.UNSET}


def _cover(cover: CoverInput) -> Cover:
    upload = given(cover.upload_id)
    return Cover(upload_id=UploadId(upload) if upload else None, preset_id=given(cover.preset_id))


def _producers(ids: list[strawberry.ID]) -> tuple[ProducerId, ...]:
    return tuple(ProducerId(producer) for producer in ids)


def offer_entered(entered: TrackLicensingInput) -> Offer:
    """An offer as a client entered it."""
    exclusive = given(entered.exclusive)
    return Offer(entered.model, None if exclusive is None else _exclusive(exclusive))


def terms_entered(entered: LicenceTermsInput | None) -> dict[str, Any]:
    """The terms that were given; null is like absent."""
    if entered is None:
        return {}
    values = {name: given(getattr(entered, name)) for name in TERMS}
    return {name: value for name, value in values.items() if value is not None}


def _exclusive(entered: ExclusiveLicensingInput) -> ExclusiveProposal:
    price, preset = given(entered.price), given(entered.preset_id)
    return ExclusiveProposal(
        availability=entered.availability,
        contact_email=entered.contact_email,
        accepted_terms_version=entered.accepted_terms_version,
        price_amount=price.amount if price else None,
        price_currency=price.currency if price else None,
        terms=terms_entered(given(entered.terms)),
        preset=LicencePresetId(preset) if preset is not None else None,
    )
