"""One of everything, all of it Olga's, and everybody who may look at it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import col

from api.auth.tokens import stored_form
from api.licensing.snapshots import exclusive_terms
from db.bookkeeping import PLATFORM_FEE, payable_to, period_of, pool_of
from db.clock import now
from db.ids import AccountId, TrackId
from db.models.accounts import Account, AccountProof, RoleGrant, Session
from db.models.events import EventRsvp
from db.models.fingerprints import Fingerprint
from db.models.licence_presets import LicencePreset
from db.models.moderation import AuditEntry, ContentReport, Suspension, Withholding
from db.models.notices import Notification
from db.models.payouts import PayoutAccount, PayoutHold
from db.models.plans import Invoice, PlanSubscription
from db.models.plays import CreditedPlays, Play
from db.models.privacy import AccountDeletion, DataExport
from db.models.producers import AboutPhoto, Attachment, CaseStep, Follow, Producer, ProducerRequest, XpAward
from db.models.recon import DuplicateAppeal
from db.models.reconciliation import LedgerBreak
from db.models.requests import RequestOpening, Submission
from db.models.statements import Statement
from db.models.support import TicketMessage
from db.models.takedowns import Takedown
from db.models.terms import TermsAcceptance
from db.models.uploads import Upload
from db.queries.plans import plans_on_sale
from db.queries.takedowns import new_step
from db.session import Sessions
from db.vocabulary import (
    ApiTokenScope,
    BeatRequestStatus,
    CurrencyCode,
    DataExportStatus,
    DeletionObstacleKind,
    ErrorCode,
    ExclusiveAvailability,
    JournalSource,
    LicenceKind,
    NotificationKind,
    PayoutAccountStatus,
    PayoutStatus,
    PlanStatus,
    ProducerRequestKind,
    ProofKind,
    PurchaseStatus,
    ReconScanStatus,
    ReviewStatus,
    RsvpStatus,
    SessionTransport,
    StaffAction,
    TakedownStatus,
    TermsDocument,
    TicketStatus,
    TrackStatus,
    UploadPurpose,
    UploadStatus,
    WithholdingCause,
    XpCause,
)
from tests.collections.packs import a_collection
from tests.earnings.books import a_journal, a_move, earned, enter
from tests.events.gathering import an_event
from tests.factories import (
    EXCLUSIVE,
    Beatmaker,
    Person,
    a_completed_upload,
    a_listener,
    a_match,
    a_picture,
    a_producer,
    a_replacement,
    a_scan,
    a_track,
    a_verified_producer,
    an_analysis,
    an_api_token,
    an_application,
    an_exclusive,
    an_unowned_profile,
    staff,
    the_upload_of,
)
from tests.licences.granted import a_licence, a_plan
from tests.network.circle import a_contact
from tests.payouts.begun import a_payout
from tests.pool.closed import a_closed_month
from tests.purchases.begun import a_credit_note, a_purchase
from tests.requests.matched import a_match as a_beat_match
from tests.requests.wanted import EVERYTHING, a_request
from tests.support.desk import a_contact as a_support_contact
from tests.support.desk import a_ticket
from tests.takedowns.office import a_takedown

VIEWERS: Final = ("visitor", "listener", "producer", "unverified", "owner", "staff")


@dataclass(frozen=True)
class World:
    """Who there is, and the ids of what is Olga's.

    Attributes:
        people: By the names of `VIEWERS`; a visitor has no account.
        ids: GraphQL variables.
    """

    people: dict[str, Person | None]
    ids: dict[str, str]

    def account(self, name: str) -> str:
        person = self.people[name]
        assert person
        return person.account


async def a_world(sessions: Sessions) -> World:
    owner = await a_verified_producer(sessions, "Olga")
    people: dict[str, Person | None] = {
        "visitor": None,
        "listener": await a_listener(sessions, "Lee"),
        "producer": await a_verified_producer(sessions, "Pat"),
        "unverified": await a_producer(sessions, "Uma"),
        "owner": owner,
        "staff": await staff(sessions, "Sam"),
    }
    sam = people["staff"]
    assert sam
    ids = {
        **await _of_the_account(sessions, owner, sam),
        **await _profiles(sessions, owner, [one.account for one in people.values() if one]),
        **await _tracks(sessions, owner),
        **await _uploads(sessions, owner),
        **await _recon(sessions, owner),
        "pending": await an_application(sessions, await a_listener(sessions, "Ann")),
        "request": await _a_denied_application(sessions, owner),
        "badge": await _a_badge_asked_for(sessions, owner),
        **await _appeals(sessions, owner),
        **await _experience(sessions, owner, people["producer"]),
        **await _plan(sessions, owner),
        **await _offers(sessions, owner, people["producer"]),
    }
    ids |= await _beat_requests(sessions, people["listener"], TrackId(ids["track"]))
    ids |= await _own_beat_requests(sessions, owner)
    ids |= await _licences(sessions, people["listener"], TrackId(ids["track"]), TrackId(ids["placed"]))
    ids |= await _purchases(sessions, owner, people["listener"], TrackId(ids["sold"]))
    ids["statement"] = await _a_statement(sessions, owner, ids["bought"])
    ids["poolRun"] = await a_closed_month(sessions, owner.producer, TrackId(ids["track"]))
    await enter(sessions, a_journal("inv_april", a_move(1000, to_account=pool_of("2026-04"))))
    ids["play"] = await _a_play(sessions, owner, TrackId(ids["track"]))
    ids["preset"] = await _a_preset(sessions, owner)
    ids |= await _community(sessions, owner, people["producer"], sam)
    ids |= await _payouts(sessions, owner)
    ids |= await _taken_down(sessions, people, owner, sam, TrackId(ids["placed"]))
    ids |= await _kept_back(sessions, owner, people["listener"], sam)
    ids |= await _proofs(sessions, people)
    ids["export"] = await _an_export(sessions, owner)
    ids["deletion"] = await _a_deletion(sessions, owner)
    await _more_of_the_accounts(sessions, people, owner)
    return World(people, ids | await _notices(sessions, people, ids["track"]))


async def _community(
    sessions: Sessions, owner: Beatmaker, other: Person | None, sam: Person
) -> dict[str, str]:
    """Olga and Pat are in contact, and Quin has asked Olga; an event that Olga waits for, and one that has seats."""
    assert isinstance(other, Beatmaker)
    quin = await a_verified_producer(sessions, "Quincy")
    contact = await a_contact(sessions, other, owner, message="Hi", accepted=True)
    asked = await a_contact(sessions, quin, owner)
    async with sessions.writing() as session:
        cover = await a_picture(session)
    event = await an_event(sessions, sam, cover_picture_id=cover, capacity=1, going_count=1, numbered=2)
    said = (quin, RsvpStatus.GOING), (owner, RsvpStatus.WAITING)
    async with sessions.writing() as session:
        session.add_all(
            EventRsvp(event_id=event, account_id=one.account, status=status, number=number)
            for number, (one, status) in enumerate(said, 1)
        )
    cancelled = await an_event(sessions, sam, cancelled_at=now())
    return await _support(sessions, owner, sam) | {
        "contact": contact,
        "asked": asked,
        "quincy": quin.producer,
        "event": event,
        "openEvent": await an_event(sessions, sam),
        "cancelledEvent": cancelled,
    }


async def _taken_down(
    sessions: Sessions, people: dict[str, Person | None], owner: Beatmaker, sam: Person, track: TrackId
) -> dict[str, str]:
    """Notices about a track of Olga's: one upheld, one that waits, and links for everybody."""
    upheld = await a_takedown(sessions, track, status=TakedownStatus.UPHELD)
    async with sessions.writing() as session:
        session.add(new_step(upheld, TakedownStatus.UPHELD, "The same", sam.account))
        for who in people:
            link: dict[str, Any] = {"token_sha256": stored_form(f"bpp_taking_{who}")}
            session.add(
                Takedown(
                    track_id=track,
                    name=who,
                    email=f"{who}@rights.test",
                    work="Low Tide",
                    grounds="Ours",
                    signature=who,
                    expires_at=now() + timedelta(days=1),
                    **link,
                )
            )
    tokens = {f"taking_{who}": f"bpp_taking_{who}" for who in people}
    return {"takedown": upheld, "openTakedown": await a_takedown(sessions, track), **tokens}


