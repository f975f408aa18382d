"""What may become of what: the tables that statements keep to, and that `docs/states` is drawn of."""

from collections.abc import Mapping
from typing import Final, TypeVar

from db.vocabulary import (
    AccountDeletionStatus,
    BeatRequestStatus,
    CallOutcome,
    DataExportStatus,
    JobState,
    PaymentEventState,
    PayoutAccountStatus,
    PayoutStatus,
    PoolRunStatus,
    PurchaseStatus,
    ReviewStatus,
    TakedownStatus,
    TicketStatus,
    UploadStatus,
)

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
PURCHASE: Final[Mapping[PurchaseStatus, frozenset[PurchaseStatus]]] = {
    PurchaseStatus.RESERVED: frozenset({PurchaseStatus.CHECKOUT_OPEN, PurchaseStatus.EXPIRED}),
    PurchaseStatus.CHECKOUT_OPEN: frozenset({PurchaseStatus.AUTHORISED, PurchaseStatus.EXPIRED}),
    PurchaseStatus.AUTHORISED: frozenset(
        {PurchaseStatus.COMPLETED, PurchaseStatus.LOST, PurchaseStatus.EXPIRED}
    ),
    PurchaseStatus.COMPLETED: frozenset({PurchaseStatus.REFUNDED, PurchaseStatus.DISPUTED}),
    PurchaseStatus.DISPUTED: frozenset({PurchaseStatus.COMPLETED, PurchaseStatus.RESCINDED}),
    PurchaseStatus.EXPIRED: frozenset({PurchaseStatus.LOST}),
    PurchaseStatus.LOST: frozenset({PurchaseStatus.REFUNDED}),
    PurchaseStatus.RESCINDED: frozenset(),
    PurchaseStatus.REFUNDED: frozenset(),
}
"""Of a purchase; who pays in vain has LOST, and is REFUNDED where the money was taken (D-43, MONEY 4)."""
UNPAID: Final = frozenset({PurchaseStatus.RESERVED, PurchaseStatus.CHECKOUT_OPEN})
"""Purchases that the buyer can still let go of."""
LIVING: Final = UNPAID | {PurchaseStatus.AUTHORISED}
"""Purchases that a track is kept for."""
GIVEN_BACK: Final = frozenset({PurchaseStatus.REFUNDED, PurchaseStatus.RESCINDED})
"""Purchases whose money went back, to who paid."""
_ANY_ANSWER: Final = frozenset(
    {
        PayoutAccountStatus.INCOMPLETE,
        PayoutAccountStatus.UNDER_REVIEW,
        PayoutAccountStatus.READY,
        PayoutAccountStatus.REJECTED,
        PayoutAccountStatus.DISCONNECTED,
    }
)
PAYOUT_ACCOUNT: Final[Mapping[PayoutAccountStatus, frozenset[PayoutAccountStatus]]] = {
    PayoutAccountStatus.NONE: _ANY_ANSWER | {PayoutAccountStatus.CREATED},
    PayoutAccountStatus.CREATED: _ANY_ANSWER,
    PayoutAccountStatus.INCOMPLETE: _ANY_ANSWER - {PayoutAccountStatus.INCOMPLETE},
    PayoutAccountStatus.UNDER_REVIEW: _ANY_ANSWER - {PayoutAccountStatus.UNDER_REVIEW},
    PayoutAccountStatus.READY: frozenset(
        {PayoutAccountStatus.RESTRICTED, PayoutAccountStatus.REJECTED, PayoutAccountStatus.DISCONNECTED}
    ),
    PayoutAccountStatus.RESTRICTED: frozenset(
        {PayoutAccountStatus.READY, PayoutAccountStatus.REJECTED, PayoutAccountStatus.DISCONNECTED}
    ),
    PayoutAccountStatus.REJECTED: (_ANY_ANSWER | {PayoutAccountStatus.RESTRICTED})
    - {PayoutAccountStatus.REJECTED},
    PayoutAccountStatus.DISCONNECTED: frozenset(),
}
"""Of a payout account, as far as anybody sees: it is what the provider last said (D-55)."""
PAYOUT: Final[Mapping[PayoutStatus, frozenset[PayoutStatus]]] = {
    PayoutStatus.REQUESTED: frozenset({PayoutStatus.SENDING, PayoutStatus.HELD, PayoutStatus.REJECTED}),
    PayoutStatus.HELD: frozenset({PayoutStatus.SENDING, PayoutStatus.REJECTED}),
    PayoutStatus.SENDING: frozenset({PayoutStatus.SENT, PayoutStatus.REJECTED}),
    PayoutStatus.SENT: frozenset({PayoutStatus.SETTLED, PayoutStatus.FAILED}),
    PayoutStatus.SETTLED: frozenset({PayoutStatus.FAILED}),
    PayoutStatus.REJECTED: frozenset(),
    PayoutStatus.FAILED: frozenset(),
}
"""Of a payout; what was rejected, or came back, is held in the balance again, and the next payout is another one."""
UNBEGUN: Final = frozenset({PayoutStatus.REQUESTED, PayoutStatus.HELD})
"""Payouts of which nothing has moved."""
IN_TRANSIT: Final = frozenset({PayoutStatus.SENDING, PayoutStatus.SENT})
"""Payouts that are out of the balance, and not there yet."""
JOB: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.READY: frozenset({JobState.LEASED}),
    JobState.LEASED: frozenset({JobState.READY, JobState.DONE, JobState.DEAD}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset(),
}
"""Of a job; a lease that has ended is taken over without a step between."""
POOL_RUN: Final[Mapping[PoolRunStatus, frozenset[PoolRunStatus]]] = {
    PoolRunStatus.OPEN: frozenset({PoolRunStatus.FROZEN}),
    PoolRunStatus.FROZEN: frozenset({PoolRunStatus.COMPUTED}),
    PoolRunStatus.COMPUTED: frozenset({PoolRunStatus.POSTED}),
    PoolRunStatus.POSTED: frozenset(),
}
"""Of the closing of a month; an adjustment begins as FROZEN, for its weights are those of the closing (D-53, MONEY 4)."""
CASE: Final[Mapping[ReviewStatus, frozenset[ReviewStatus]]] = {
    ReviewStatus.PENDING: frozenset({ReviewStatus.APPROVED, ReviewStatus.DENIED}),
    ReviewStatus.APPROVED: frozenset(),
    ReviewStatus.DENIED: frozenset(),
}
"""Of an application or an appeal; a new one is another case."""
TAKEDOWN: Final[Mapping[TakedownStatus, frozenset[TakedownStatus]]] = {
    TakedownStatus.UNPROVED: frozenset({TakedownStatus.OPEN}),
    TakedownStatus.OPEN: frozenset({TakedownStatus.UPHELD, TakedownStatus.REJECTED}),
    TakedownStatus.UPHELD: frozenset({TakedownStatus.ANSWERED, TakedownStatus.RELEASED}),
    TakedownStatus.ANSWERED: frozenset({TakedownStatus.UPHELD, TakedownStatus.RELEASED}),
    TakedownStatus.REJECTED: frozenset(),
    TakedownStatus.RELEASED: frozenset(),
}
"""Of a rights-holder's notice about a track; what nobody proves is forgotten (D-83)."""
UPLOAD: Final[Mapping[UploadStatus, frozenset[UploadStatus]]] = {
    UploadStatus.WAITING: frozenset({UploadStatus.RECEIVING, UploadStatus.REJECTED, UploadStatus.EXPIRED}),
    UploadStatus.RECEIVING: frozenset(set(UploadStatus) - {UploadStatus.RECEIVING}),
    UploadStatus.COMPLETED: frozenset({UploadStatus.EXPIRED}),
    UploadStatus.REJECTED: frozenset(),
    UploadStatus.EXPIRED: frozenset(),
}
"""Of a file on its way; one whose stored part was lost begins anew."""
REQUEST: Final[Mapping[BeatRequestStatus, frozenset[BeatRequestStatus]]] = {
    BeatRequestStatus.ACTIVE: frozenset({BeatRequestStatus.EXPIRED, BeatRequestStatus.DELETED}),
    BeatRequestStatus.EXPIRED: frozenset({BeatRequestStatus.ACTIVE, BeatRequestStatus.DELETED}),
    BeatRequestStatus.DELETED: frozenset(),
}
"""Of a beat request (D-60). One that staff keep back stands as DELETED and returns to what it was, which `withheld_as` says."""

