"""What is asked for all the time is found by an index; SQLite says how it goes about it."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite
from sqlmodel import col

from api.requests.wanted import Wanted, seek
from db import jobs
from db.clock import now
from db.ids import AccountId, BeatRequestId, CollectionId, PlayId, ProducerId, ReconScanId, TrackId, UploadId
from db.models.collections import Collection
from db.models.recon import ReconMatch, ReconScan
from db.models.requests import Submission
from db.models.tracks import SearchTerm, Track
from db.queries import (
    answers,
    backstage,
    collections,
    credited_plays,
    experience,
    facets,
    follows,
    mailing,
    notices,
    openings,
    plays,
    producers,
    recon,
    request_feed,
    requests,
    scans,
    search,
    submissions,
    traits,
    untold,
)
from db.queries.answers import Suited
from db.queries.eyes import Eyes
from db.queries.hits import search_for
from db.queries.matching import Asker, narrowed
from db.queries.paging import Slice, sliced
from db.queries.request_feed import RequestFilter, RequestOrder
from db.queries.rows import select_row
from db.queries.tracks import TextChoice, TrackFilter, TrackRow, among, matching, order_keys
from db.session import Sessions
from db.vocabulary import (
    BeatRequestOrderField,
    BeatRequestStatus,
    LabelKind,
    OrderDirection,
    ReconMatchOrderField,
    TrackOrderField,
    TrackStatus,
)
from tests.requests.judged import REFERENCE, ask
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]
_INDEXED = [
    (TrackOrderField.PUBLISHED_AT, "track_by_publication"),
    (TrackOrderField.CREATED_AT, "track_by_creation"),
    (TrackOrderField.TITLE, "track_by_title"),
    (TrackOrderField.BPM, "track_by_bpm"),
    (TrackOrderField.PLAYS, "track_by_plays"),
]


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


async def plan(sessions: Sessions, statement: Any) -> str:
    """How SQLite would answer it, with the parameters bound as they are in the product."""
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    async with sessions.reading() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(_bound(compiled)))
        return " | ".join(str(tuple(row)[-1]) for row in rows)


def _bound(compiled: Any) -> list[Any]:
    return [compiled.params[name] for name in compiled.positiontup]


@pytest.mark.parametrize(("by", "index"), _INDEXED)
@pytest.mark.parametrize("direction", list(OrderDirection))
async def test_a_page_of_the_catalogue_is_read_along_an_index(
    sessions: Sessions, by: TrackOrderField, index: str, direction: OrderDirection
) -> None:
    statement = matching(select_row(TrackRow, Track), TrackFilter())
    told = await plan(sessions, sliced(statement, order_keys(by, direction), Slice(20)))
    assert index in told, told
    assert "TEMP B-TREE" not in told


EYES = Eyes(AccountId("acc_x"), ProducerId("pro_x"))
_LISTED = [
    (recon.MatchFilter(of=TrackId("trk_x")), ["recon_match_of_track"]),
    (recon.MatchFilter(crediting=ProducerId("pro_x")), ["recon_match_of_track", "track_credit_of"]),
    (recon.MatchFilter(reported_by=ReconScanId("scn_x")), ["sqlite_autoindex_recon_scan_match_1"]),
]


@pytest.mark.parametrize(("chosen", "indexes"), _LISTED)
@pytest.mark.parametrize("by", list(ReconMatchOrderField))
async def test_a_page_of_matches_reads_no_others(
    sessions: Sessions, chosen: recon.MatchFilter, indexes: list[str], by: ReconMatchOrderField
) -> None:
    statement = recon.matching(select_row(recon.ReconMatchRow, ReconMatch), chosen, EYES)
    order = recon.order_keys(by, OrderDirection.DESC)
    told = await plan(sessions, sliced(statement, order, Slice(20)))
    assert [index for index in indexes if index not in told] == [], told
    assert "SCAN " not in told, told


@pytest.mark.parametrize("tracks", [None, frozenset({"trk_x"})])
async def test_a_page_of_scans_goes_each_way_along_its_index(
    sessions: Sessions, tracks: frozenset[str] | None
) -> None:
    told = await plan(sessions, scans.own_scans(select_row(scans.ReconScanRow, ReconScan), EYES, tracks))
    for index in ("recon_scan_by", "recon_scan_of_track", "track_credit_of"):
        assert index in told, told
    assert "SCAN recon_scan" not in told, told


async def test_what_is_due_for_a_rescan_is_read_along_an_index_oldest_first(sessions: Sessions) -> None:
    due = scans.due_tracks(scanned_before=now(), not_tried_since=now(), limit=200)
    told = await plan(sessions, due)
    assert "fingerprint_scanned" in told, told
    assert "recon_scan_of_track" in told, told
    assert "TEMP B-TREE" not in told


async def test_the_allowance_is_counted_along_an_index(sessions: Sessions) -> None:
    counted = (
        scans.counted(scans.Subject(track_id=TrackId("trk_x")), by=None, since=now()),
        scans.counted(scans.Subject(upload_id=UploadId("upl_x")), by=AccountId("acc_x"), since=now()),
    )
    told = [await plan(sessions, one) for one in counted]
    assert "recon_scan_of_track (track_id=? AND created_at>?)" in told[0], told
    assert "recon_scan_by (account_id=? AND created_at>?)" in told[1], told


REQUEST = BeatRequestId("brq_x")


async def test_who_is_to_be_told_of_a_request_is_read_along_an_index(sessions: Sessions) -> None:
    told = await plan(sessions, untold.untold_producers(REQUEST, after=ProducerId("pro_x"), limit=50))
    assert "beat_match_between (request_id=? AND producer_id>?)" in told, told
    assert "TEMP B-TREE" not in told, told


async def test_a_recording_is_compared_with_what_was_offered_to_the_request_alone(sessions: Sessions) -> None:
    told = await plan(sessions, submissions.same_audio_in(REQUEST, TrackId("trk_x"), least_coverage=0.8))
    assert "submission_once (request_id=?" in told or "submission_to (request_id=?" in told, told
    assert "recon_match_of_track (track_id=? AND other_track_id=?)" in told, told
    assert scanned(told) == [], told


async def test_offers_to_a_request_are_read_along_an_index(sessions: Sessions) -> None:
    everything = (
        select(func.count()).select_from(Submission).join(Track, col(Track.id) == col(Submission.track_id))
    )
    offered = submissions.offered_to(everything, REQUEST, statuses=None, tracks=PUBLISHED)
    told = await plan(sessions, offered)
    assert "(request_id=?" in told, told
    assert scanned(told) == [], told


ARI = AccountId("acc_x")


@pytest.mark.parametrize(
    ("unread", "index"),
    [(None, "notification_of"), (False, "notification_of"), (True, "notification_unread")],
)
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("after", [None, (now().isoformat(), "ntf_x")])
async def test_a_page_of_notifications_is_read_along_an_index(
    sessions: Sessions, unread: bool | None, index: str, backward: bool, after: Any
) -> None:
    part = Slice(20, backward=backward, after=after)
    told = await plan(sessions, notices.page_statement(ARI, part, unread=unread, kinds=None))
    assert f"USING INDEX {index} (account_id=?" in told, told
    assert "TEMP B-TREE" not in told, told


async def test_unread_notifications_are_counted_along_their_own_index(sessions: Sessions) -> None:
    told = await plan(sessions, notices.counting_unread([ARI, AccountId("acc_y")]))
    assert "INDEX notification_unread (account_id=?)" in told, told


async def test_what_was_told_of_a_request_is_taken_back_along_its_own_index(sessions: Sessions) -> None:
    told = await plan(sessions, notices.taking_back(BeatRequestId("brq_x")))
    assert "INDEX notification_calls (subject_id=?)" in told, told


async def test_live_news_and_followers_and_digests_are_read_along_indexes(sessions: Sessions) -> None:
    live = await plan(sessions, notices.live_after(ARI, (now().isoformat(), ""), 100))
    assert "INDEX notification_of (account_id=? AND (created_at,id)>(?,?))" in live, live
    followers = await plan(sessions, notices.followers_after(ProducerId("pro_x"), ARI, 200))
    assert "follow_live (producer_id=? AND account_id>?)" in followers, followers
    digests = await plan(sessions, mailing.accounts_with_a_digest(before=now(), after=ARI, limit=200))
    assert "notification_for_digest (account_id>?)" in digests, digests
    for told in (live, followers, digests):
        assert "TEMP B-TREE" not in told, told


async def test_the_poll_of_the_job_table_reads_waiting_jobs_alone(sessions: Sessions) -> None:
    told = await plan(sessions, jobs.next_waiting())
    assert "job_waiting" in told, told
    assert "TEMP B-TREE" not in told


OWN = "track_of_producer (producer_id=?)"


async def test_a_dashboard_reads_the_producers_own_tracks_followers_and_awards_along_indexes(
    sessions: Sessions,
) -> None:
    nova = ProducerId("pro_x")
    for statement, indexes in (
        (backstage.blocked_tracks(nova, 5), [OWN, "duplicate_appeal"]),
        (backstage.undescribed_tracks(nova, 5), [OWN]),
        (backstage.doubtful_tracks(nova, sure=0.9), [OWN, "sqlite_autoindex_audio_analysis_1 (upload_id=?)"]),
        (backstage.statuses(nova), [OWN]),
        (
            backstage.follows_in(nova, [now(), now(), now()]),
            ["follow_of (producer_id=? AND followed_at>? AND"],
        ),
        (experience.newest_awards(nova, 20), ["xp_award_of (producer_id=?)"]),
    ):
        told = await plan(sessions, statement)
        assert [index for index in indexes if index not in told] == [], told
        assert not {"track", "follow", "xp_award", "audio_analysis", "duplicate_appeal"} & whole(told), told


async def test_plays_are_read_along_their_keys(sessions: Sessions) -> None:
    nova, bounds = ProducerId("pro_x"), [now(), now(), now()]
    async with sessions.reading() as session:
        following = plays.with_next(session, [PlayId("ply_x")])
        lately = plays.opening_since(session, [AccountId("acc_x")], now())
    for statement, indexes in (
        (
            following,
            ["SEARCH play USING INDEX sqlite_autoindex_play_1", "play_of (account_id=? AND started_at>?)"],
        ),
        (lately, ["COVERING INDEX play_of (account_id=? AND started_at>?)"]),
        (
            credited_plays.most_played(nova, date(2026, 11, 1), date(2026, 11, 2), 5),
            ["credited_plays USING PRIMARY KEY (producer_id=? AND day>? AND day<?)"],
        ),
        (
            credited_plays.plays_in(nova, bounds, counted=True),
            ["play_quarter USING PRIMARY KEY (producer_id=? AND begins_at>? AND begins_at<?)"],
        ),
        (credited_plays.due_days(nova), ["credited_plays_due (producer_id=?)"]),
        (credited_plays.due_producers(nova, 5), ["credited_plays_due (producer_id>?)"]),
    ):
        told = await plan(sessions, statement)
        assert [index for index in indexes if index not in told] == [], told
        assert not {"track", "play", "credited_plays", "play_quarter"} & whole(told), told


def whole(told: str) -> set[str]:
    return {step.split(" ")[1] for step in told.split(" | ") if step.startswith("SCAN ")}


PUBLISHED = frozenset({TrackStatus.PUBLISHED})
_SEARCHED = ["night", "n", "night drive"]
_TABLES = (
    "track",
    "collection",
    "collection_term",
    "search_term",
    "search_term_1",
    "search_term_2",
    "track_label",
    "producer",
    "producer_term",
)


def searched(text: str, **different: Any) -> TrackFilter:
    return TrackFilter(statuses=PUBLISHED, search=search_for(text), **different)


def scanned(told: str) -> list[str]:
    """Tables that are read whole; one that is grouped from an index is none."""
    steps = [step.removeprefix("SCAN ").split(" ") for step in told.split(" | ") if step.startswith("SCAN ")]
    return [table for table, *_ in steps if table in _TABLES]


@pytest.mark.parametrize("text", _SEARCHED)
@pytest.mark.parametrize("direction", list(OrderDirection))
@pytest.mark.parametrize("different", [{}, {"pitch_classes": frozenset({1})}])
async def test_a_page_of_hits_is_read_along_the_index_of_words(
    sessions: Sessions, text: str, direction: OrderDirection, different: dict[str, Any]
) -> None:
    chosen = searched(text, **different)
    assert chosen.search
    told = await plan(sessions, search.by_relevance(chosen.search, chosen, direction, Slice(20)))
    assert "search_term_best (status=? AND term" in told, told
    assert scanned(told) == [], told


@pytest.mark.parametrize("text", _SEARCHED)
async def test_hits_are_counted_and_put_into_menus_along_indexes(sessions: Sessions, text: str) -> None:
    chosen = searched(text)
    statements = [among(chosen, func.count()), facets.facts_of_matches(chosen, col(Track.licensing_model))]
    statements += [facets.labels_of_matches(chosen, kind) for kind in LabelKind]
    for statement in statements:
        told = await plan(sessions, statement)
        assert "search_term_best (status=? AND term" in told, told
        assert scanned(told) == [], told


@pytest.mark.parametrize("kind", [LabelKind.TAG, LabelKind.MOOD])
async def test_the_menu_of_hits_that_are_filtered_reads_the_labels_of_each_along_their_key(
    sessions: Sessions, kind: LabelKind
) -> None:
    """By kind alone, every hit would have all labels of the catalogue read."""
    drill = (LabelKind.GENRE, TextChoice(any_of=frozenset({"drill"})))
    told = await plan(sessions, facets.labels_of_matches(searched("night", labels=(drill,)), kind))
    assert "SEARCH track_label USING PRIMARY KEY (number=? AND kind=?)" in told, told
    assert "track_label_word (status=? AND kind=? AND folded=?)" in told, told


async def test_the_menu_of_tags_of_the_whole_catalogue_is_read_off_an_index(sessions: Sessions) -> None:
    told = await plan(sessions, facets.labels_of_matches(TrackFilter(statuses=PUBLISHED), LabelKind.TAG))
    assert "COVERING INDEX track_label_word (status=? AND kind=?" in told, told
    assert scanned(told) == [], told


async def test_suggestions_are_looked_up_by_how_they_begin(sessions: Sessions) -> None:
    labels = await plan(sessions, search.labels_beginning("ni"))
    assert "track_label_word (status=? AND kind=? AND folded>? AND folded<?)" in labels, labels
    people = await plan(sessions, search.producers_named(("nova", "ke"), 8))
    assert "(term>? AND term<?)" in people, people
    packs = await plan(sessions, search.collections_named(("night", "ta"), 8))
    assert "(term>? AND term<?)" in packs, packs
    assert "track_in_collection" in packs, packs
    assert scanned(labels) == scanned(people) == scanned(packs) == [], (labels, people, packs)


_INSIDE = [
    {"inside": CollectionId("col_x")},
    {"inside": CollectionId("col_x"), "statuses": frozenset(set(TrackStatus) - {TrackStatus.REMOVED})},
    {"collection_ids": frozenset({"col_x"})},
]


@pytest.mark.parametrize("chosen", _INSIDE)
@pytest.mark.parametrize("by", [by for by, _ in _INDEXED])
async def test_tracks_of_a_collection_are_read_along_its_index_whatever_they_sort_by(
    sessions: Sessions, chosen: dict[str, Any], by: TrackOrderField
) -> None:
    """The catalogue's own orders have indexes too, along which every track would be looked at."""
    statement = matching(select_row(TrackRow, Track), TrackFilter(**chosen))
    told = await plan(sessions, sliced(statement, order_keys(by, OrderDirection.ASC), Slice(20)))
    assert "track_in_collection (collection_id=?)" in told, told
    placed = order_keys(TrackOrderField.POSITION, OrderDirection.ASC)
    told = await plan(sessions, sliced(statement, placed, Slice(20)))
    assert "track_in_collection (collection_id=?)" in told, told
    assert "TEMP B-TREE" not in told, told
    counted = await plan(sessions, among(TrackFilter(**chosen), func.count()))
    assert "track_in_collection (collection_id=?)" in counted, counted