async def _kept_back(
    sessions: Sessions, owner: Beatmaker, other: Person | None, sam: Person
) -> dict[str, str]:
    """What Sam hides of Olga's, what Lee has reported of hers, and what became of a report."""
    assert other
    track = await a_track(sessions, owner, TrackStatus.HIDDEN, withheld_as=TrackStatus.PUBLISHED)
    pack = await a_collection(sessions, owner, [await a_track(sessions, owner)], withheld_since=now())
    over: dict[str, Any] = {
        "status": BeatRequestStatus.DELETED,
        "withheld_as": BeatRequestStatus.EXPIRED,
        "opened_at": now() - timedelta(days=40),  # it cost a token of an earlier month
    }
    request = await a_request(sessions, owner, **over)
    entry = AuditEntry(actor_id=sam.account, action=StaffAction.HIDE, object_id=track, reason="Not hers")
    outside = AuditEntry(actor_name="Dee (1) on Discord", action=StaffAction.APPROVE, object_id="req_1")
    said: dict[str, Any] = {"account_id": other.account, "reason": "Not hers"}
    settled = ContentReport(object_id=track, settled_at=now(), entry_id=entry.id, **said)
    reported = ContentReport(object_id=owner.producer, **said)
    async with sessions.writing() as session:
        session.add_all([entry, outside])
        await session.flush()
        session.add_all([settled, reported])
        session.add_all(
            Withholding(
                object_id=one,
                cause=WithholdingCause.MODERATION,
                cause_id=one,
                reason="Not hers",
                placed_by=sam.account,
            )
            for one in (track, pack, request)
        )
    ended: dict[str, Any] = {
        "reason": "Fraud",
        "lifted_at": now(),
        "lifted_by": sam.account,
        "lift_reason": "No",
    }
    lex = await a_listener(sessions, "Lex")
    async with sessions.writing() as session:
        session.add(Suspension(account_id=owner.account, placed_by=sam.account, **ended))
        session.add(Suspension(account_id=lex.account, placed_by=sam.account, reason="Fraud"))
        (await session.get_one(Account, lex.account)).suspended_at = now()
    return {
        "suspended": lex.account,
        "withheld": track,
        "withheldCollection": pack,
        "withheldRequest": request,
        "auditEntry": entry.id,
        "outsideEntry": outside.id,
        "report": reported.id,
        "settledReport": settled.id,
    }


