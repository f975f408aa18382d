"""What may become of what: no statement changes a state but as its table says."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import product
from typing import Any, cast

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import JobId, PaymentCallId, ProducerRequestId, UploadId
from db.jobs import Claim, LeaseLost
from db.models.jobs import Job
from db.models.payments import PaymentCall, PaymentEvent
from db.models.payouts import Payout
from db.models.pools import PoolRun
from db.models.producers import ProducerRequest
from db.models.purchases import Purchase
from db.models.uploads import Upload
from db.queries import payments, payouts, pools, producers, purchases, uploads
from db.queries.payments import NewEvent
from db.queries.uploads import PartRow
from db.session import Sessions
from db.transitions import CALL, CASE, EVENT, JOB, PAYOUT, POOL_RUN, PURCHASE, UPLOAD
from db.vocabulary import (
    CallOutcome,
    CurrencyCode,
    ErrorCode,
    JobKind,
    JobState,
    PaymentCallKind,
    PaymentEventState,
    PaymentSource,
    PayoutStatus,
    PoolRunStatus,
    PurchaseStatus,
    ReviewStatus,
    UploadStatus,
)
from tests.factories import (
    Person,
    a_completed_upload,
    a_listener,
    a_producer,
    a_track,
    an_application,
)
from tests.licences.granted import a_licence
from tests.payouts.begun import a_payout
from tests.purchases.begun import a_purchase

pytestmark = pytest.mark.anyio
Pairs = set[tuple[Any, Any]]


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


def changes(table: Mapping[Any, frozenset[Any]]) -> Pairs:
    return {(state, following) for state in table for following in table[state]}


async def put(sessions: Sessions, column: Any, state: Any) -> None:
    """Every row into a state, past all rules."""
    async with sessions.writing() as session:
        await session.execute(update(column.class_).values({column: state}))


async def state_of(sessions: Sessions, column: Any) -> Any:
    async with sessions.reading() as session:
        return await session.scalar(select(column))


async def test_a_call_of_which_something_is_known_stays_so(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        await payments.begin_call(session, PaymentCallKind.ADD_PAYER, "acc_1", 1)
    call, done = cast("PaymentCallId", await state_of(sessions, col(PaymentCall.id))), Pairs()
    for state in CallOutcome:
        for following in CallOutcome:
            await put(sessions, col(PaymentCall.outcome), state)
            async with sessions.writing() as session:
                await payments.end_call(session, call, following)
            done.add((state, await state_of(sessions, col(PaymentCall.outcome))))
    assert {(a, b) for a, b in done if a != b} == changes(CALL)


async def test_an_event_that_was_read_stays_so(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        event = NewEvent("evt_1", PaymentSource.PLATFORM, "invoice.paid", "in_1", now())
        await payments.receive(session, [event])
    done = Pairs()
    for state in PaymentEventState:
        for following in PaymentEventState:
            await put(sessions, col(PaymentEvent.state), state)
            async with sessions.writing() as session:
                await payments.settle_event(session, "evt_1", following)
            done.add((state, await state_of(sessions, col(PaymentEvent.state))))
    assert {(a, b) for a, b in done if a != b} == changes(EVENT)


async def test_a_purchase_goes_the_ways_that_its_table_has_and_no_others(sessions: Sessions) -> None:
    ari, nova = await a_listener(sessions), await a_producer(sessions)
    track = await a_track(sessions, nova)
    licence = await a_licence(sessions, ari, track)
    purchase, done = await a_purchase(sessions, ari, track, licence_id=licence), Pairs()
    for state in PurchaseStatus:
        for following in PurchaseStatus:
            await put(sessions, col(Purchase.status), state)
            async with sessions.writing() as session:
                moved = await purchases.move(session, purchase, following)
            assert moved == ((state, following) in changes(PURCHASE))
            done.add((state, await state_of(sessions, col(Purchase.status))))
    assert {(a, b) for a, b in done if a != b} == changes(PURCHASE)


async def test_a_closing_goes_the_ways_that_its_table_has_and_no_others(sessions: Sessions) -> None:
    done, facts = Pairs(), {"frozen_at": now(), "inputs_sha256": "x"}
    posted = {PoolRunStatus.POSTED: {"posted_at": now()}}
    for number, (state, following) in enumerate(product(PoolRunStatus, repeat=2)):
        had: dict[str, Any] = {} if state is PoolRunStatus.OPEN else facts | posted.get(state, {})
        run = PoolRun(period="2026-05", sequence=number, status=state, currency=CurrencyCode.CAD, **had)
        async with sessions.writing() as session:
            session.add(run)
        async with sessions.writing() as session:
            await pools.move_on(session, run.id, following, **facts | posted.get(following, {}))
        async with sessions.reading() as session:
            row = await pools.run(session, run.id)
        assert row
        done.add((state, row.status))
    assert {(a, b) for a, b in done if a != b} == changes(POOL_RUN)


async def test_a_payout_goes_the_ways_that_its_table_has_and_no_others(sessions: Sessions) -> None:
    nova = await a_producer(sessions)
    payout, done = await a_payout(sessions, nova.producer, 2_000, transfer_reference="tr_1"), Pairs()
    for state in PayoutStatus:
        for following in PayoutStatus:
            await put(sessions, col(Payout.status), state)
            async with sessions.writing() as session:
                moved = await payouts.move(session, payout, following)
            assert moved == ((state, following) in changes(PAYOUT))
            done.add((state, await state_of(sessions, col(Payout.status))))
    assert {(a, b) for a, b in done if a != b} == changes(PAYOUT)


async def test_a_case_that_is_decided_stays_so(sessions: Sessions) -> None:
    request: ProducerRequestId = await an_application(sessions, await a_listener(sessions))
    done = Pairs()
    for state in ReviewStatus:
        for following in ReviewStatus:
            await put(sessions, col(ProducerRequest.status), state)
            async with sessions.writing() as session:
                await producers.decide_request(session, request, following, "As we see it.")
            done.add((state, await state_of(sessions, col(ProducerRequest.status))))
    assert {(a, b) for a, b in done if a != b} == changes(CASE)


async def test_a_job_goes_the_ways_that_its_table_has_and_no_others(sessions: Sessions) -> None:
    async with sessions.writing() as session:
        await jobs.add(session, JobKind.SWEEP, key="one")
    job, done = cast("JobId", await state_of(sessions, col(Job.id))), Pairs()
    for state in JobState:
        for what in ("claim", "settle", "fail", "fail for good"):
            async with sessions.writing() as session:
                await session.execute(
                    update(Job).values(state=state, fence=1, lease_until=now(), run_at=now())
                )
            done.add((state, await tried(sessions, job, what)))
    assert {(a, b) for a, b in done if a != b} == changes(JOB)


async def tried(sessions: Sessions, job: JobId, what: str) -> JobState:
    """The state after something was tried with a job whose lease is that of its first claim."""
    attempt = jobs.MAX_ATTEMPTS if what == "fail for good" else 1
    held = Claim(job, JobKind.SWEEP, {}, fence=1, attempt=attempt, request_id=None)
    try:
        async with sessions.writing() as session:
            if what == "claim":
                await jobs.claim(session, job)
            elif what == "settle":
                await jobs.settle(session, held)
            else:
                await jobs.fail(session, held, "It broke.")
    except LeaseLost:
        pass
    return JobState(await state_of(sessions, col(Job.state)))


async def test_a_file_on_its_way_goes_the_ways_that_its_table_has_and_no_others(sessions: Sessions) -> None:
    ari, done = await a_listener(sessions), Pairs()
    for state in UploadStatus:
        for what in ("part", "restart", "complete", "reject", "expire", "sweep", "retire"):
            upload = await an_upload(sessions, ari, state)
            async with sessions.writing() as session:
                await sent_on(session, upload, what)
            async with sessions.reading() as session:
                row = await uploads.upload(session, upload)
            assert row
            done.add((state, row.status))
    assert {(a, b) for a, b in done if a != b} == changes(UPLOAD)


async def an_upload(sessions: Sessions, of: Person, state: UploadStatus) -> UploadId:
    """Of 100 bytes: none are here while it waits, else all are."""
    upload = await a_completed_upload(sessions, of, byte_size=100)
    received = 0 if state is UploadStatus.WAITING else 100
    async with sessions.writing() as session:
        chosen = update(Upload).where(col(Upload.id) == upload)
        await session.execute(chosen.values(status=state, received_bytes=received, expires_at=now()))
    return upload


async def sent_on(session: AsyncSession, upload: UploadId, what: str) -> None:
    """Try something with it, whatever state it is in."""
    later = now() + timedelta(days=1)
    row = await uploads.upload(session, upload)
    assert row
    part = PartRow(row.received_bytes, 100 - row.received_bytes, "part")
    tries: dict[str, Callable[[], Awaitable[bool]]] = {
        "part": lambda: uploads.record_part(
            session, upload, received=row.received_bytes, part=part, expires_at=later
        ),
        "restart": lambda: uploads.restart(session, upload),
        "complete": lambda: uploads.complete(
            session, upload, sha256="0" * 64, media_type="audio/wav", audio=None, picture_id=None
        ),
        "reject": lambda: uploads.reject(session, upload, code=ErrorCode.MALFORMED, message="It is none."),
        "expire": lambda: uploads.expire(session, upload),
        "sweep": lambda: uploads.expire(session, upload, before=later),
        "retire": lambda: uploads.retire_file(session, upload),
    }
    await tries[what]()
