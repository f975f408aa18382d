"""Olga, who has used everything, with a needle in every text that can be typed and in every file (D-81)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth.passwords import hash_password
from api.licensing.certificate import Seal
from api.privacy.rules import archive_key
from api.support.rules import UNPROVED
from api.uploads.rules import mp3_key, picture_key, stored_key, stream_key
from db.clock import now
from db.ids import AccountId, DataExportId, LicenceId, TrackId, UploadId
from db.models.accounts import Account, RoleGrant
from db.models.all import METADATA
from db.models.licences import AudioCopy, Licence
from db.models.moderation import ContentReport
from db.models.notices import AnalyticsReport, MutedGenre, Notification, NotificationPreference
from db.models.plays import AudioStream, Listening
from db.models.pools import PoolClosingAsked
from db.models.privacy import AccountDeletion
from db.models.producers import Follow, Referral
from db.models.purchases import Purchase
from db.models.requests import BeatRequest, Submission
from db.models.support import SupportContact, SupportTicket, TicketMessage
from db.models.uploads import UploadPart
from db.queries import licences as licence_queries
from db.queries.personal import Person as WhoseData
from db.queries.personal import files_of, ids_of, pictures_of, theirs
from db.table import Table as DatabaseTable
from db.vocabulary import (
    AudioFormat,
    ImageSize,
    LicenceKind,
    NotificationChannel,
    NotificationKind,
    PurchaseStatus,
    ReportSpan,
)
from tests.authorisation.world import World, a_world
from tests.factories import Beatmaker, Person, a_match, a_track, the_upload_of
from tests.licences.granted import a_licence
from tests.privacy.leaving import PASSWORD
from tests.purchases.begun import a_purchase
from tests.stage import Stage

NEEDLE: Final = "zqneedle"
STAGE_NAME: Final = "Olga"
_EMAIL: Final = f"{NEEDLE}@mail.test"
_TYPED: Final[Mapping[str, str]] = {
    "account": "display_name",
    "role_grant": "grant_reason withdrawal_reason",
    "session": "device",
    "api_token": "name",
    "account_proof": "address address_key",
    "notification": "title body path",
    "notification_preference": "",
    "muted_genre": "folded genre",
    "producer_request": "producer_name beats_url first_name last_name instagram label review_reason discord_user_id code",
    "case_step": "reason",
    "upload": "filename rejection_message sha256",
    "producer": "handle handle_key bio city",
    "producer_handle": "handle_key",
    "producer_term": "term",
    "producer_label": "folded",
    "about_photo": "caption",
    "contact": "message",
    "collection": "slug name description",
    "collection_term": "term",
    "track": "slug title title_key description contact_email",
    "track_label": "folded label",
    "search_term": "term",
    "recon_scan": "error_message",
    "duplicate_appeal": "statement review_reason",
    "beat_request": "text reference_url genre genre_folded",
    "beat_request_term": "term",
    "request_opening": "idempotency_key",
    "submission": "note",
    "licence_preset": "name name_key",
    "licence": "revocation_reason",
    "purchase": "idempotency_key return_path refund_reason refund_key checkout_url",
    "payer": "reference",
    "plan_subscription": "idempotency_key return_path checkout_url",
    "invoice": "pdf_url",
    "payout": "failure idempotency_key",
    "payout_hold": "reason release_reason",
    "pool_closing_asked": "idempotency_key",
    "support_ticket": "subject",
    "ticket_message": "text",
    "content_report": "reason",
}
_LISTS: Final[Mapping[str, dict[str, Any]]] = {
    "collection": {"artists": [NEEDLE], "genres": [NEEDLE], "tags": [NEEDLE]},
    "track": {"artists": [NEEDLE], "genres": [NEEDLE], "tags": [NEEDLE], "moods": [NEEDLE]},
    "producer": {"roles": [NEEDLE], "links": [{"network": "X", "url": NEEDLE}]},
    "beat_request": {"moods": [NEEDLE], "tags": [NEEDLE]},
    "analytics_report": {"figures": {"heading": NEEDLE}},
    "licence_preset": {"terms": {"territory": NEEDLE}},
    "payout_account": {"requirements": [{"message": NEEDLE, "due_at": None}]},
    "licence": {"licensee": {"name": NEEDLE, "email": NEEDLE}},
}


@dataclass(frozen=True)
class Olga:
    """Who goes, and who stays beside her."""

    world: World
    me: Beatmaker
    lee: Person
    pat: Beatmaker
    held: LicenceId

    @property
    def whose(self) -> WhoseData:
        return WhoseData(self.me.account, self.me.producer)


async def olga_in(stage: Stage) -> Olga:
    """She has a needle everywhere; nothing stands in her way but what a test puts there."""
    world = await a_world(stage.sessions)
    me, lee, pat = (world.people[name] for name in ("owner", "listener", "producer"))
    assert isinstance(me, Beatmaker)
    assert isinstance(pat, Beatmaker)
    assert lee
    olga = Olga(world, me, lee, pat, await _rights(stage, me, lee, pat))
    await _more(stage, olga)
    await _needles(stage, olga)
    await _files(stage, olga)
    return olga


async def _rights(stage: Stage, me: Beatmaker, lee: Person, pat: Beatmaker) -> LicenceId:
    """What she was granted, and bought; what was sold is over, or cannot be undone any more."""
    bought = await a_track(stage.sessions, pat)
    held = await a_licence(stage.sessions, me, bought)
    exclusive = await a_licence(stage.sessions, me, bought, kind=LicenceKind.EXCLUSIVE)
    had: dict[str, Any] = {"status": PurchaseStatus.COMPLETED, "licence_id": exclusive, "completed_at": now()}
    purchase = await a_purchase(stage.sessions, me, bought, **had)
    earlier = now() - timedelta(days=3)
    async with stage.sessions.writing() as session:
        living = update(Purchase).where(col(Purchase.status) == PurchaseStatus.CHECKOUT_OPEN)
        await session.execute(living.values(status=PurchaseStatus.EXPIRED))
        await session.execute(update(Purchase).values(completed_at=earlier))
        reached = {"contact_email": f"{NEEDLE}@mail.test", "exclusive_terms": {"territory": NEEDLE}}
        sold = update(Purchase).where(col(Purchase.producer_id) == me.producer)
        await session.execute(sold.values(offer=reached))
        bought_by_her = await session.get_one(Purchase, purchase)
        bought_by_her.agreement = {**bought_by_her.agreement, "licensee": NEEDLE}
        party = {"name": NEEDLE, "email": NEEDLE}
        bought_by_her.grant = {**bought_by_her.grant, "licensee": party}
        for row in await licence_queries.licences(session, [held]):
            (await session.get_one(Licence, held)).signature = Seal(stage.settings).sign(row)
    return held


async def _more(stage: Stage, olga: Olga) -> None:
    """What nobody else's tests needed of her."""
    async with stage.sessions.writing() as session:
        await session.execute(delete(AccountDeletion))  # each test asks for it itself
        session.add_all(_said_and_done(olga))
        session.add_all(_told_to_others(olga))
        await _written_without_signing_in(session)
        wanted = await session.get_one(BeatRequest, olga.world.ids["beatRequest"])
        wanted.submission_count = 1
        await _ways_in(session, olga.me.account)
    own = await a_track(stage.sessions, olga.pat)
    seen = {"other_producer_name": STAGE_NAME}
    await a_match(stage.sessions, own, TrackId(olga.world.ids["track"]), **seen)