async def _a_statement(sessions: Sessions, owner: Beatmaker, purchase: str) -> str:
    """Of this month, with a line about a sale; and something that the provider says otherwise, and of an earlier release."""
    early = a_journal("early", a_move(5, to_account=PLATFORM_FEE))
    await enter(sessions, replace(early, about=None))
    sale = a_journal(
        purchase, a_move(500, to_account=payable_to(owner.producer)), kind=JournalSource.EXCLUSIVE_SALE
    )
    await enter(sessions, replace(sale, about=purchase))
    month = Statement(
        producer_id=owner.producer,
        period=period_of(now()),
        currency=CurrencyCode.CAD,
        opening_minor=0,
        closing_minor=500,
    )
    async with sessions.writing() as session:
        session.add_all([month, LedgerBreak(reference="x", currency="CAD", ledger_minor=1, provider_minor=2)])
    return month.id


async def _a_play(sessions: Sessions, owner: Beatmaker, track: TrackId) -> str:
    """Olga hears her own track, which was played by others before."""
    play = Play(account_id=owner.account, track_id=track, started_at=now() - timedelta(minutes=1))
    day = date(2026, 11, 1)
    async with sessions.writing() as session:
        session.add(play)
        session.add(CreditedPlays(producer_id=owner.producer, day=day, track_id=track, counted=3))
    return play.id