@pytest.mark.parametrize("shown_only", [True, False])
async def test_a_producers_collections_are_read_along_an_index(sessions: Sessions, shown_only: bool) -> None:
    own = collections.of_producer(collections.COLLECTIONS, ProducerId("pro_x"), shown_only=shown_only)
    told = await plan(sessions, sliced(own, collections.NEWEST_FIRST, Slice(20)))
    assert "collection_of_producer (producer_id=?)" in told, told
    assert "track_in_collection (collection_id=?)" in told, told
    assert "TEMP B-TREE" not in told
    loaded = await plan(sessions, collections.COLLECTIONS.where(col(Collection.id).in_(["col_x", "col_y"])))
    assert scanned(told) == scanned(loaded) == [], (told, loaded)


async def test_what_is_to_be_placed_is_found_by_collection_and_by_id(sessions: Sessions) -> None:
    told = await plan(sessions, collections.to_place(CollectionId("col_x"), [TrackId("trk_x")]))
    assert "track_in_collection (collection_id=?)" in told, told
    assert "sqlite_autoindex_track_1 (id=?)" in told, told
    assert scanned(told) == [], told


async def test_a_profile_is_found_by_its_handle_and_its_followers_are_counted_along_indexes(
    sessions: Sessions,
) -> None:
    handle = await plan(sessions, producers.named("nova"))
    assert "(handle_key=?)" in handle, handle
    counted = await plan(sessions, follows.counts_of([ProducerId("pro_x"), ProducerId("pro_y")]))
    assert "COVERING INDEX follow_live (producer_id=?)" in counted, counted
    assert scanned(handle) == scanned(counted) == [], (handle, counted)