def _said_and_done(olga: Olga) -> list[DatabaseTable]:
    me, ids = olga.me, olga.world.ids
    report: dict[str, Any] = {"span": ReportSpan.WEEK, "first_day": now().date(), "figures": {}}
    switch: dict[str, Any] = {"kind": NotificationKind.NEW_UPLOAD, "channel": NotificationChannel.EMAIL}
    heard: dict[str, Any] = {"day": now().date(), "track_id": ids["placed"], "plays": 1, "counted": 0}
    offer: dict[str, Any] = {"request_id": ids["beatRequest"], "track_id": ids["track"], "note": "Hi"}
    return [
        Submission(producer_id=me.producer, **offer),
        MutedGenre(account_id=me.account, folded="trap", genre="Trap"),
        NotificationPreference(account_id=me.account, enabled=False, **switch),
        AnalyticsReport(producer_id=me.producer, **report),
        Listening(account_id=me.account, **heard),
        PoolClosingAsked(account_id=me.account, idempotency_key="1", period="2026-01"),
        ContentReport(object_id=olga.pat.producer, account_id=me.account, reason="It is mine."),
        Referral(account_id=me.account, producer_id=olga.pat.producer),
        Follow(account_id=me.account, producer_id=olga.pat.producer),
        Follow(account_id=olga.lee.account, producer_id=me.producer),
        UploadPart(upload_id=UploadId(ids["fresh"]), first_byte=0, byte_size=1, key="uploads/x/y"),
    ]


