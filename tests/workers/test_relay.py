"""Relay nudges; workers perform."""

from typing import Any

import pytest
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import JobId
from db.models.jobs import Job as JobRow
from db.vocabulary import JobKind, JobState
from tests.stage import Stage
from tests.tools import valkey
from tests.workers.studio import Studio
from workers.broker import actor_name, open_broker
from workers.relay import ROUTINES, Relay
from workers.tools import Tools
from workers.transaction import Actor, Job, perform

pytestmark = pytest.mark.anyio


@pytest.fixture
def broker(stage: Stage) -> RedisBroker:
    return open_broker(stage.settings.broker_url)


def messages(stage: Stage) -> int:
    """How many nudges lie in the broker."""
    url = stage.settings.broker_url
    lengths = [valkey.ask(url, "LLEN", f"dramatiq:{queue}") for queue in ("default", "audio")]
    return sum(int(str(length)) for length in lengths)


async def add(stage: Stage, key: str = "x") -> JobId:
    async with stage.sessions.writing() as session:
        await jobs.add(session, JobKind.DELETE_FILES, key=key, keys=[], folders=[])
        return JobId(
            (await session.scalars(select(col(JobRow.id)).where(col(JobRow.key).endswith(key)))).one()
        )


async def state_of(stage: Stage, job: JobId) -> JobRow:
    async with stage.sessions.reading() as session:
        return await session.get_one(JobRow, job)


async def test_a_waiting_job_is_spoken_of_once_and_again_only_later(
    stage: Stage, broker: RedisBroker
) -> None:
    relay = Relay(stage.sessions, broker)
    assert await relay.turn()
    swept = messages(stage)
    await add(stage)
    assert [await relay.turn(), await relay.turn()] == [True, False]
    assert messages(stage) == swept + 1
    async with stage.sessions.writing() as session:
        await session.execute(update(JobRow).values(nudge_at=now()))
    assert await relay.turn()
    assert messages(stage) == 2 * (swept + 1)


async def test_after_the_broker_lost_everything_all_is_said_again(stage: Stage, broker: RedisBroker) -> None:
    relay = Relay(stage.sessions, broker)
    await add(stage)
    await relay.turn()
    before = messages(stage)
    valkey.ask(stage.settings.broker_url, "FLUSHDB")
    assert messages(stage) == 0
    await relay.turn()
    assert messages(stage) == before == len(ROUTINES) + 1


async def test_a_routine_is_added_once_for_its_period_by_however_many_relays(
    stage: Stage, broker: RedisBroker
) -> None:
    relays = [Relay(stage.sessions, broker) for _ in range(2)]
    for relay in [*relays, *relays]:
        await relay.turn()
    async with stage.sessions.reading() as session:
        kinds = sorted(await session.scalars(select(col(JobRow.kind))))
    assert kinds == [
        JobKind.AUDIT,
        JobKind.CATCH_UP_ON_PAYMENTS,
        JobKind.CLOSE_MONTHS,
        JobKind.EXPIRE_PURCHASES,
        JobKind.EXPIRE_REQUESTS,
        JobKind.FOLLOW_PAYOUTS,
        JobKind.FORGET,
        JobKind.GIVE_PLAY_XP,
        JobKind.MAKE_STATEMENTS,
        JobKind.RANK_PLAYS,
        JobKind.RECONCILE,
        JobKind.REMIND_OF_PAYOUT_SETUP,
        JobKind.START_DIGESTS,
        JobKind.START_PAYOUTS,
        JobKind.START_REPORTS,
        JobKind.START_RESCANS,
        JobKind.SWEEP,
    ]


async def test_relay_sleeps_until_something_is_due_and_a_second_at_most(
    stage: Stage, broker: RedisBroker
) -> None:
    relay = Relay(stage.sessions, broker)
    assert await relay.sleep_s() == 1.0
    await add(stage)
    assert await relay.sleep_s() == 0.0