async def test_a_table_that_is_read_whole_is_found_out(sessions: Sessions) -> None:
    told = await plan(sessions, select(col(SearchTerm.weight)).where(col(SearchTerm.weight) > 3))
    assert scanned(told) == ["search_term"], told


_SOUGHT = [
    (ask("Trap"), "track_label_word (status=? AND kind=? AND folded=?)"),
    (
        ask("UK Drill", bpm=(138, 146), key="Am", moods=["Dark"]),
        "track_label_word (status=? AND kind=? AND folded=?)",
    ),
    (ask(bpm=(138, 146)), "track_traits_by_bpm (status=? AND bpm=?)"),
    (ask(bpm=(138, 146), moods=["Dark"]), "track_traits_by_bpm (status=? AND bpm=?)"),
    (ask(key="Am"), "track_traits_by_key (status=? AND pitch_class=?)"),
    (ask(tags=["808", "guitar"]), "track_label_word (status=? AND kind=? AND folded=?)"),
    (ask(like=REFERENCE), "SCAN track_traits"),
    (ask(moods=["Dark"]), "SCAN track_traits"),
    (ask("Trap", like=REFERENCE), "track_label_word (status=? AND kind=? AND folded=?)"),
]
_A_PRODUCERS = ProducerId("pro_x")


