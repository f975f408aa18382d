"""What a resolver may ask of the request it serves: who asks, batch loaders, lists and addresses. No I/O here."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import strawberry
from strawberry.dataloader import DataLoader

from db.ids import (
    AccountId,
    BeatMatchId,
    BeatRequestId,
    CollectionId,
    LicenceId,
    LicencePresetId,
    PayoutId,
    PictureId,
    PlanId,
    PlanSubscriptionId,
    PlayId,
    PoolRunId,
    ProducerId,
    PurchaseId,
    ReconMatchId,
    ReconScanId,
    StatementId,
    SubmissionId,
    TrackId,
    UploadId,
)
from db.queries.fingerprints import FingerprintRow
from db.queries.paging import Slice
from db.queries.producers import ProducerRow
from db.queries.requests import BeatRequestRow
from db.queries.statements import StatementRow
from db.vocabulary import (
    ApiTokenScope,
    CurrencyCode,
    PoolDivision,
    Role,
    SeriesInterval,
    SeriesMetric,
)
from schema.addresses import Addresses
from schema.community import ListsOfCommunity, LoadersOfCommunity
from schema.own_data import LoadersOfOwnData

if TYPE_CHECKING:
    from schema.accounts import (
        Account,
        AccountAbilities,
        ApiToken,
        Member,
        RoleChange,
        Session,
    )
    from schema.analysis import TrackAnalysis
    from schema.appeals import DuplicateAppeal
    from schema.backstage import BackstageTask, SeriesPoint, TrackPlays, TrackStatusCount, XpAward
    from schema.cases import Attachment, ProducerRequestConnection, ReviewStep
    from schema.collections import Collection, CollectionConnection
    from schema.credit_notes import CreditNote
    from schema.ground import Ability, Image, Node, SignedUrl
    from schema.licence_presets import LicencePreset
    from schema.licences import Download, Licence, LicenceConnection, LicenceWhere
    from schema.licensing import Agreement, Licensing
    from schema.matches import BeatMatch, BeatMatchConnection, BeatMatchWhere, MatchReason
    from schema.notifications import NotificationConnection, NotificationPreference, NotificationWhere
    from schema.payouts import Balance, Payout, PayoutAccount, PayoutConnection, PayoutHold
    from schema.plans import Invoice, Plan, PlanSubscription
    from schema.plays import Play
    from schema.pool import PoolExplanation, PoolRun, PoolSimulation, TrackContributionConnection
    from schema.producers import AboutPhoto, Producer, ProfileCompleteness
    from schema.purchases import Purchase, PurchaseConnection
    from schema.recon import DuplicateFinding
    from schema.replacements import AudioReplacement
    from schema.request_feed import BeatRequestConnection, BeatRequestOrder, BeatRequestWhere
    from schema.request_tokens import RequestTokens
    from schema.requests import BeatRequest
    from schema.scans import (
        ReconMatch,
        ReconMatchConnection,
        ReconMatchOrder,
        ReconMatchWhere,
        ReconScan,
        ReconScanConnection,
        ReconScanWhere,
    )
    from schema.search import SearchSuggestion
    from schema.staff import CaseConnection, CaseWhere, LedgerBreak
    from schema.statements import Statement, StatementConnection, StatementLine
    from schema.submissions import Submission, SubmissionConnection, SubmissionWhere
    from schema.terms import TermsAcceptance
    from schema.tracks import Track, TrackAbilities, TrackConnection, TrackOrder, TrackWhere
    from schema.uploads import Upload


class Viewer(Protocol):
    """Who asks."""

    @property
    def account_id(self) -> AccountId: ...
    @property
    def producer_id(self) -> ProducerId | None: ...
    @property
    def access(self) -> str: ...
    @property
    def scope(self) -> ApiTokenScope: ...
    def has(self, role: Role) -> bool: ...


@dataclass(frozen=True)
class LoadersOfPeople:
    """Accounts and producers, what they hold, are told and asked for."""

    accounts: "DataLoader[AccountId, Account | None]"
    members: "DataLoader[AccountId, Member | None]"
    roles: "DataLoader[AccountId, list[Role]]"
    role_history: "DataLoader[AccountId, list[RoleChange]]"
    account_abilities: "DataLoader[AccountId, AccountAbilities]"
    pending_emails: "DataLoader[AccountId, str | None]"
    accepted_terms: "DataLoader[AccountId, list[TermsAcceptance]]"
    sessions: "DataLoader[AccountId, list[Session]]"
    api_tokens: "DataLoader[AccountId, list[ApiToken]]"
    producers: "DataLoader[ProducerId, Producer | None]"
    producers_by_account: "DataLoader[AccountId, Producer | None]"
    about_photos: "DataLoader[ProducerId, list[AboutPhoto]]"
    follower_counts: "DataLoader[ProducerId, int]"
    viewer_follows: "DataLoader[ProducerId, bool]"
    completeness: "DataLoader[ProducerId, ProfileCompleteness | None]"
    case_history: "DataLoader[str, list[ReviewStep]]"
    attachments: "DataLoader[str, list[Attachment]]"
    unread_counts: "DataLoader[AccountId, int]"
    notification_preferences: "DataLoader[AccountId, list[NotificationPreference]]"
    muted_genres: "DataLoader[AccountId, list[str]]"
    plans: "DataLoader[PlanId, Plan]"
    plan_subscriptions: "DataLoader[PlanSubscriptionId, PlanSubscription | None]"
    plans_of_accounts: "DataLoader[AccountId, PlanSubscription | None]"
    invoices: "DataLoader[PlanSubscriptionId, list[Invoice]]"
    plan_portals: "DataLoader[PlanSubscriptionId, SignedUrl | None]"


@dataclass(frozen=True)
class LoadersOfMusic:
    """Tracks and collections, their files, checks and offers."""

    latest_appeals: "DataLoader[TrackId, DuplicateAppeal | None]"
    tracks: "DataLoader[TrackId, Track | None]"
    credits: "DataLoader[TrackId, list[Producer]]"
    plays: "DataLoader[PlayId, Play | None]"
    play_counts: "DataLoader[TrackId, int]"
    collections: "DataLoader[CollectionId, Collection | None]"
    fingerprints: "DataLoader[TrackId, FingerprintRow | None]"
    duplicates: "DataLoader[TrackId | UploadId, DuplicateFinding | None]"
    replacements: "DataLoader[TrackId, AudioReplacement | None]"
    uploads: "DataLoader[UploadId, Upload | None]"
    recon_scans: "DataLoader[ReconScanId, ReconScan | None]"
    recon_matches: "DataLoader[ReconMatchId, ReconMatch | None]"
    licensing: "DataLoader[TrackId, Licensing]"
    agreements: "DataLoader[TrackId, Agreement | None]"
    licence_presets: "DataLoader[LicencePresetId, LicencePreset | None]"
    presets_of_producers: "DataLoader[ProducerId, list[LicencePreset]]"
    track_abilities: "DataLoader[TrackId, TrackAbilities]"
    versions_to_delist: "DataLoader[TrackId, list[Track]]"
    analyses: "DataLoader[UploadId, TrackAnalysis | None]"
    pictures: "DataLoader[PictureId, Image | None]"
    withheld_pictures: "DataLoader[PictureId, Image | None]"
    presets: "DataLoader[str, Image | None]"
    genre_counts: "DataLoader[str, int]"


@dataclass(frozen=True)
class LoadersOfRequests:
    """Beat requests, what is offered to them and what answers them."""

    beat_requests: "DataLoader[BeatRequestId, BeatRequest | None]"
    request_renewals: "DataLoader[BeatRequestId, Ability | None]"
    request_samples: "DataLoader[UploadId, SignedUrl | None]"
    request_tokens: "DataLoader[AccountId, RequestTokens]"
    submissions: "DataLoader[SubmissionId, Submission | None]"
    own_submissions: "DataLoader[BeatRequestId, list[Submission]]"
    submission_abilities: "DataLoader[BeatRequestId, Ability]"
    beat_matches: "DataLoader[BeatMatchId, BeatMatch | None]"
    match_reasons: "DataLoader[tuple[BeatRequestId, TrackId], list[MatchReason]]"


@dataclass(frozen=True)
class LoadersOfLicences:
    """Licences that were granted, and exclusive ones that are bought."""

    licences: "DataLoader[LicenceId, Licence | None]"
    viewer_licences: "DataLoader[TrackId, Licence | None]"
    downloads: "DataLoader[LicenceId, list[Download] | None]"
    purchases: "DataLoader[PurchaseId, Purchase | None]"
    purchases_of_licences: "DataLoader[LicenceId, Purchase | None]"
    purchase_refunds: "DataLoader[PurchaseId, Ability]"
    credit_notes: "DataLoader[PurchaseId, list[CreditNote]]"
    reserved_until: "DataLoader[TrackId, datetime | None]"
    standard_counts: "DataLoader[TrackId, int]"


@dataclass(frozen=True)
class LoadersOfMoney:
    """What producers have earned, and how they are paid."""

    statements: "DataLoader[StatementId, Statement | None]"
    statement_lines: "DataLoader[StatementRow, list[StatementLine]]"
    payout_accounts: "DataLoader[ProducerId, PayoutAccount]"
    payouts: "DataLoader[PayoutId, Payout | None]"
    balances: "DataLoader[ProducerId, list[Balance]]"


@dataclass(frozen=True)
class Loaders(
    LoadersOfPeople,
    LoadersOfMusic,
    LoadersOfRequests,
    LoadersOfLicences,
    LoadersOfMoney,
    LoadersOfCommunity,
    LoadersOfOwnData,
):
    """One batch loader per access path: one statement for all objects of a level."""


class Lists(ListsOfCommunity, Protocol):
    """Pages of things that are too many to load at once."""

    async def tracks(
        self,
        where: "TrackWhere | None",
        order_by: "TrackOrder | None",
        page: "PageSource",
        *,
        of: ProducerId | None = None,
        crediting: ProducerId | None = None,
        inside: CollectionId | None = None,
    ) -> "TrackConnection": ...

    async def collections(self, of: ProducerId, page: "PageSource") -> "CollectionConnection": ...

    async def recon_scans(
        self, where: "ReconScanWhere | None", page: "PageSource"
    ) -> "ReconScanConnection | None": ...

    async def recon_matches(
        self, where: "ReconMatchWhere | None", order_by: "ReconMatchOrder | None", page: "PageSource"
    ) -> "ReconMatchConnection | None": ...

    async def matches_of_track(
        self,
        track: TrackId,
        where: "ReconMatchWhere | None",
        order_by: "ReconMatchOrder | None",
        page: "PageSource",
    ) -> "ReconMatchConnection | None": ...

    async def matches_of_scan(
        self,
        scan: ReconScanId,
        where: "ReconMatchWhere | None",
        order_by: "ReconMatchOrder | None",
        page: "PageSource",
    ) -> "ReconMatchConnection": ...

    async def producer_requests(self, of: AccountId, page: "PageSource") -> "ProducerRequestConnection": ...

    async def backstage_tasks(self, producer: ProducerRow) -> "list[BackstageTask]": ...

    async def tracks_by_status(self, producer: ProducerId) -> "list[TrackStatusCount]": ...

    async def series(
        self,
        producer: ProducerId,
        metric: SeriesMetric,
        interval: SeriesInterval,
        days: tuple[date, date],
        time_zone: str,
        currency: CurrencyCode,
    ) -> "list[SeriesPoint]": ...

    async def top_tracks(
        self, producer: ProducerId, days: tuple[date, date], first: int
    ) -> "list[TrackPlays]": ...

    async def xp_awards(self, producer: ProducerId, first: int) -> "list[XpAward]": ...

    async def new_match_count(self) -> int: ...

    async def payouts(self, of: ProducerId, page: "PageSource") -> "PayoutConnection": ...

    async def payout_holds(self) -> "list[PayoutHold]": ...

    async def notifications(
        self, of: AccountId, where: "NotificationWhere | None", page: "PageSource"
    ) -> "NotificationConnection": ...

    async def submissions(
        self, request: BeatRequestRow, where: "SubmissionWhere | None", page: "PageSource"
    ) -> "SubmissionConnection | None": ...

    async def matches_for_viewer(
        self, where: "BeatMatchWhere | None", page: "PageSource"
    ) -> "BeatMatchConnection | None": ...

    async def suggested_tracks(
        self, request: BeatRequestId, page: "PageSource"
    ) -> "BeatMatchConnection | None": ...

    async def licences(
        self, of: AccountId, where: "LicenceWhere | None", page: "PageSource"
    ) -> "LicenceConnection": ...

    async def purchases(self, of: AccountId, page: "PageSource") -> "PurchaseConnection": ...

    async def ledger_breaks(self) -> "list[LedgerBreak]": ...
    async def ledger_compared_from(self) -> datetime | None: ...

    async def statements(self, of: ProducerId, page: "PageSource") -> "StatementConnection": ...
    async def pool_explanation(self, producer: ProducerId, period: str) -> "PoolExplanation | None": ...

    async def track_contributions(
        self, run: PoolRunId, producer: ProducerId, page: "PageSource"
    ) -> "TrackContributionConnection": ...

    async def pool_runs(self) -> "list[PoolRun]": ...

    async def simulate_pool(
        self, period: str, half_life_months: Decimal, division: PoolDivision
    ) -> "PoolSimulation": ...

    async def cases(self, where: "CaseWhere | None", page: "PageSource") -> "CaseConnection": ...

    async def beat_requests(
        self,
        where: "BeatRequestWhere | None",
        order_by: "BeatRequestOrder | None",
        page: "PageSource",
    ) -> "BeatRequestConnection": ...

    async def suggestions(self, text: str, first: int) -> "list[SearchSuggestion]": ...

    async def accounts(self, search: str, first: int) -> "list[Account]": ...


class PageSource(Protocol):
    """A page as asked for; tells which part of an ordered list that is."""

    def slice(self, order: str) -> Slice: ...


class PresetFacts(Protocol):
    """A ready-made cover."""

    @property
    def id(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def dominant_color(self) -> str: ...
    @property
    def blurhash(self) -> str: ...


class Context(Protocol):
    """One request."""

    @property
    def viewer(self) -> Viewer | None: ...
    @property
    def loaders(self) -> Loaders: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def addresses(self) -> Addresses: ...
    def node(self, node_id: str) -> "Awaitable[Node | None]": ...


Info = strawberry.Info[Context, None]
