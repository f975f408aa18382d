"""Batch loaders: for each access path one function that reads all objects of a level by one statement."""

from datetime import timedelta
from typing import NamedTuple

from strawberry.dataloader import DataLoader

from api.addresses import RequestAddresses
from api.covers.presets import CoverPresets
from api.gateways.payments import Payments
from api.loaders.accounts import AccountLoaders
from api.loaders.analyses import AnalysisLoaders
from api.loaders.cases import CaseLoaders
from api.loaders.collections import CollectionLoaders
from api.loaders.events import EventLoaders
from api.loaders.licences import LicenceLoaders
from api.loaders.licensing import LicensingLoaders
from api.loaders.moderation import ModerationLoaders
from api.loaders.network import NetworkLoaders
from api.loaders.notices import NoticeLoaders
from api.loaders.payouts import PayoutLoaders
from api.loaders.pictures import PictureLoaders
from api.loaders.plans import PlanLoaders
from api.loaders.plays import PlayLoaders
from api.loaders.privacy import PrivacyLoaders
from api.loaders.profiles import ProfileLoaders
from api.loaders.purchases import PurchaseLoaders
from api.loaders.recon import ReconLoaders
from api.loaders.requests import RequestLoaders
from api.loaders.statements import StatementLoaders
from api.loaders.submissions import SubmissionLoaders
from api.loaders.support import SupportLoaders
from api.loaders.takedowns import TakedownLoaders
from api.loaders.tracks import TrackLoaders
from api.payouts.till import payout_terms
from api.recon.scans import limits_of
from api.settings import Settings
from api.support.terms import terms_of
from api.viewer import Viewer
from db.session import Sessions
from schema.community import LoadersOfCommunity
from schema.context import (
    Loaders,
    LoadersOfLicences,
    LoadersOfMoney,
    LoadersOfMusic,
    LoadersOfPeople,
    LoadersOfRequests,
)
from schema.own_data import LoadersOfOwnData


class _Readers(NamedTuple):
    """Who reads what, for one viewer."""

    accounts: AccountLoaders
    profiles: ProfileLoaders
    cases: CaseLoaders
    tracks: TrackLoaders
    licensing: LicensingLoaders
    collections: CollectionLoaders
    recon: ReconLoaders
    analyses: AnalysisLoaders
    pictures: PictureLoaders
    notices: NoticeLoaders
    requests: RequestLoaders
    submissions: SubmissionLoaders
    licences: LicenceLoaders
    plans: PlanLoaders
    purchases: PurchaseLoaders
    statements: StatementLoaders
    plays: PlayLoaders
    payouts: PayoutLoaders
    network: NetworkLoaders
    events: EventLoaders
    support: SupportLoaders
    moderation: ModerationLoaders
    takedowns: TakedownLoaders
    privacy: PrivacyLoaders


class _Given(NamedTuple):
    """What they read with."""

    sessions: Sessions
    viewer: Viewer | None
    settings: Settings
    addresses: RequestAddresses
    presets: CoverPresets
    payments: Payments | None


def batch_loaders(
    sessions: Sessions,
    viewer: Viewer | None,
    *,
    settings: Settings,
    addresses: RequestAddresses,
    presets: CoverPresets,
    payments: Payments | None,
) -> Loaders:
    """One loader for each path; what was loaded once in a request is not loaded again."""
    given = _Given(sessions, viewer, settings, addresses, presets, payments)
    readers = _readers(given)
    return Loaders(
        **vars(_of_people(readers)),
        **vars(_of_music(readers)),
        **vars(_of_requests(readers)),
        **vars(_of_licences(readers)),
        **vars(_of_money(readers)),
        **vars(_of_community(readers)),
        **vars(_of_own_data(readers)),
    )


