"""Any object by its id: what the viewer may see of it, by the prefix that names its type."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import strawberry

from db.ids import (
    AboutPhotoId,
    AccountDeletionId,
    AccountId,
    ApiTokenId,
    AuditEntryId,
    BeatMatchId,
    BeatRequestId,
    CollectionId,
    ContactId,
    ContentReportId,
    DataExportId,
    EventId,
    LicenceId,
    LicencePresetId,
    PayoutAccountId,
    PayoutHoldId,
    PayoutId,
    PlanId,
    PlanSubscriptionId,
    PlayId,
    PoolRunId,
    ProducerId,
    ProducerRequestId,
    PurchaseId,
    ReconMatchId,
    ReconScanId,
    RequestOpeningId,
    SessionId,
    StatementId,
    SubmissionId,
    SupportTicketId,
    TakedownId,
    TicketMessageId,
    TrackId,
    UploadId,
    XpAwardId,
)
from db.queries import (
    accounts,
    appeals,
    experience,
    moderation,
    notices,
    openings,
    payout_accounts,
    plans,
    pools,
    producers,
    profiles,
    support,
    uploads,
)
from db.vocabulary import Role
from schema.accounts import ApiToken, Session
from schema.appeals import DuplicateAppeal
from schema.backstage import XpAward
from schema.cases import ProducerRequest
from schema.ground import Node
from schema.moderation import ContentReport
from schema.notifications import Notification
from schema.payouts import PayoutAccount, PayoutHold
from schema.plans import Plan
from schema.pool import PoolRun
from schema.producers import AboutPhoto
from schema.support import TicketMessage
from schema.uploads import CoverPreset, Upload

if TYPE_CHECKING:
    from api.context import RequestContext


async def _account(context: "RequestContext", value: str) -> Node | None:
    viewer = context.viewer
    seen = viewer is not None and (viewer.account_id == value or viewer.has(Role.STAFF))
    return await context.loaders.accounts.load(AccountId(value)) if seen else None


async def _member(context: "RequestContext", value: str) -> Node | None:
    """A member is visible to those who meet them somewhere: producers to all, others to staff and themselves."""
    account = AccountId(f"acc_{value.removeprefix('mem_')}")
    if await _account(context, account) or await context.loaders.producers_by_account.load(account):
        return await context.loaders.members.load(account)
    return None


async def _producer(context: "RequestContext", value: str) -> Node | None:
    """One that staff keep back is named where it is credited, and is no page of its own."""
    found = await context.loaders.producers.load(ProducerId(value))
    return None if found is None or found.bare else found


async def _about_photo(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await profiles.photos(session, [AboutPhotoId(value)])
    shown = bool(rows) and await _producer(context, rows[0].producer_id) is not None
    return AboutPhoto.of(rows[0]) if shown else None


async def _track(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.tracks.load(TrackId(value))


async def _collection(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.collections.load(CollectionId(value))


async def _request(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await producers.requests(session, [ProducerRequestId(value)])
    viewer = context.viewer
    seen = [row for row in rows if viewer and (row.account_id == viewer.account_id or viewer.has(Role.STAFF))]
    return ProducerRequest.of(seen[0]) if seen else None


async def _appeal(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await appeals.appeals(session, [value])
    viewer = context.viewer
    seen = [row for row in rows if viewer and (row.account_id == viewer.account_id or viewer.has(Role.STAFF))]
    return DuplicateAppeal.of(seen[0]) if seen else None


async def _upload(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        row = await uploads.upload(session, UploadId(value))
    own = row is not None and context.viewer is not None and row.account_id == context.viewer.account_id
    return Upload.of(row) if row and own else None


async def _session(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await accounts.session_rows(session, [SessionId(value)])
    viewer = context.viewer
    own = [row for row in rows if viewer and row.account_id == viewer.account_id]
    return Session.of(own[0], access=viewer.access) if viewer and own else None


async def _api_token(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await accounts.api_token_rows(session, [ApiTokenId(value)])
    own = [row for row in rows if context.viewer and row.account_id == context.viewer.account_id]
    return ApiToken.of(own[0]) if own else None


async def _preset(context: "RequestContext", value: str) -> Node | None:
    preset = (await context.presets.presets([value])).get(value)
    if preset is None:
        return None
    image = context.addresses.preset_image(preset)
    return CoverPreset(id=strawberry.ID(value), image=image, genres=list(preset.genres))


async def _xp_award(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await experience.awards(session, [XpAwardId(value)])
    viewer = context.viewer
    seen = [
        row for row in rows if viewer and (row.producer_id == viewer.producer_id or viewer.has(Role.STAFF))
    ]
    return XpAward.of(seen[0]) if seen else None


async def _recon_scan(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.recon_scans.load(ReconScanId(value))


async def _recon_match(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.recon_matches.load(ReconMatchId(value))


async def _beat_request(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.beat_requests.load(BeatRequestId(value))


async def _request_opening(context: "RequestContext", value: str) -> Node | None:
    """The request that was opened: what its requester is told of is the opening, each one anew."""
    async with context.sessions.reading() as session:
        request = await openings.request_of(session, RequestOpeningId(value))
    return await context.loaders.beat_requests.load(request) if request else None


async def _plan(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        rows = await plans.plans(session, [PlanId(value)])
    return Plan.of(rows[0]) if rows else None


async def _plan_subscription(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.plan_subscriptions.load(PlanSubscriptionId(value))


async def _submission(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.submissions.load(SubmissionId(value))


async def _beat_match(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.beat_matches.load(BeatMatchId(value))


async def _licence(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.licences.load(LicenceId(value))


async def _statement(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.statements.load(StatementId(value))


async def _purchase(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.purchases.load(PurchaseId(value))


async def _pool_run(context: "RequestContext", value: str) -> Node | None:
    if context.viewer is None or not context.viewer.has(Role.STAFF):
        return None
    async with context.sessions.reading() as session:
        row = await pools.run(session, PoolRunId(value))
    return PoolRun.of(row) if row else None


async def _play(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.plays.load(PlayId(value))


async def _payout_account(context: "RequestContext", value: str) -> Node | None:
    """By its own id; or the one that stands for a set-up which has not begun."""
    async with context.sessions.reading() as session:
        rows = await payout_accounts.accounts(session, [PayoutAccountId(value)])
    begun = rows[0].producer_id if rows else None
    producer = begun or ProducerId(f"pro_{value.removeprefix('pac_')}")
    viewer = context.viewer
    if viewer is None or not (viewer.producer_id == producer or viewer.has(Role.STAFF)):
        return None
    if await context.loaders.producers.load(producer) is None:
        return None
    return PayoutAccount.of(producer, rows[0] if rows else None)


async def _payout(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.payouts.load(PayoutId(value))


async def _payout_hold(context: "RequestContext", value: str) -> Node | None:
    """For staff; one that is over too."""
    if context.viewer is None or not context.viewer.has(Role.STAFF):
        return None
    async with context.sessions.reading() as session:
        rows = await payout_accounts.holds(session, [PayoutHoldId(value)])
    return PayoutHold.of(rows[0]) if rows else None


async def _contact(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.contacts.load(ContactId(value))


async def _event(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.events.load(EventId(value))


async def _ticket(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.support_tickets.load(SupportTicketId(value))


async def _ticket_message(context: "RequestContext", value: str) -> Node | None:
    """As long as its ticket is for the viewer."""
    async with context.sessions.reading() as session:
        rows = await support.messages(session, [TicketMessageId(value)])
    if not rows or await context.loaders.support_tickets.load(rows[0].ticket_id) is None:
        return None
    return TicketMessage.of(rows[0])


async def _audit_entry(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.audit_entries.load(AuditEntryId(value))


async def _content_report(context: "RequestContext", value: str) -> Node | None:
    """For staff: neither owner nor reporter look at one again."""
    if context.viewer is None or not context.viewer.has(Role.STAFF):
        return None
    async with context.sessions.reading() as session:
        rows = await moderation.reports(session, [ContentReportId(value)])
    return ContentReport.of(rows[0]) if rows else None


async def _takedown(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.takedowns.load(TakedownId(value))


async def _data_export(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.data_exports.load(DataExportId(value))


async def _account_deletion(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.deletions.load(AccountDeletionId(value))


async def _licence_preset(context: "RequestContext", value: str) -> Node | None:
    return await context.loaders.licence_presets.load(LicencePresetId(value))


async def _notification(context: "RequestContext", value: str) -> Node | None:
    async with context.sessions.reading() as session:
        row = await notices.notification(session, value)
    own = row is not None and context.viewer is not None and row.account_id == context.viewer.account_id
    return Notification.of(row) if row and own else None


NODES: Final[dict[str | None, Callable[["RequestContext", str], Awaitable[Node | None]]]] = {
    "acc": _account,
    "mem": _member,
    "pro": _producer,
    "pho": _about_photo,
    "trk": _track,
    "col": _collection,
    "req": _request,
    "apl": _appeal,
    "upl": _upload,
    "ses": _session,
    "tok": _api_token,
    "cvr": _preset,
    "scn": _recon_scan,
    "mat": _recon_match,
    "xpa": _xp_award,
    "ntf": _notification,
    "brq": _beat_request,
    "opn": _request_opening,
    "pln": _plan,
    "sub": _plan_subscription,
    "sbm": _submission,
    "bmt": _beat_match,
    "lic": _licence,
    "pur": _purchase,
    "stm": _statement,
    "plr": _pool_run,
    "lps": _licence_preset,
    "ply": _play,
    "pac": _payout_account,
    "pot": _payout,
    "phd": _payout_hold,
    "con": _contact,
    "evn": _event,
    "tkt": _ticket,
    "tmg": _ticket_message,
    "aud": _audit_entry,
    "rpt": _content_report,
    "tkd": _takedown,
    "dex": _data_export,
    "adl": _account_deletion,
}
"""By the prefix of its id."""
