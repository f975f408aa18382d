"""Batch loaders: for each access path one function that reads all objects of a level by one statement."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from api.addresses import RequestAddresses
from api.catalog.offers import EXCLUSIVE_CONDITIONS, STANDARD_CONDITIONS, TermsOfOffer
from api.catalog.rules import may_see as shown_to
from api.catalog.rules import why_not_deleted, why_not_edited
from api.covers.presets import CoverPresets
from api.recon.rules import band_of
from api.refusals import Refused, required_role
from api.settings import Settings
from api.viewer import Viewer
from db.clock import now
from db.folding import folded
from db.ids import AccountId, PictureId, ProducerId, TrackId
from db.queries import accounts, fingerprints, producers, tracks, uploads
from db.queries.accounts import RoleGrantRow
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import (
    AudioFormat,
    ErrorCode,
    ExclusiveAvailability,
    LicensingModel,
    Role,
)
from schema.accounts import Account, AccountAbilities, ApiToken, Member, RoleChange, Session
from schema.cases import Attachment, ReviewStep
from schema.context import Loaders
from schema.ground import Ability, Image, Money
from schema.licensing import ExclusiveOffer, LicenceTerms, Licensing
from schema.producers import Producer
from schema.recon import DuplicateFinding
from schema.tracks import Track, TrackAbilities

K = TypeVar("K")
V = TypeVar("V")


class RequestLoaders:
    """The functions behind the loaders of one request."""

    def __init__(
        self,
        sessions: Sessions,
        viewer: Viewer | None,
        *,
        settings: Settings,
        addresses: RequestAddresses,
        presets: CoverPresets,
    ) -> None:
        self._sessions = sessions
        self._viewer = viewer
        self._idle = timedelta(days=settings.session_days)
        self._addresses = addresses
        self._presets = presets

    def batched(self) -> Loaders:
        """One loader for each path; what was loaded once in a request is not loaded again."""
        return Loaders(
            accounts=DataLoader(self.accounts),
            members=DataLoader(self.members),
            roles=DataLoader(self.roles),
            role_history=DataLoader(self.role_history),
            account_abilities=DataLoader(self.account_abilities),
            sessions=DataLoader(self.sessions),
            api_tokens=DataLoader(self.api_tokens),
            producers=DataLoader(self.producers),
            producers_by_account=DataLoader(self.producers_by_account),
            case_history=DataLoader(self.case_history),
            attachments=DataLoader(self.attachments),
            tracks=DataLoader(self.tracks),
            credits=DataLoader(self.credits),
            fingerprints=DataLoader(self.fingerprints),
            duplicates=DataLoader(self.duplicates),
            licensing=DataLoader(self.licensing),
            track_abilities=DataLoader(self.track_abilities),
            pictures=DataLoader(self.pictures),
            presets=DataLoader(self.presets),
            genre_counts=DataLoader(self.genre_counts),
        )

    async def accounts(self, ids: list[AccountId]) -> Sequence[Account | None]:
        rows = await self._read(accounts.accounts, ids)
        return _aligned(ids, {row.id: Account.of(row) for row in rows})

    async def members(self, ids: list[AccountId]) -> Sequence[Member | None]:
        rows = await self._read(accounts.accounts, ids)
        return _aligned(ids, {row.id: Member.of(row) for row in rows})

    async def roles(self, ids: list[AccountId]) -> Sequence[list[Role]]:
        held = await self._roles_held(ids)
        return [[role for role in Role if role in held[account]] for account in ids]

    async def role_history(self, ids: list[AccountId]) -> Sequence[list[RoleChange]]:
        grants = _grouped((row.account_id, row) for row in await self._read(accounts.role_grants, ids))
        return [_role_changes(grants[account]) for account in ids]

    async def account_abilities(self, ids: list[AccountId]) -> Sequence[AccountAbilities]:
        held = await self._roles_held(ids)
        waiting = await self._read(producers.accounts_waiting, ids)
        return [_account_abilities(held[account], waiting=account in waiting) for account in ids]

    async def sessions(self, ids: list[AccountId]) -> Sequence[list[Session]]:
        access = self._viewer.access if self._viewer else None
        async with self._sessions.reading() as session:
            rows = await accounts.sessions_of(session, ids, idle_since=now() - self._idle)
        found = _grouped((row.account_id, Session.of(row, access=access)) for row in rows)
        return [found[account] for account in ids]

    async def api_tokens(self, ids: list[AccountId]) -> Sequence[list[ApiToken]]:
        rows = await self._read(accounts.api_tokens_of, ids)
        found = _grouped((row.account_id, ApiToken.of(row)) for row in rows)
        return [found[account] for account in ids]

    async def producers(self, ids: list[ProducerId]) -> Sequence[Producer | None]:
        rows = await self._read(producers.producers, ids)
        return _aligned(ids, {row.id: Producer.of(row) for row in rows})

    async def producers_by_account(self, ids: list[AccountId]) -> Sequence[Producer | None]:
        rows = await self._read(producers.producers_of, ids)
        return _aligned(ids, {row.account_id: Producer.of(row) for row in rows})

    async def case_history(self, ids: list[str]) -> Sequence[list[ReviewStep]]:
        rows = await self._read(producers.case_steps, ids)
        found = _grouped((row.case_id, ReviewStep.of(row)) for row in rows)
        return [found[case] for case in ids]

    async def attachments(self, ids: list[str]) -> Sequence[list[Attachment]]:
        rows = await self._read(producers.attachments, ids)
        found: dict[str, list[Attachment]] = defaultdict(list)
        for row in rows:
            file = await self._addresses.attachment(row.upload_id, row.filename)
            found[row.case_id].append(Attachment(filename=row.filename, byte_size=row.byte_size, file=file))
        return [found[case] for case in ids]

    async def tracks(self, ids: list[TrackId]) -> Sequence[Track | None]:
        """Tracks that the viewer may see; another is like none."""
        rows = await self._read(tracks.tracks, ids)
        return _aligned(ids, {row.id: Track.of(row) for row in rows if may_see(self._viewer, row)})

    async def credits(self, ids: list[TrackId]) -> Sequence[list[Producer]]:
        async with self._sessions.reading() as session:
            pairs = await tracks.credits_of(session, ids)
            rows = await producers.producers(session, {producer for _, producer in pairs})
        known = {row.id: Producer.of(row) for row in rows}
        found = _grouped((track, known[producer]) for track, producer in pairs)
        return [found[track] for track in ids]

    async def fingerprints(self, ids: list[TrackId]) -> Sequence[fingerprints.FingerprintRow | None]:
        rows = await self._read(fingerprints.fingerprints_of, ids)
        return _aligned(ids, {row.track_id: row for row in rows})

    async def duplicates(self, ids: list[TrackId]) -> Sequence[DuplicateFinding | None]:
        rows = await self._read(fingerprints.blocking_similarities, ids)
        best = {row.track_id: row for row in reversed(rows)}  # most similar first: the first one stays
        found = {track: DuplicateFinding.of(row, band_of(row.similarity)) for track, row in best.items()}
        return _aligned(ids, found)

    async def licensing(self, ids: list[TrackId]) -> Sequence[Licensing]:
        rows = {row.id: row for row in await self._read(tracks.tracks, ids)}
        return [_licensing(rows[track], own=is_theirs(self._viewer, rows[track])) for track in ids]

    async def track_abilities(self, ids: list[TrackId]) -> Sequence[TrackAbilities]:
        rows = {row.id: row for row in await self._read(tracks.tracks, ids)}
        return [_track_abilities(self._viewer, rows[track]) for track in ids]

    async def pictures(self, ids: list[PictureId]) -> Sequence[Image | None]:
        rows = await self._read(uploads.pictures, ids)
        return _aligned(ids, {row.id: self._addresses.picture_image(row) for row in rows})

    async def presets(self, ids: list[str]) -> Sequence[Image | None]:
        known = [self._presets.preset(preset) for preset in ids]
        return [self._addresses.preset_image(preset) if preset else None for preset in known]

    async def genre_counts(self, names: list[str]) -> Sequence[int]:
        async with self._sessions.reading() as session:
            counts = await tracks.published_by_genre(session)
        return [counts.get(folded(name), 0) for name in names]

    async def _roles_held(self, ids: list[AccountId]) -> dict[AccountId, set[Role]]:
        held: dict[AccountId, set[Role]] = defaultdict(lambda: {Role.LISTENER})
        for row in await self._read(accounts.role_grants, ids):
            if row.withdrawn_at is None:
                held[row.account_id] |= {row.role}
        return held

    async def _read(self, query: Callable[[AsyncSession, list[K]], Awaitable[V]], keys: list[K]) -> V:
        async with self._sessions.reading() as session:
            return await query(session, keys)


def may_see(viewer: Viewer | None, row: TrackRow) -> bool:
    """Whether a track is there for the viewer."""
    return shown_to(row.status, own=is_theirs(viewer, row))


def is_theirs(viewer: Viewer | None, row: TrackRow) -> bool:
    """Whether the viewer uploaded the track, or is staff."""
    return viewer is not None and (viewer.producer_id == row.producer_id or viewer.has(Role.STAFF))


def ability(refused: Refused | None) -> Ability:
    """A button: open, or locked with the reason that the mutation would give."""
    if refused is None:
        return Ability(allowed=True)
    return Ability(
        allowed=False,
        code=refused.code,
        message=refused.message,
        retry_at=getattr(refused, "retry_at", None),
    )


def _aligned(keys: Iterable[K], found: dict[K, V]) -> list[V | None]:
    return [found.get(key) for key in keys]


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _role_changes(grants: Sequence[RoleGrantRow]) -> list[RoleChange]:
    changes = [_given(row) for row in grants] + [_taken(row) for row in grants if row.withdrawn_at]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _given(row: RoleGrantRow) -> RoleChange:
    return RoleChange(
        role=row.role, granted=True, at=row.granted_at, reason=row.grant_reason, by_account=row.granted_by
    )


def _taken(row: RoleGrantRow) -> RoleChange:
    return RoleChange(
        role=row.role,
        granted=False,
        at=row.withdrawn_at or row.granted_at,
        reason=row.withdrawal_reason,
        by_account=row.withdrawn_by,
    )


def _account_abilities(roles: set[Role], *, waiting: bool) -> AccountAbilities:
    pending = Refused("You have an application waiting for review.", code=ErrorCode.REQUEST_PENDING)
    known = Refused("You have producer access already.", code=ErrorCode.UNKNOWN_VALUE)
    applying = known if Role.PRODUCER in roles else pending if waiting else None
    uploading = None if Role.PRODUCER in roles else required_role(Role.PRODUCER)
    return AccountAbilities(submit_producer_request=ability(applying), upload=ability(uploading))


def _track_abilities(viewer: Viewer | None, row: TrackRow) -> TrackAbilities:
    if viewer is None:
        locked = ability(required_role(Role.LISTENER))
        return TrackAbilities(edit=locked, delete=locked)
    own = viewer.producer_id == row.producer_id
    if own and not viewer.has(Role.PRODUCER):
        locked = ability(required_role(Role.PRODUCER))
        return TrackAbilities(edit=locked, delete=locked)
    return TrackAbilities(
        edit=ability(why_not_edited(row.status, own=own)),
        delete=ability(why_not_deleted(row.status, own=own)),
    )


def _licensing(row: TrackRow, *, own: bool) -> Licensing:
    sold_alone = row.licensing_model is LicensingModel.EXCLUSIVE_ONLY
    return Licensing(
        model=row.licensing_model,
        standard_terms=None if sold_alone else _standard_terms(),
        exclusive=_exclusive(row, own=own),
    )


def _exclusive(row: TrackRow, *, own: bool) -> ExclusiveOffer | None:
    if row.exclusive_availability is None:
        return None
    private = row.exclusive_availability is ExclusiveAvailability.PRIVATE
    priced = row.exclusive_price_minor is not None and (own or not private)
    return ExclusiveOffer(
        availability=row.exclusive_availability,
        price=_price(row) if priced else None,
        terms=_exclusive_terms(TermsOfOffer.stored(row.exclusive_terms)),
        contact_email=row.contact_email if own or private else None,
        accepted_terms_version=row.accepted_terms_version if own else None,
    )


def _price(row: TrackRow) -> Money | None:
    if row.exclusive_price_minor is None or row.exclusive_currency is None:
        return None
    return Money.of(row.exclusive_price_minor, row.exclusive_currency)


def _exclusive_terms(terms: TermsOfOffer) -> LicenceTerms:
    lists: dict[str, Any] = {
        "permissions": list(terms.permissions),
        "delivered_files": list(terms.delivered_files),
    }
    return LicenceTerms(**(vars(terms) | lists), conditions=list(EXCLUSIVE_CONDITIONS))


def _standard_terms() -> LicenceTerms:
    defaults = TermsOfOffer()
    return LicenceTerms(
        producer_share_percent=None,
        licensee_share_percent=None,
        royalty_percent=None,
        territory=defaults.territory,
        governing_law=defaults.governing_law,
        permissions=[],
        delivered_files=[AudioFormat.WAV],
        conditions=list(STANDARD_CONDITIONS),
    )
