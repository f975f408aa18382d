"""Olga, who has used everything, with a needle in every text that can be typed and in every file (D-81)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Table, delete, select, update
from sqlmodel import col

from api.auth.passwords import hash_password
from api.licensing.certificate import Seal
from api.privacy.rules import archive_key
from api.uploads.rules import mp3_key, picture_key, stored_key, stream_key
from db.clock import now
from db.ids import DataExportId, LicenceId, UploadId
from db.models.accounts import Account, RoleGrant
from db.models.all import METADATA
from db.models.licences import Licence
from db.models.notices import AnalyticsReport, MutedGenre, Notification, NotificationPreference
from db.models.plays import Listening
from db.models.pools import PoolClosingAsked
from db.models.privacy import AccountDeletion
from db.models.producers import Follow, Referral
from db.models.purchases import Purchase
from db.models.requests import Submission
from db.models.uploads import UploadPart
from db.queries import licences as licence_queries
from db.queries.personal import Person as WhoseData
from db.queries.personal import files_of, ids_of, pictures_of, theirs
from db.vocabulary import (
    ImageSize,
    LicenceKind,
    NotificationChannel,
    NotificationKind,
    PurchaseStatus,
    ReportSpan,
)
from tests.authorisation.world import World, a_world
from tests.factories import Beatmaker, Person, a_match, a_track
from tests.licences.granted import a_licence
from tests.privacy.leaving import PASSWORD
from tests.purchases.begun import a_purchase
from tests.stage import Stage

NEEDLE: Final = "zqneedle"
STAGE_NAME: Final = "Olga"
_TYPED: Final = {
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
}
_LISTS: Final = {
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
        bought_by_her = await session.get_one(Purchase, purchase)
        bought_by_her.agreement = {**bought_by_her.agreement, "licensee": NEEDLE}
        party = {"name": NEEDLE, "email": NEEDLE}
        bought_by_her.grant = {**bought_by_her.grant, "licensee": party}
        for row in await licence_queries.licences(session, [held]):
            (await session.get_one(Licence, held)).signature = Seal(stage.settings).sign(row)
    return held


async def _more(stage: Stage, olga: Olga) -> None:
    """What nobody else's tests needed of her."""
    me, lee = olga.me, olga.lee
    offer = {"request_id": olga.world.ids["beatRequest"], "track_id": olga.world.ids["track"]}
    told = {"title": NEEDLE, "body": NEEDLE, "path": "/"}
    member = f"mem_{me.account.removeprefix('acc_')}"
    async with stage.sessions.writing() as session:
        await session.execute(delete(AccountDeletion))  # each test asks for it itself
        session.add_all(
            [
                Submission(**offer, producer_id=me.producer, note="Hi"),
                MutedGenre(account_id=me.account, folded="trap", genre="Trap"),
                NotificationPreference(
                    account_id=me.account,
                    kind=NotificationKind.NEW_UPLOAD,
                    channel=NotificationChannel.EMAIL,
                    enabled=False,
                ),
                AnalyticsReport(
                    producer_id=me.producer, span=ReportSpan.WEEK, first_day=now().date(), figures={}
                ),
                Listening(
                    day=now().date(),
                    account_id=me.account,
                    track_id=olga.world.ids["placed"],
                    plays=1,
                    counted=0,
                ),
                PoolClosingAsked(account_id=me.account, idempotency_key="1", period="2026-01"),
                Referral(account_id=me.account, producer_id=olga.pat.producer),
                Follow(account_id=me.account, producer_id=olga.pat.producer),
                Follow(account_id=lee.account, producer_id=me.producer),
                Notification(
                    account_id=olga.pat.account,
                    kind=NotificationKind.NEW_FOLLOWER,
                    subject_id=member,
                    **told,
                ),
                Notification(
                    account_id=lee.account,
                    kind=NotificationKind.BEAT_SUBMISSION,
                    subject_id=olga.world.ids["ownRequest"],
                    **told,
                ),
            ]
        )
        counted = update(METADATA.tables["beat_request"]).where(
            METADATA.tables["beat_request"].c.id == offer["request_id"]
        )
        await session.execute(counted.values(submission_count=1))
        session.add(
            UploadPart(upload_id=olga.world.ids["fresh"], first_byte=0, byte_size=1, key="uploads/x/y")
        )
        account = await session.get_one(Account, me.account)
        account.email, account.email_key = f"{NEEDLE}@mail.test", f"{NEEDLE}@mail.test"
        account.password_hash = await hash_password(PASSWORD)
        for grant in await session.scalars(select(RoleGrant).where(col(RoleGrant.account_id) == me.account)):
            grant.grant_reason = NEEDLE
    await a_match(
        stage.sessions,
        (await _a_track_of(stage, olga.pat)),
        olga.world.ids["track"],  # type: ignore[arg-type]  # the id of a track
        other_producer_name=STAGE_NAME,
    )


async def _a_track_of(stage: Stage, of: Beatmaker) -> Any:
    return await a_track(stage.sessions, of)


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
    for key in keys:
        await storage.put(key, data)
    for upload in (UploadId(olga.world.ids["fresh"]),):
        assert mp3_key(upload) != stream_key(upload)