@pytest.mark.parametrize(("wanted", "index"), _SOUGHT)
async def test_a_request_is_led_to_what_may_answer_it_by_an_index(
    sessions: Sessions, wanted: Wanted, index: str
) -> None:
    """Whatever else is asked for is looked at in the rows that it finds; where nothing leads, in all traits."""
    asker = Asker(BeatRequestId("brq_x"), AccountId("acc_x"))
    told = await plan(sessions, narrowed(seek(wanted), asker))
    assert index in told, told
    assert "SCAN track " not in told, told
    own = await plan(sessions, narrowed(seek(wanted), asker, of=_A_PRODUCERS))
    assert "SCAN track" not in own, own


async def test_rows_and_open_requests_are_found_along_indexes(sessions: Sessions) -> None:
    suited = Suited(frozenset({"trap"}), (140, 280, 70), None, AccountId("acc_x"))
    told = await plan(sessions, answers.requests_suiting(suited, now()))
    assert "beat_request_by_" in told, told
    assert "SCAN beat_request" not in told, told
    assert "SCAN track" not in await plan(sessions, traits.without_traits(100))


_ASKED = RequestFilter(at=now())
_OPEN_AND_OVER = frozenset({BeatRequestStatus.ACTIVE, BeatRequestStatus.EXPIRED})
_ALONG = [
    (BeatRequestOrderField.OPENED_AT, "beat_request_by_opening"),
    (BeatRequestOrderField.EXPIRES_AT, "beat_request_by_expiry"),
    (BeatRequestOrderField.SUBMISSIONS, "beat_request_by_submissions"),
    (BeatRequestOrderField.BUDGET, "beat_request_by_budget"),
]
_PLACE: dict[BeatRequestOrderField, tuple[Any, ...]] = {
    BeatRequestOrderField.OPENED_AT: (now().isoformat(), "brq_x"),
    BeatRequestOrderField.EXPIRES_AT: (now().isoformat(), "brq_x"),
    BeatRequestOrderField.SUBMISSIONS: (3, "brq_x"),
    BeatRequestOrderField.BUDGET: (300, "brq_x"),
}