async def test_actor_names_are_pinned() -> None:
    assert {kind: actor_name(kind) for kind in JobKind} == {
        JobKind.CHECK_DUPLICATE: "beatpass.check_duplicate",
        JobKind.CHECK_REPLACEMENT: "beatpass.check_replacement",
        JobKind.MAKE_PREVIEW: "beatpass.make_preview",
        JobKind.MAKE_MP3: "beatpass.make_mp3",
        JobKind.MAKE_STREAM: "beatpass.make_stream",
        JobKind.GIVE_PLAY_XP: "beatpass.give_play_xp",
        JobKind.TELL_MILESTONE: "beatpass.tell_milestone",
        JobKind.RANK_PLAYS: "beatpass.rank_plays",
        JobKind.ANALYSE: "beatpass.analyse",
        JobKind.SCAN: "beatpass.scan",
        JobKind.RESCAN: "beatpass.rescan",
        JobKind.START_RESCANS: "beatpass.start_rescans",
        JobKind.POST_RECORDING: "beatpass.post_recording",
        JobKind.INDEX_TRACKS: "beatpass.index_tracks",
        JobKind.TELL_FOLLOWERS: "beatpass.tell_followers",
        JobKind.MATCH_REQUEST: "beatpass.match_request",
        JobKind.MATCH_TRACK: "beatpass.match_track",
        JobKind.TELL_MATCHES: "beatpass.tell_matches",
        JobKind.EXPIRE_REQUESTS: "beatpass.expire_requests",
        JobKind.SETTLE_PURCHASE: "beatpass.settle_purchase",
        JobKind.EXPIRE_PURCHASES: "beatpass.expire_purchases",
        JobKind.SETTLE_PAYOUT: "beatpass.settle_payout",
        JobKind.FOLLOW_PAYOUTS: "beatpass.follow_payouts",
        JobKind.START_PAYOUTS: "beatpass.start_payouts",
        JobKind.REMIND_OF_PAYOUT_SETUP: "beatpass.remind_of_payout_setup",
        JobKind.SEND_EMAIL: "beatpass.send_email",
        JobKind.SEND_PROOF: "beatpass.send_proof",
        JobKind.OFFER_RESET: "beatpass.offer_reset",
        JobKind.START_DIGESTS: "beatpass.start_digests",
        JobKind.SEND_DIGEST: "beatpass.send_digest",
        JobKind.START_REPORTS: "beatpass.start_reports",
        JobKind.MAKE_REPORT: "beatpass.make_report",
        JobKind.READ_PAYMENT_EVENT: "beatpass.read_payment_event",
        JobKind.CATCH_UP_ON_PAYMENTS: "beatpass.catch_up_on_payments",
        JobKind.TELL_OF_SUBSCRIBER: "beatpass.tell_of_subscriber",
        JobKind.CLOSE_MONTHS: "beatpass.close_months",
        JobKind.RUN_POOL: "beatpass.run_pool",
        JobKind.TELL_GUESTS: "beatpass.tell_guests",
        JobKind.RELEASE_SEATS: "beatpass.release_seats",
        JobKind.SEND_TICKET_LETTER: "beatpass.send_ticket_letter",
        JobKind.AUDIT: "beatpass.audit",
        JobKind.MAKE_STATEMENTS: "beatpass.make_statements",
        JobKind.RECONCILE: "beatpass.reconcile",
        JobKind.DELETE_FILES: "beatpass.delete_files",
        JobKind.EXPORT_DATA: "beatpass.export_data",
        JobKind.DELETE_ACCOUNT: "beatpass.delete_account",
        JobKind.FORGET: "beatpass.forget",
        JobKind.SEND_TAKEDOWN_LETTER: "beatpass.send_takedown_letter",
        JobKind.SWEEP: "beatpass.sweep",
    }


def an_actor(does: Any, *, on_failure: Any = None) -> Actor:
    return Actor(JobKind.DELETE_FILES, does, on_failure)


async def settles(tools: Tools, job: Job) -> None:
    async with tools.sessions.writing() as session:
        await job.settle(session)


async def breaks(tools: Tools, job: Job) -> None:
    raise ValueError(job["keys"])


async def test_a_job_that_is_done_is_done_and_is_not_done_again(stage: Stage, studio: Studio) -> None:
    job = await add(stage)
    await perform(studio.tools(), job, an_actor(settles))
    assert (await state_of(stage, job)).state is JobState.DONE
    async with stage.nothing_changes():
        await perform(studio.tools(), job, an_actor(breaks))


async def test_what_breaks_is_noted_with_its_consequence_and_tried_again(
    stage: Stage, studio: Studio
) -> None:
    job = await add(stage)

    async def noted(session: Any, failed: Job) -> None:
        await jobs.add(session, JobKind.SWEEP, key=f"after:{failed.claim.id}")

    await perform(studio.tools(), job, an_actor(breaks, on_failure=noted))
    after = await state_of(stage, job)
    assert (after.state, after.attempts, after.last_error) == (JobState.READY, 1, "ValueError([])")
    async with stage.sessions.reading() as session:
        keys = list(await session.scalars(select(col(JobRow.key)).where(col(JobRow.kind) == JobKind.SWEEP)))
    assert keys == [f"SWEEP:after:{job}"]


async def test_a_job_that_is_not_there_is_nothing_to_do(stage: Stage, studio: Studio) -> None:
    async with stage.nothing_changes():
        await perform(studio.tools(), JobId("job_x"), an_actor(breaks))


async def test_a_job_that_kills_every_worker_is_laid_aside(stage: Stage, studio: Studio) -> None:
    job = await add(stage)
    died = {"state": JobState.LEASED, "attempts": jobs.MAX_ATTEMPTS, "lease_until": now()}
    async with stage.sessions.writing() as session:
        await session.execute(update(JobRow).where(col(JobRow.id) == job).values(**died))
    await perform(studio.tools(), job, an_actor(settles))
    after = await state_of(stage, job)
    assert (after.state, after.last_error) == (JobState.DEAD, "WorkersDied()")