def _told_to_others(olga: Olga) -> list[DatabaseTable]:
    """That she follows somebody, and what she asks for."""
    told: dict[str, Any] = {"title": NEEDLE, "body": NEEDLE, "path": "/"}
    follows: dict[str, Any] = {"kind": NotificationKind.NEW_FOLLOWER, **told}
    asks: dict[str, Any] = {"kind": NotificationKind.BEAT_SUBMISSION, **told}
    member = f"mem_{olga.me.account.removeprefix('acc_')}"
    return [
        Notification(account_id=olga.pat.account, subject_id=member, **follows),
        Notification(account_id=olga.lee.account, subject_id=olga.world.ids["ownRequest"], **asks),
    ]


async def _written_without_signing_in(session: AsyncSession) -> None:
    contact = SupportContact(email_key=_EMAIL)
    session.add(contact)
    await session.flush()
    waiting: dict[str, Any] = {"line": UNPROVED, "messages": 1, "respond_by": now()}
    ticket = SupportTicket(contact_id=contact.id, email=_EMAIL, subject=NEEDLE, **waiting)
    session.add(ticket)
    await session.flush()
    session.add(TicketMessage(ticket_id=ticket.id, number=1, from_staff=False, text=NEEDLE))


async def _ways_in(session: AsyncSession, of: AccountId) -> None:
    account = await session.get_one(Account, of)
    account.email, account.email_key, account.email_verified_at = _EMAIL, _EMAIL, now()
    account.password_hash = await hash_password(PASSWORD)
    for grant in await session.scalars(select(RoleGrant).where(col(RoleGrant.account_id) == of)):
        grant.grant_reason = NEEDLE


async def _needles(stage: Stage, olga: Olga) -> None:
    """In every row of hers that has such a text."""
    async with stage.sessions.writing() as session:
        for name, columns in _TYPED.items():
            table = METADATA.tables[name]
            keys = list(table.primary_key.columns)
            typed = [table.c[column] for column in columns.split()]
            rows = (await session.execute(select(*keys, *typed).where(theirs(name, olga.whose)))).all()
            for number, row in enumerate(rows):
                said = {
                    column.name: _needle(table, column.name, number)
                    for column, value in zip(typed, row[len(keys) :], strict=True)
                    if value is not None
                }
                this = [key == value for key, value in zip(keys, row, strict=False)]
                if said:
                    await session.execute(update(table).where(*this).values(said))
        for name, lists in _LISTS.items():
            table = METADATA.tables[name]
            await session.execute(update(table).where(theirs(name, olga.whose)).values(lists))


def _needle(table: Table, column: str, number: int) -> str:
    longest = getattr(table.c[column].type, "length", None) or 100
    return f"{NEEDLE}{number}{column}"[:longest]


async def _files(stage: Stage, olga: Olga) -> None:
    storage, data = stage.services.storage, NEEDLE.encode()
    async with stage.sessions.reading() as session:
        files = await files_of(session, olga.whose)
        pictures = await pictures_of(session, olga.whose)
        tracks = await ids_of(session, "track", olga.whose)
        exports = await ids_of(session, "data_export", olga.whose)
    keys = [stored_key(file.purpose, file.id) for file in files]
    keys += [picture_key(picture, size) for picture in pictures for size in ImageSize]
    keys += [archive_key(DataExportId(export)) for export in exports]
    keys += [f"previews/{track}.mp3" for track in tracks]
    keys += [f"reports/{olga.me.producer}/week-{now():%Y-%m-%d}.png"]
    keys += [f"uploads/{olga.world.ids['fresh']}/000000000000-prt"]
    for name in ("track", "sold"):
        upload = await the_upload_of(stage.sessions, TrackId(olga.world.ids[name]))
        keys += [stream_key(upload), mp3_key(upload)]
        async with stage.sessions.writing() as session:
            session.add(AudioStream(upload_id=upload, byte_size=len(data)))
            session.add(AudioCopy(upload_id=upload, format=AudioFormat.MP3_320, byte_size=len(data)))
    for key in keys:
        await storage.put(key, data)