def _readers(given: _Given) -> _Readers:
    sessions, viewer, settings, addresses, presets, payments = given
    limits = limits_of(settings)
    return _Readers(
        AccountLoaders(
            sessions,
            viewer,
            session_days=settings.session_days,
            limits=limits,
            request_tokens=settings.request_tokens_a_month,
        ),
        ProfileLoaders(sessions, viewer),
        CaseLoaders(sessions, viewer, addresses=addresses),
        TrackLoaders(sessions, viewer, limits=limits),
        LicensingLoaders(sessions, viewer, addresses=addresses),
        CollectionLoaders(sessions, viewer),
        ReconLoaders(sessions, viewer),
        AnalysisLoaders(sessions, viewer),
        PictureLoaders(sessions, viewer, addresses=addresses, presets=presets),
        NoticeLoaders(sessions, viewer, mailing=settings.sends_email),
        RequestLoaders(sessions, viewer, addresses=addresses, tokens_a_month=settings.request_tokens_a_month),
        SubmissionLoaders(sessions, viewer),
        LicenceLoaders(sessions, viewer, addresses=addresses),
        PlanLoaders(sessions, viewer, payments=payments, site=settings.share_base + settings.plan_path),
        PurchaseLoaders(sessions, viewer, refunded_within=timedelta(hours=settings.refund_hours)),
        StatementLoaders(sessions, viewer),
        PlayLoaders(sessions, viewer, addresses=addresses),
        PayoutLoaders(sessions, viewer, terms=payout_terms(settings)),
        NetworkLoaders(sessions, viewer),
        EventLoaders(sessions, viewer),
        SupportLoaders(sessions, viewer, terms=terms_of(settings)),
        ModerationLoaders(sessions, viewer),
        TakedownLoaders(sessions, viewer),
        PrivacyLoaders(sessions, viewer, addresses=addresses),
    )


def _of_people(readers: _Readers) -> LoadersOfPeople:
    return LoadersOfPeople(
        accounts=DataLoader(readers.accounts.accounts),
        members=DataLoader(readers.accounts.members),
        roles=DataLoader(readers.accounts.roles),
        role_history=DataLoader(readers.accounts.role_history),
        account_abilities=DataLoader(readers.accounts.account_abilities),
        pending_emails=DataLoader(readers.accounts.pending_emails),
        accepted_terms=DataLoader(readers.accounts.accepted_terms),
        sessions=DataLoader(readers.accounts.sessions),
        api_tokens=DataLoader(readers.accounts.api_tokens),
        producers=DataLoader(readers.accounts.producers),
        producers_by_account=DataLoader(readers.accounts.producers_by_account),
        about_photos=DataLoader(readers.profiles.about_photos),
        follower_counts=DataLoader(readers.profiles.follower_counts),
        viewer_follows=DataLoader(readers.profiles.viewer_follows),
        completeness=DataLoader(readers.profiles.completeness),
        case_history=DataLoader(readers.cases.case_history),
        attachments=DataLoader(readers.cases.attachments),
        unread_counts=DataLoader(readers.notices.unread_counts),
        notification_preferences=DataLoader(readers.notices.preferences),
        muted_genres=DataLoader(readers.notices.muted_genres),
        plans=DataLoader(readers.plans.plans),
        plan_subscriptions=DataLoader(readers.plans.plan_subscriptions),
        plans_of_accounts=DataLoader(readers.plans.plans_of_accounts),
        invoices=DataLoader(readers.plans.invoices),
        plan_portals=DataLoader(readers.plans.portals),
    )


