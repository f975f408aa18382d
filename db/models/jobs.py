"""The job table: the queue of record. A broker message is only a nudge to look here."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import instant, one_of, own_id, word
from db.ids import JobId
from db.table import Table
from db.vocabulary import JobKind, JobState

WAITING = text("state IN ('READY', 'LEASED')")
SETTLED = text("state = 'DONE'")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Job(Table, table=True):
    __table_args__ = (
        Index(
            "job_waiting",
            "nudge_at",
            "id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("job_settled", "finished_at", sqlite_where=SETTLED, postgresql_where=SETTLED),
        one_of("kind", JobKind),
        one_of("state", JobState),
    )

    id: JobId = own_id("job")
    kind: JobKind = word(JobKind)
    key: str = Field(max_length=120, unique=True)
    """Names the cause: the same cause twice is one job."""
    payload: dict[str, Any] = Field(sa_type=JSON)
    state: JobState = word(JobState, default=JobState.READY)
    run_at: datetime = instant(default_factory=now)
    """Not before this."""
    nudge_at: datetime = instant(default_factory=now)
    """When relay should next speak of it: `run_at` at first, later after each nudge or lease."""
    nudges: int = 0
    attempts: int = 0
    lease_until: datetime | None = instant(default=None)
    fence: int = 0
    """Rises with each claim; who holds an older one can no longer settle the job."""
    last_error: str | None = None
    request_id: str | None = Field(default=None, max_length=40)
    created_at: datetime = instant(default_factory=now)
    started_at: datetime | None = instant(default=None)
    finished_at: datetime | None = instant(default=None)
