"""What may become of what: statements ask these tables before they change a state, and `docs/states` is drawn of them."""

from collections.abc import Mapping
from typing import Final, TypeVar

from db.vocabulary import CallOutcome, JobState, PaymentEventState, ReviewStatus

State = TypeVar("State")

CALL: Final[Mapping[CallOutcome, frozenset[CallOutcome]]] = {
    CallOutcome.UNSURE: frozenset({CallOutcome.DONE, CallOutcome.REFUSED, CallOutcome.BROKEN}),
    CallOutcome.DONE: frozenset(),
    CallOutcome.REFUSED: frozenset(),
    CallOutcome.BROKEN: frozenset(),
}
"""Of a call of the payment provider; another attempt is another call."""
EVENT: Final[Mapping[PaymentEventState, frozenset[PaymentEventState]]] = {
    PaymentEventState.RECEIVED: frozenset({PaymentEventState.DONE, PaymentEventState.IGNORED}),
    PaymentEventState.DONE: frozenset(),
    PaymentEventState.IGNORED: frozenset(),
}
"""Of an event that the payment provider told."""
JOB: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.READY: frozenset({JobState.LEASED}),
    JobState.LEASED: frozenset({JobState.READY, JobState.DONE, JobState.DEAD}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset(),
}
"""Of a job; a lease that has ended is taken over without a step between."""
CASE: Final[Mapping[ReviewStatus, frozenset[ReviewStatus]]] = {
    ReviewStatus.PENDING: frozenset({ReviewStatus.APPROVED, ReviewStatus.DENIED}),
    ReviewStatus.APPROVED: frozenset(),
    ReviewStatus.DENIED: frozenset(),
}
"""Of an application or an appeal; a new one is another case."""


def before(table: Mapping[State, frozenset[State]], state: State) -> frozenset[State]:
    """The states that a state may follow."""
    return frozenset(one for one, following in table.items() if state in following)