def _of_music(readers: _Readers) -> LoadersOfMusic:
    return LoadersOfMusic(
        latest_appeals=DataLoader(readers.cases.latest_appeals),
        tracks=DataLoader(readers.tracks.tracks),
        credits=DataLoader(readers.tracks.credits),
        plays=DataLoader(readers.plays.plays),
        play_counts=DataLoader(readers.plays.counts),
        collections=DataLoader(readers.collections.collections),
        fingerprints=DataLoader(readers.recon.fingerprints),
        duplicates=DataLoader(readers.recon.duplicates),
        replacements=DataLoader(readers.recon.replacements),
        uploads=DataLoader(readers.recon.uploads),
        recon_scans=DataLoader(readers.recon.recon_scans),
        recon_matches=DataLoader(readers.recon.recon_matches),
        licensing=DataLoader(readers.licensing.licensing),
        agreements=DataLoader(readers.licensing.agreements),
        licence_presets=DataLoader(readers.licensing.presets),
        presets_of_producers=DataLoader(readers.licensing.presets_of_producers),
        track_abilities=DataLoader(readers.tracks.track_abilities),
        versions_to_delist=DataLoader(readers.tracks.versions_to_delist),
        analyses=DataLoader(readers.analyses.analyses),
        pictures=DataLoader(readers.pictures.pictures),
        withheld_pictures=DataLoader(readers.pictures.withheld_pictures),
        presets=DataLoader(readers.pictures.presets),
        genre_counts=DataLoader(readers.tracks.genre_counts),
    )


def _of_requests(readers: _Readers) -> LoadersOfRequests:
    return LoadersOfRequests(
        beat_requests=DataLoader(readers.requests.beat_requests),
        request_renewals=DataLoader(readers.requests.renewals),
        request_samples=DataLoader(readers.requests.samples),
        request_tokens=DataLoader(readers.requests.tokens),
        submissions=DataLoader(readers.submissions.submissions),
        own_submissions=DataLoader(readers.submissions.own_submissions),
        submission_abilities=DataLoader(readers.submissions.submission_abilities),
        beat_matches=DataLoader(readers.requests.beat_matches),
        match_reasons=DataLoader(readers.requests.match_reasons),
    )


def _of_licences(readers: _Readers) -> LoadersOfLicences:
    return LoadersOfLicences(
        licences=DataLoader(readers.licences.licences),
        viewer_licences=DataLoader(readers.licences.viewer_licences),
        downloads=DataLoader(readers.licences.downloads),
        purchases=DataLoader(readers.purchases.purchases),
        purchases_of_licences=DataLoader(readers.purchases.of_licences),
        purchase_refunds=DataLoader(readers.purchases.refunds),
        credit_notes=DataLoader(readers.purchases.credit_notes),
        reserved_until=DataLoader(readers.purchases.reserved_until),
        standard_counts=DataLoader(readers.purchases.standard_counts),
    )


def _of_money(readers: _Readers) -> LoadersOfMoney:
    return LoadersOfMoney(
        statements=DataLoader(readers.statements.statements),
        statement_lines=DataLoader(readers.statements.lines),
        payout_accounts=DataLoader(readers.payouts.accounts),
        payouts=DataLoader(readers.payouts.payouts),
        balances=DataLoader(readers.payouts.balances),
    )


def _of_community(readers: _Readers) -> LoadersOfCommunity:
    return LoadersOfCommunity(
        contacts=DataLoader(readers.network.contacts),
        events=DataLoader(readers.events.events),
        viewer_rsvps=DataLoader(readers.events.viewer_rsvps),
        support_tickets=DataLoader(readers.support.tickets),
        ticket_messages=DataLoader(readers.support.messages),
        ticket_replies=DataLoader(readers.support.replies),
        audit_entries=DataLoader(readers.moderation.audit_entries),
        withholdings=DataLoader(readers.moderation.withholdings),
        suspensions=DataLoader(readers.moderation.suspensions),
        takedowns=DataLoader(readers.takedowns.takedowns),
        takedowns_of_tracks=DataLoader(readers.takedowns.takedowns_of_tracks),
        takedown_steps=DataLoader(readers.takedowns.takedown_steps),
    )


def _of_own_data(readers: _Readers) -> LoadersOfOwnData:
    return LoadersOfOwnData(
        data_exports=DataLoader(readers.privacy.data_exports),
        exports_of_accounts=DataLoader(readers.privacy.exports_of_accounts),
        archives=DataLoader(readers.privacy.archives),
        deletions=DataLoader(readers.privacy.deletions),
        deletions_of_accounts=DataLoader(readers.privacy.deletions_of_accounts),
    )