TICKET: Final[Mapping[TicketStatus, frozenset[TicketStatus]]] = {
    TicketStatus.OPEN: frozenset({TicketStatus.ANSWERED, TicketStatus.CLOSED}),
    TicketStatus.ANSWERED: frozenset({TicketStatus.OPEN, TicketStatus.CLOSED}),
    TicketStatus.CLOSED: frozenset({TicketStatus.OPEN, TicketStatus.ANSWERED}),
}
"""Of a support ticket (D-72); every step is something that was written, or the end of its letters."""


EXPORT: Final[Mapping[DataExportStatus, frozenset[DataExportStatus]]] = {
    DataExportStatus.QUEUED: frozenset({DataExportStatus.RUNNING, DataExportStatus.FAILED}),
    DataExportStatus.RUNNING: frozenset({DataExportStatus.READY, DataExportStatus.FAILED}),
    DataExportStatus.READY: frozenset({DataExportStatus.EXPIRED}),
    DataExportStatus.FAILED: frozenset(),
    DataExportStatus.EXPIRED: frozenset(),
}
"""Of an archive of somebody's data (D-81); a new one is another export."""
DELETION: Final[Mapping[AccountDeletionStatus, frozenset[AccountDeletionStatus]]] = {
    AccountDeletionStatus.WAITING: frozenset(
        {AccountDeletionStatus.RUNNING, AccountDeletionStatus.CANCELLED}
    ),
    AccountDeletionStatus.RUNNING: frozenset({AccountDeletionStatus.DONE}),
    AccountDeletionStatus.CANCELLED: frozenset(),
    AccountDeletionStatus.DONE: frozenset(),
}
"""Of the deletion of an account (D-81); once doors are closed nobody is left to call it off."""


def before(table: Mapping[State, frozenset[State]], state: State) -> frozenset[State]:
    """The states that a state may follow."""
    return frozenset(one for one, following in table.items() if state in following)
