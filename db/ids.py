"""Identifiers: a prefix that names the type, then 26 characters that sort by time of making.

The primary key *is* the id that clients see, so nothing is encoded or decoded on the way, and a log line can be
pasted into a query. The shape is a ULID (48 bits of milliseconds, 80 random bits) in lower-case Crockford base 32.
"""

import secrets
import time
from datetime import datetime
from typing import Final, NewType

AccountId = NewType("AccountId", str)
SessionId = NewType("SessionId", str)
ApiTokenId = NewType("ApiTokenId", str)
ProofId = NewType("ProofId", str)
ProducerId = NewType("ProducerId", str)
ProducerRequestId = NewType("ProducerRequestId", str)
UploadId = NewType("UploadId", str)
PictureId = NewType("PictureId", str)
TrackId = NewType("TrackId", str)
FingerprintId = NewType("FingerprintId", str)
ReconScanId = NewType("ReconScanId", str)
ReconMatchId = NewType("ReconMatchId", str)
DuplicateAppealId = NewType("DuplicateAppealId", str)
CollectionId = NewType("CollectionId", str)
BeatRequestId = NewType("BeatRequestId", str)
RequestOpeningId = NewType("RequestOpeningId", str)
SubmissionId = NewType("SubmissionId", str)
BeatMatchId = NewType("BeatMatchId", str)
AboutPhotoId = NewType("AboutPhotoId", str)
XpAwardId = NewType("XpAwardId", str)
NotificationId = NewType("NotificationId", str)
AnalyticsReportId = NewType("AnalyticsReportId", str)
LicenceId = NewType("LicenceId", str)
PurchaseId = NewType("PurchaseId", str)
ReceiptId = NewType("ReceiptId", str)
PaymentCallId = NewType("PaymentCallId", str)
PayoutId = NewType("PayoutId", str)
PayoutAccountId = NewType("PayoutAccountId", str)
PayoutHoldId = NewType("PayoutHoldId", str)
PlanId = NewType("PlanId", str)
PlanSubscriptionId = NewType("PlanSubscriptionId", str)
PlayId = NewType("PlayId", str)
PoolRunId = NewType("PoolRunId", str)
InvoiceId = NewType("InvoiceId", str)
JobId = NewType("JobId", str)
JournalId = NewType("JournalId", str)
LicencePresetId = NewType("LicencePresetId", str)
StatementId = NewType("StatementId", str)
ContactId = NewType("ContactId", str)
EventId = NewType("EventId", str)
SupportContactId = NewType("SupportContactId", str)
SupportTicketId = NewType("SupportTicketId", str)
TicketMessageId = NewType("TicketMessageId", str)
AuditEntryId = NewType("AuditEntryId", str)
ContentReportId = NewType("ContentReportId", str)
SuspensionId = NewType("SuspensionId", str)
TakedownId = NewType("TakedownId", str)
TakedownStepId = NewType("TakedownStepId", str)
DataExportId = NewType("DataExportId", str)
AccountDeletionId = NewType("AccountDeletionId", str)

_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_AS_BASE_32: Final = str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrstuv")
"""To the digits that `int` knows."""
_PAIRS: Final = [one + other for one in _DIGITS for other in _DIGITS]
_SHIFTS: Final = range(120, -1, -10)
"""Two digits at a time, for some jobs make thousands of ids."""
_LENGTH: Final = 26
_NUMBERED_FROM_MS: Final = 1_577_836_800_000
"""2020; 63 bits of milliseconds and 22 random ones last from there to 2089."""


def new_id(prefix: str) -> str:
    """A fresh id such as `trk_01k9…`; ids of one millisecond have no order among themselves."""
    return _written(prefix, (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80))


def first_id(prefix: str, moment: datetime) -> str:
    """What no id of that moment or later comes before."""
    return _written(prefix, int(moment.timestamp() * 1000) << 80)


def _written(prefix: str, number: int) -> str:
    pairs = [_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(pairs)}"


def number_of(value: str) -> int:
    """An id's beginning as a number that sorts as ids do: what an index of millions of rows calls it, for it is short.

    Time and 22 random bits: two ids of one millisecond get the same number once in four million times.
    """
    ulid = int(value.rpartition("_")[2].translate(_AS_BASE_32), 32)
    return ((ulid >> 80) - _NUMBERED_FROM_MS << 22) | (ulid >> 58 & 0x3FFFFF)


def prefix_of(value: str) -> str | None:
    """The type prefix of a well-formed id; null for anything else."""
    prefix, separator, rest = value.rpartition("_")
    well_formed = separator and len(rest) == _LENGTH and all(digit in _DIGITS for digit in rest)
    return prefix if well_formed else None
