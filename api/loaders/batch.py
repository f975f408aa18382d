"""Batch loaders: for each access path one function that reads all objects of a level by one statement."""

from typing import NamedTuple

from strawberry.dataloader import DataLoader

from api.addresses import RequestAddresses
from api.covers.presets import CoverPresets
from api.loaders.accounts import AccountLoaders
from api.loaders.analyses import AnalysisLoaders
from api.loaders.cases import CaseLoaders
from api.loaders.collections import CollectionLoaders
from api.loaders.notices import NoticeLoaders
from api.loaders.pictures import PictureLoaders
from api.loaders.profiles import ProfileLoaders
from api.loaders.recon import ReconLoaders
from api.loaders.requests import RequestLoaders
from api.loaders.submissions import SubmissionLoaders
from api.loaders.tracks import TrackLoaders
from api.recon.scans import limits_of
from api.settings import Settings
from api.viewer import Viewer
from db.session import Sessions
from schema.context import Loaders


class _Readers(NamedTuple):
    """Who reads what, for one viewer."""

    accounts: AccountLoaders
    profiles: ProfileLoaders
    cases: CaseLoaders
    tracks: TrackLoaders
    collections: CollectionLoaders
    recon: ReconLoaders
    analyses: AnalysisLoaders
    pictures: PictureLoaders
    notices: NoticeLoaders
    requests: RequestLoaders
    submissions: SubmissionLoaders


def batch_loaders(
    sessions: Sessions,
    viewer: Viewer | None,
    *,
    settings: Settings,
    addresses: RequestAddresses,
    presets: CoverPresets,
) -> Loaders:
    """One loader for each path; what was loaded once in a request is not loaded again."""
    limits = limits_of(settings)
    readers = _Readers(
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
        CollectionLoaders(sessions, viewer),
        ReconLoaders(sessions, viewer),
        AnalysisLoaders(sessions, viewer),
        PictureLoaders(sessions, viewer, addresses=addresses, presets=presets),
        NoticeLoaders(sessions, viewer, mailing=settings.sends_email),
        RequestLoaders(sessions, viewer, addresses=addresses, tokens_a_month=settings.request_tokens_a_month),
        SubmissionLoaders(sessions, viewer),
    )
    return _loaders(readers)


def _loaders(readers: _Readers) -> Loaders:
    accounts, profiles, cases, tracks, collections, recon, analyses, pictures, notices = readers[:9]
    requests, submissions = readers[9:]
    return Loaders(
        accounts=DataLoader(accounts.accounts),
        members=DataLoader(accounts.members),
        roles=DataLoader(accounts.roles),
        role_history=DataLoader(accounts.role_history),
        account_abilities=DataLoader(accounts.account_abilities),
        sessions=DataLoader(accounts.sessions),
        api_tokens=DataLoader(accounts.api_tokens),
        producers=DataLoader(accounts.producers),
        producers_by_account=DataLoader(accounts.producers_by_account),
        about_photos=DataLoader(profiles.about_photos),
        follower_counts=DataLoader(profiles.follower_counts),
        viewer_follows=DataLoader(profiles.viewer_follows),
        completeness=DataLoader(profiles.completeness),
        case_history=DataLoader(cases.case_history),
        attachments=DataLoader(cases.attachments),
        latest_appeals=DataLoader(cases.latest_appeals),
        tracks=DataLoader(tracks.tracks),
        credits=DataLoader(tracks.credits),
        collections=DataLoader(collections.collections),
        fingerprints=DataLoader(recon.fingerprints),
        duplicates=DataLoader(recon.duplicates),
        replacements=DataLoader(recon.replacements),
        uploads=DataLoader(recon.uploads),
        recon_scans=DataLoader(recon.recon_scans),
        recon_matches=DataLoader(recon.recon_matches),
        licensing=DataLoader(tracks.licensing),
        track_abilities=DataLoader(tracks.track_abilities),
        analyses=DataLoader(analyses.analyses),
        pictures=DataLoader(pictures.pictures),
        presets=DataLoader(pictures.presets),
        genre_counts=DataLoader(tracks.genre_counts),
        unread_counts=DataLoader(notices.unread_counts),
        notification_preferences=DataLoader(notices.preferences),
        muted_genres=DataLoader(notices.muted_genres),
        beat_requests=DataLoader(requests.beat_requests),
        request_renewals=DataLoader(requests.renewals),
        request_samples=DataLoader(requests.samples),
        request_tokens=DataLoader(requests.tokens),
        submissions=DataLoader(submissions.submissions),
        own_submissions=DataLoader(submissions.own_submissions),
        submission_abilities=DataLoader(submissions.submission_abilities),
        beat_matches=DataLoader(requests.beat_matches),
    )