async def _a_preset(sessions: Sessions, owner: Beatmaker) -> str:
    preset = LicencePreset(producer_id=owner.producer, name="Usual", name_key="usual", terms={})
    async with sessions.writing() as session:
        session.add(preset)
    return preset.id


async def _payouts(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    """An account of which something is asked; money that waits for that, and what came back of a payout."""
    account = PayoutAccount(
        producer_id=owner.producer,
        reference="acct_1",
        country="CA",
        status=PayoutAccountStatus.INCOMPLETE,
        requirements=[{"message": "Your address.", "due_at": now().isoformat()}],
        checked_at=now(),
    )
    hold = PayoutHold(producer_id=owner.producer, reason="It came back.", until=now() + timedelta(days=3))
    async with sessions.writing() as session:
        session.add_all([account, hold])
    await enter(sessions, earned("sale", owner.producer, 5_000))
    came_back: dict[str, Any] = {
        "status": PayoutStatus.FAILED,
        "transfer_reference": "tr_1",
        "failure": "The account is closed.",
        "settled_at": now(),
        "returned_at": now(),
    }
    payout = await a_payout(sessions, owner.producer, 2_000, account_id=account.id, **came_back)
    return {"payoutAccount": account.id, "payout": payout, "payoutHold": hold.id}


async def _notices(sessions: Sessions, people: dict[str, Person | None], track: str) -> dict[str, str]:
    """One for everybody, about Olga's track, and two more for Olga: one that she has read, and one since."""
    usual: dict[str, Any] = {
        "kind": NotificationKind.NEW_UPLOAD,
        "title": "New",
        "body": "Beat.",
        "path": "/t/x",
    }
    told = {
        who: Notification(account_id=person.account, subject_id=track, **usual)
        for who, person in people.items()
        if person
    }
    owner = told["owner"].account_id
    read = Notification(account_id=owner, subject_id="trk_x", read_at=now(), **usual)
    since = Notification(account_id=owner, subject_id="trk_y", **usual)
    async with sessions.writing() as session:
        session.add_all([*told.values(), read, since])
    everybodys = {f"noticeOf_{who}": notice.id for who, notice in told.items()}
    return {"notice": told["owner"].id, "readNotice": read.id, "noticeOf_visitor": "ntf_x", **everybodys}


async def _an_export(sessions: Sessions, owner: Beatmaker) -> str:
    """That can be downloaded."""
    export = DataExport(
        account_id=owner.account,
        status=DataExportStatus.READY,
        progress=1.0,
        ready_at=now(),
        expires_at=now() + timedelta(days=7),
        byte_size=9,
    )
    async with sessions.writing() as session:
        session.add(export)
    return export.id


async def _a_deletion(sessions: Sessions, owner: Beatmaker) -> str:
    """That Olga has asked for, and that something was in the way of."""
    deletion = AccountDeletion(
        account_id=owner.account,
        due_at=now() + timedelta(days=6),
        waits_for=DeletionObstacleKind.SALE_UNDER_WAY,
    )
    async with sessions.writing() as session:
        session.add(deletion)
    return deletion.id


async def _proofs(sessions: Sessions, people: dict[str, Person | None]) -> dict[str, str]:
    """For each viewer two links, of somebody else's account: who has a link needs nothing more."""
    kinds = {"proving": ProofKind.PROVE_EMAIL, "resetting": ProofKind.RESET_PASSWORD}
    ids: dict[str, str] = {}
    for who in people:
        other = await a_listener(sessions, f"Proved by {who}")
        for name, kind in kinds.items():
            ids[f"{name}_{who}"] = await _a_proof(sessions, other, kind, f"bpp_{name}_{who}")
    return ids


async def _a_proof(sessions: Sessions, of: Person, kind: ProofKind, token: str) -> str:
    proof = AccountProof(
        account_id=of.account,
        kind=kind,
        address=of.email,
        address_key=of.email,
        token_sha256=stored_form(token),
        expires_at=now() + timedelta(hours=1),
    )
    async with sessions.writing() as session:
        session.add(proof)
    return token


async def _more_of_the_accounts(
    sessions: Sessions, people: dict[str, Person | None], owner: Beatmaker
) -> None:
    """Everybody is signed in elsewhere too; Olga has a picture, and another e-mail that waits for its proof."""
    moving = AccountProof(
        account_id=owner.account,
        kind=ProofKind.CHANGE_EMAIL,
        address="new@olga.test",
        address_key="new@olga.test",
        expires_at=now() + timedelta(minutes=9),
    )
    async with sessions.writing() as session:
        session.add(
            TermsAcceptance(account_id=owner.account, document=TermsDocument.LICENCE, version="2026-11-28")
        )
        session.add(moving)
        (await session.get_one(Account, owner.account)).picture_id = await a_picture(session)
        session.add_all(
            Session(
                account_id=one.account, token_sha256=who, transport=SessionTransport.BEARER, device="Phone"
            )
            for who, one in people.items()
            if one
        )


async def _of_the_account(sessions: Sessions, owner: Beatmaker, sam: Person) -> dict[str, str]:
    token = await an_api_token(sessions, owner, ApiTokenScope.FULL, expires_at=now() + timedelta(days=1))
    async with sessions.writing() as session:
        await session.execute(update(RoleGrant).values(granted_by=sam.account))
    return {
        "account": owner.account,
        "member": f"mem_{owner.account.removeprefix('acc_')}",
        "producer": owner.producer,
        "handle": owner.handle,
        "path": f"/p/{owner.handle}",
        "session": owner.session,
        "token": token.id,
    }


async def _profiles(sessions: Sessions, owner: Beatmaker, everybody: list[AccountId]) -> dict[str, str]:
    """Everything that a profile can say; a profile of nobody that everybody follows, and a claim of it that was denied."""
    unowned = await an_unowned_profile(sessions)
    claim = ProducerRequest(
        account_id=owner.account,
        kind=ProducerRequestKind.CLAIM_PROFILE,
        status=ReviewStatus.DENIED,
        claimed_producer_id=unowned,
    )
    async with sessions.writing() as session:
        pictures = [await a_picture(session) for _ in range(2)]
        producer = await session.get_one(Producer, owner.producer)
        producer.bio, producer.city, producer.roles = "Beats from the east.", "Riga", ["producer"]
        producer.links = [{"network": "X", "url": "https://x.com/olga"}]
        producer.picture_id = pictures[0]
        photo = AboutPhoto(producer_id=producer.id, picture_id=pictures[1], caption="Me", position=0)
        session.add_all([photo, claim])
        session.add_all(Follow(account_id=one, producer_id=unowned) for one in everybody)
    return {"unowned": unowned, "photo": photo.id, "claim": claim.id}


async def _tracks(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    full: dict[str, Any] = {"description": "Text", "tags": ["808"], "moods": ["Dark"], "preview_ready": True}
    private = an_exclusive(exclusive_availability=ExclusiveAvailability.PRIVATE)
    track = await a_track(sessions, owner, **full, **an_exclusive())
    await an_analysis(sessions, await the_upload_of(sessions, track), bpm=90)
    await a_replacement(sessions, owner, track)
    duplicate = await a_track(sessions, owner, TrackStatus.DUPLICATE)
    await an_analysis(sessions, await the_upload_of(sessions, duplicate))
    await _is_like(sessions, duplicate, track)
    placed = await a_track(sessions, owner)
    sold = await a_track(sessions, owner, TrackStatus.SOLD, **full)
    await _are_alike(sessions, sold, placed)
    return {
        "collection": await a_collection(sessions, owner, [track], description="Text"),
        "hiddenCollection": await a_collection(sessions, owner),
        "fullCollection": await a_collection(sessions, owner, [await a_track(sessions, owner), placed]),
        "placed": placed,
        "track": track,
        "duplicate": duplicate,
        "private": await a_track(sessions, owner, **private),
        "sold": sold,
        "hidden": await a_track(sessions, owner, TrackStatus.HIDDEN, **full),
        "removed": await a_track(sessions, owner, TrackStatus.REMOVED, **full),
        "unsettled": await a_track(sessions, owner, TrackStatus.PROCESSING, **full),
    }


async def _recon(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    track, other = [
        await a_track(sessions, who) for who in (owner, await a_verified_producer(sessions, "Quin"))
    ]
    match = await a_match(sessions, track, other)
    sample = await a_completed_upload(sessions, owner, UploadPurpose.RECON_SAMPLE)
    broken: dict[str, Any] = {
        "status": ReconScanStatus.FAILED,
        "error_message": "It broke off.",
        "error_retryable": True,
    }
    sample_scan = await a_scan(sessions, owner, upload=sample, **broken)
    waiting = await a_scan(
        sessions, owner, track=await a_track(sessions, owner), status=ReconScanStatus.QUEUED
    )
    done = await a_scan(sessions, owner, track=track, matches=[match])
    return {"match": match, "scan": done, "sampleScan": sample_scan, "waitingScan": waiting}


async def _beat_requests(sessions: Sessions, listener: Person | None, track: TrackId) -> dict[str, str]:
    """Lee's, which asks for everything there is, and that Olga's track answers it."""
    assert listener
    request = await a_request(sessions, listener, **EVERYTHING)
    return {"beatRequest": request, "beatMatch": await a_beat_match(sessions, request, track)}


async def _licences(
    sessions: Sessions, listener: Person | None, track: TrackId, other: TrackId
) -> dict[str, str]:
    """Lee's, who has a plan with downloads: one that holds, and one that was revoked."""
    assert listener
    await a_plan(sessions, listener)
    over: dict[str, Any] = {"revoked_at": now(), "revocation_reason": "Fraud."}
    number = "8f14e45f-ceea-467f-9f0b-2f0d1f1f2a10"
    return {
        "licensee": listener.account,
        "licence": await a_licence(sessions, listener, track),
        "revokedLicence": await a_licence(sessions, listener, other, number=number, **over),
        "number": number,
    }


async def _purchases(
    sessions: Sessions, owner: Beatmaker, listener: Person | None, sold: TrackId
) -> dict[str, str]:
    """Lee's: one that waits to be paid, one that was bought, and one that was undone."""
    assert listener
    reserved = await a_track(sessions, owner, **EXCLUSIVE)
    terms = exclusive_terms([owner.name], EXCLUSIVE | {"exclusive_terms": {}})
    licence = await a_licence(sessions, listener, sold, kind=LicenceKind.EXCLUSIVE, terms=terms)
    had: dict[str, Any] = {"status": PurchaseStatus.COMPLETED, "licence_id": licence, "completed_at": now()}
    undone: dict[str, Any] = {
        "status": PurchaseStatus.REFUNDED,
        "licence_id": await a_licence(
            sessions, listener, reserved, revoked_at=now(), revocation_reason="Refunded."
        ),
        "completed_at": now(),
        "refund_reason": "The wrong track.",
        "ended_at": now(),
    }
    refunded = await a_purchase(sessions, listener, reserved, **undone)
    await a_credit_note(sessions, refunded)
    return {
        "reserved": reserved,
        "undone": refunded,
        "purchase": await a_purchase(sessions, listener, reserved),
        "bought": await a_purchase(sessions, listener, sold, **had),
        "exclusiveLicence": licence,
    }


async def _is_like(sessions: Sessions, duplicate: TrackId, original: TrackId) -> None:
    async with sessions.writing() as session:
        await session.execute(update(Fingerprint).values(checked_at=now()))
    await a_match(sessions, duplicate, original, blocks=True)


async def _are_alike(sessions: Sessions, one: TrackId, other: TrackId) -> None:
    """Both sides of a pair."""
    await a_match(sessions, one, other)
    await a_match(sessions, other, one)


async def _uploads(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    facts: dict[str, Any] = {
        "status": UploadStatus.REJECTED,
        "rejection_code": ErrorCode.NOT_WAV,
        "rejection_message": "MP3.",
    }
    rejected = await a_completed_upload(sessions, owner, **facts)
    upload = await a_completed_upload(sessions, owner)
    track = await a_track(sessions, owner)
    async with sessions.writing() as session:
        await session.execute(update(Upload).where(col(Upload.id) == upload).values(used_by=track))
    await an_analysis(sessions, upload, bpm=90)
    return {"upload": upload, "rejected": rejected, "fresh": await a_completed_upload(sessions, owner)}


async def _a_denied_application(sessions: Sessions, owner: Beatmaker) -> str:
    request = await an_application(sessions, owner, status=ReviewStatus.DENIED)
    file = await a_completed_upload(sessions, owner, UploadPurpose.ATTACHMENT)
    more = {"instagram": "olga", "label": "East", "review_reason": "No."}
    async with sessions.writing() as session:
        chosen = update(ProducerRequest).where(col(ProducerRequest.id) == request)
        await session.execute(chosen.values(**more))
        session.add(Attachment(upload_id=file, case_id=request, position=0))
        session.add(CaseStep(case_id=request, status=ReviewStatus.DENIED, reason="No."))
    return request


async def _a_badge_asked_for(sessions: Sessions, owner: Beatmaker) -> str:
    asked = ProducerRequest(
        account_id=owner.account,
        kind=ProducerRequestKind.GET_VERIFIED,
        status=ReviewStatus.APPROVED,
        code="ABCDEFGHJK",
        code_expires_at=now(),
        code_typed_at=now(),
        discord_user_id="81384788765712384",
    )
    async with sessions.writing() as session:
        session.add(asked)
    return asked.id


async def _experience(sessions: Sessions, owner: Beatmaker, other: Person | None) -> dict[str, str]:
    """An award, and a track that credits another producer."""
    assert isinstance(other, Beatmaker)
    track = await a_track(sessions, owner, credited=[other])
    award = XpAward(producer_id=owner.producer, cause=XpCause.TRACK_PUBLISHED, subject_id=track, points=100)
    async with sessions.writing() as session:
        session.add(award)
    return {"award": award.id, "creditsPat": track}


async def _plan(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    """One whose bill waits, and that becomes a smaller one."""
    async with sessions.writing() as session:
        classic, plus = (await plans_on_sale(session))[1:3]
        held = PlanSubscription(
            account_id=owner.account,
            plan_id=plus.id,
            next_plan_id=classic.id,
            status=PlanStatus.PAYMENT_FAILED,
            idempotency_key="1",
            return_path="/",
            reference="sub_x",
            period_ends_at=now(),
            grace_ends_at=now(),
        )
        session.add(held)
        await session.flush()
        bill = Invoice(
            subscription_id=held.id,
            reference="in_x",
            number="1",
            base_minor=4500,
            tax_minor=0,
            total_minor=4500,
            currency=plus.currency,
            issued_at=now(),
            paid_at=now(),
            pdf_url="https://pay.example/1.pdf",
        )
        session.add(bill)
    return {"plan": plus.id, "planSubscription": held.id}


async def _own_beat_requests(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    """One of each other state, and one for each other kind of reference; this month's tokens are all there."""
    sample = await a_completed_upload(sessions, owner, UploadPurpose.REQUEST_SAMPLE)
    track = await a_track(sessions, owner)
    gone, over = BeatRequestStatus.DELETED, BeatRequestStatus.EXPIRED
    some_days_ago = now() - timedelta(days=20)
    made = {
        "wantedTrack": await a_request(sessions, owner, reference_track_id=track),
        "wantedSample": await a_request(sessions, owner, reference_upload_id=sample),
        "wantedGone": await a_request(sessions, owner, status=gone, opened_at=some_days_ago),
        "wantedOver": await a_request(sessions, owner, status=over, opened_at=some_days_ago),
        "toDelete": await a_request(sessions, owner, opened_at=now() - timedelta(hours=1)),
    }
    async with sessions.writing() as session:
        await session.execute(update(RequestOpening).values(month="2026-01"))
    return {name: str(request) for name, request in made.items()}


async def _support(sessions: Sessions, owner: Beatmaker, sam: Person) -> dict[str, str]:
    """A ticket of Olga's that staff have answered and closed with a file, and one of somebody without an account."""
    ticket = await a_ticket(sessions, owner, status=TicketStatus.CLOSED, messages=2)
    stranger = await a_ticket(sessions, await a_support_contact(sessions))
    answer = TicketMessage(ticket_id=ticket, number=2, from_staff=True, author_id=sam.account, text="So.")
    file = await a_completed_upload(sessions, sam, UploadPurpose.ATTACHMENT)
    async with sessions.writing() as session:
        session.add(answer)
        session.add(Attachment(upload_id=file, case_id=answer.id, position=0))
    return {"ticket": ticket, "strangersTicket": stranger, "answer": answer.id}


async def _appeals(sessions: Sessions, owner: Beatmaker) -> dict[str, str]:
    """Of a block that was decided once, and waits for another decision."""
    blocked = await a_track(sessions, owner, TrackStatus.DUPLICATE)
    file = await a_completed_upload(sessions, owner, UploadPurpose.ATTACHMENT)
    denied = DuplicateAppeal(
        track_id=blocked, account_id=owner.account, statement="Mine.", status=ReviewStatus.DENIED,
        reviewed_at=now(), review_reason="No.",
    )  # fmt: skip
    waiting = DuplicateAppeal(track_id=blocked, account_id=owner.account, statement="Mine.")
    async with sessions.writing() as session:
        session.add_all([denied, waiting])
        session.add(Attachment(upload_id=file, case_id=denied.id, position=0))
        session.add(CaseStep(case_id=denied.id, status=ReviewStatus.DENIED, reason="No."))
    return {"appeal": denied.id, "waitingAppeal": waiting.id}


async def _offers(sessions: Sessions, owner: Beatmaker, other: Person | None) -> dict[str, str]:
    """Olga's request, one more that she has deleted, and what Pat offered to them, some of it hidden since."""
    assert isinstance(other, Beatmaker)
    request = await a_request(sessions, owner)
    deleted = await a_request(sessions, owner, status=BeatRequestStatus.DELETED)
    tracks = [await a_track(sessions, other) for _ in range(2)]
    hidden = await a_track(sessions, other, TrackStatus.HIDDEN)
    offers = [
        Submission(request_id=to, track_id=track, producer_id=other.producer, note="Hi")
        for to, track in ((request, tracks[0]), (request, hidden), (deleted, tracks[1]))
    ]
    async with sessions.writing() as session:
        session.add_all(offers)
    names = ("submission", "hiddenSubmission", "lostSubmission")
    given = {name: one.id for name, one in zip(names, offers, strict=True)}
    return {"ownRequest": request, "deletedRequest": deleted, **given}