@pytest.mark.parametrize(("by", "index"), _ALONG)
@pytest.mark.parametrize("direction", list(OrderDirection))
@pytest.mark.parametrize("backward", [False, True])
async def test_a_page_of_the_feed_walks_the_index_of_its_order(
    sessions: Sessions, by: BeatRequestOrderField, index: str, direction: OrderDirection, backward: bool
) -> None:
    """Each part of it; what is put in order at the end are the few rows of the page."""
    for statuses in (_ASKED.statuses, _OPEN_AND_OVER):
        for after in (None, _PLACE[by]):
            chosen = replace(_ASKED, statuses=statuses)
            part = Slice(20, backward=backward, after=after)
            statement = request_feed.page_statement(chosen, RequestOrder(by, direction), part)
            told = await plan(sessions, statement)
            parts = len(statuses) * (2 if by is BeatRequestOrderField.BUDGET else 1)
            assert told.count(f"{index} (status=?") == parts, told
            assert told.count("TEMP B-TREE FOR ORDER BY") == 1, told
            assert "SCAN beat_request" not in told, told


async def test_requests_of_somebody_and_tokens_and_what_ends_are_read_along_indexes(
    sessions: Sessions,
) -> None:
    mine = replace(_ASKED, requesters=frozenset({"acc_x"}), statuses=frozenset(BeatRequestStatus))
    gone = replace(_ASKED, deleted_of=ARI, statuses=frozenset({BeatRequestStatus.DELETED}))
    newest = RequestOrder(BeatRequestOrderField.OPENED_AT, OrderDirection.DESC)
    for chosen in (mine, gone):
        told = await plan(sessions, request_feed.page_statement(chosen, newest, Slice(20)))
        assert "beat_request_of (account_id=?" in told, told
    found = await plan(
        sessions, request_feed.page_statement(replace(_ASKED, words=("rain", "ni")), newest, Slice(20))
    )
    assert "(term>? AND term<?)" in found, found
    assert "SCAN beat_request" not in found, found
    spent = await plan(sessions, openings.spending([ARI], "2026-11"))
    assert "request_opening_in (account_id=? AND month=?)" in spent, spent
    assert "request_opening_refunded_in (account_id=? AND refund_month=?)" in spent, spent
    closing = await plan(sessions, openings.closing(after=now(), until=now(), limit=20))
    assert "beat_request_by_expiry (status=? AND expires_at>? AND expires_at<?)" in closing, closing
    assert "request_opening_of (request_id=? AND opened_at=?)" in closing, closing
    due = await plan(sessions, requests.due(until=now(), limit=20))
    assert "beat_request_by_expiry (status=? AND expires_at<?)" in due, due
    assert "TEMP B-TREE" not in closing + due
