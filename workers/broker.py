"""The broker: nudges travel through it, nothing that could be lost does."""

from typing import Final

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO, Callbacks, Middleware, Pipelines, ShutdownNotifications, TimeLimit

from api.gateways.valkey import connect_blocking
from db.vocabulary import JobKind

HEARTBEAT_MS: Final = 60_000
MAINTENANCE_CHANCE_PER_MILLION: Final = 100_000
DEFAULT: Final = "default"
AUDIO: Final = "audio"
PREVIEW: Final = "preview"
ANALYSIS: Final = "analysis"
QUEUES: Final = {
    JobKind.CHECK_DUPLICATE: AUDIO,
    JobKind.CHECK_REPLACEMENT: AUDIO,
    JobKind.MAKE_PREVIEW: PREVIEW,
    JobKind.MAKE_MP3: PREVIEW,
    JobKind.MAKE_STREAM: PREVIEW,
    JobKind.ANALYSE: ANALYSIS,
    JobKind.SCAN: AUDIO,
    JobKind.RESCAN: PREVIEW,
    JobKind.POST_RECORDING: AUDIO,
    JobKind.INDEX_TRACKS: DEFAULT,
    JobKind.START_RESCANS: DEFAULT,
    JobKind.TELL_FOLLOWERS: DEFAULT,
    JobKind.MATCH_REQUEST: DEFAULT,
    JobKind.MATCH_TRACK: DEFAULT,
    JobKind.TELL_MATCHES: DEFAULT,
    JobKind.EXPIRE_REQUESTS: DEFAULT,
    JobKind.TELL_OF_SUBSCRIBER: DEFAULT,
    JobKind.SEND_EMAIL: DEFAULT,
    JobKind.SEND_PROOF: DEFAULT,
    JobKind.OFFER_RESET: DEFAULT,
    JobKind.START_DIGESTS: DEFAULT,
    JobKind.SEND_DIGEST: DEFAULT,
    JobKind.START_REPORTS: DEFAULT,
    JobKind.MAKE_REPORT: DEFAULT,
    JobKind.READ_PAYMENT_EVENT: DEFAULT,
    JobKind.CATCH_UP_ON_PAYMENTS: DEFAULT,
    JobKind.SETTLE_PURCHASE: DEFAULT,
    JobKind.EXPIRE_PURCHASES: DEFAULT,
    JobKind.CLOSE_MONTHS: DEFAULT,
    JobKind.RUN_POOL: DEFAULT,
    JobKind.GIVE_PLAY_XP: DEFAULT,
    JobKind.TELL_MILESTONE: DEFAULT,
    JobKind.RANK_PLAYS: DEFAULT,
    JobKind.SETTLE_PAYOUT: DEFAULT,
    JobKind.FOLLOW_PAYOUTS: DEFAULT,
    JobKind.START_PAYOUTS: DEFAULT,
    JobKind.REMIND_OF_PAYOUT_SETUP: DEFAULT,
    JobKind.TELL_GUESTS: DEFAULT,
    JobKind.RELEASE_SEATS: DEFAULT,
    JobKind.SEND_TICKET_LETTER: DEFAULT,
    JobKind.SEND_TAKEDOWN_LETTER: DEFAULT,
    JobKind.AUDIT: DEFAULT,
    JobKind.RECONCILE: DEFAULT,
    JobKind.MAKE_STATEMENTS: DEFAULT,
    JobKind.EXPORT_DATA: DEFAULT,
    JobKind.DELETE_ACCOUNT: DEFAULT,
    JobKind.FORGET: DEFAULT,
    JobKind.DELETE_FILES: DEFAULT,
    JobKind.SWEEP: DEFAULT,
}
"""Every kind's queue: what computes on sound stands in lines of its own."""
PRIORITIES: Final = {
    JobKind.SCAN: 5,
    JobKind.MAKE_STREAM: 7,
    JobKind.MAKE_MP3: 8,
    JobKind.MAKE_PREVIEW: 10,
    JobKind.RESCAN: 20,
    JobKind.MAKE_REPORT: 20,
    JobKind.SEND_EMAIL: 25,
    JobKind.SEND_TICKET_LETTER: 25,
    JobKind.RUN_POOL: 28,
    JobKind.SEND_DIGEST: 30,
    JobKind.EXPORT_DATA: 35,
    JobKind.DELETE_ACCOUNT: 35,
    JobKind.FORGET: 40,
    JobKind.AUDIT: 40,
    JobKind.RECONCILE: 40,
    JobKind.MAKE_STATEMENTS: 40,
}
"""Lower goes first among the messages that a worker has taken: one for each of its queues, besides that at work."""


def actor_name(kind: JobKind) -> str:
    """Pinned: a renamed actor would strand the messages under way."""
    return f"beatpass.{kind.value.lower()}"


def open_broker(url: str) -> RedisBroker:
    """The broker of this process; Dramatiq's own retries are off, for the job table knows better.

    Args:
        url: A Redis database of its own: maintenance reads every key.
    """
    broker = RedisBroker(  # type: ignore[no-untyped-call]  # Dramatiq is partly typed
        client=connect_blocking(url),
        middleware=_middleware(),
        heartbeat_timeout=HEARTBEAT_MS,
        maintenance_chance=MAINTENANCE_CHANCE_PER_MILLION,
    )
    dramatiq.set_broker(broker)
    return broker


def nudge(broker: RedisBroker, kind: JobKind, job: str) -> None:
    """Say that a job is waiting; said twice, or about a job that is done, it changes nothing."""
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=QUEUES[kind], actor_name=actor_name(kind), args=(job,), kwargs={}, options={}
    )
    broker.enqueue(message)  # pyright: ignore[reportUnknownMemberType] -- Dramatiq is partly typed


def _middleware() -> list[Middleware]:
    return [TimeLimit(time_limit=3_600_000), ShutdownNotifications(), Callbacks(), Pipelines(), AsyncIO()]
