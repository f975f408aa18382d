"""The closed words of BeatPass: what may stand in a column and what a client may say.

Standard library only, so that rules can name these and stay pure. The sentence below a value is what the
API's documentation says of it.
"""

from db.vocabulary.accounts import (
    ApiTokenScope,
    CaseKind,
    ProducerRequestKind,
    ProofKind,
    ReviewDecision,
    ReviewStatus,
    Role,
    SessionTransport,
    TermsDocument,
)
from db.vocabulary.codes import ErrorCode, RequestErrorCode
from db.vocabulary.community import (
    ContactResponse,
    ContactStatus,
    ProducerLabelKind,
    RsvpStatus,
    TicketStatus,
)
from db.vocabulary.ground import CurrencyCode, ImageSize, OrderDirection
from db.vocabulary.jobs import JobKind, JobState
from db.vocabulary.ledger import JournalSource, StatementLineKind
from db.vocabulary.licences import CreditCause, LicenceKind, LicenceStatus, PurchaseStatus, ReceiptKind
from db.vocabulary.moderation import ModerationAction, StaffAction, WithholdingCause
from db.vocabulary.notices import EmailTiming, NotificationChannel, NotificationKind, ReportSpan
from db.vocabulary.payments import (
    CallOutcome,
    PaymentCallKind,
    PaymentEventState,
    PaymentSource,
    PlanStatus,
)
from db.vocabulary.payouts import HoldReason, PayoutAccountStatus, PayoutStatus
from db.vocabulary.pool import PoolDivision, PoolRunStatus
from db.vocabulary.privacy import (
    AccountDeletionStatus,
    BalanceFate,
    DataExportStatus,
    DeletionObstacleKind,
)
from db.vocabulary.producers import (
    BackstageTaskKind,
    SeriesInterval,
    SeriesMetric,
    SocialNetwork,
    XpCause,
)
from db.vocabulary.recon import (
    FingerprintStatus,
    MatchClass,
    MatchRelation,
    MatchTriage,
    ReconMatchOrderField,
    ReconScanStatus,
    ReconStage,
    ReconTrigger,
    SimilarityBand,
)
from db.vocabulary.requests import (
    BeatRequestDuration,
    BeatRequestOrderField,
    BeatRequestStatus,
    MatchPart,
    SubmissionStatus,
    WantedLicence,
)
from db.vocabulary.styles import GENRE_PARENTS, MOODS
from db.vocabulary.takedowns import TakedownStatus
from db.vocabulary.tracks import (
    AudioFormat,
    ExclusiveAvailability,
    LabelKind,
    LicencePermission,
    LicensingModel,
    MusicalKey,
    Scale,
    TrackFacetField,
    TrackOrderField,
    TrackStatus,
)
from db.vocabulary.uploads import UploadProtocol, UploadPurpose, UploadStatus

__all__ = [
    "GENRE_PARENTS",
    "MOODS",
    "AccountDeletionStatus",
    "ApiTokenScope",
    "AudioFormat",
    "BackstageTaskKind",
    "BalanceFate",
    "BeatRequestDuration",
    "BeatRequestOrderField",
    "BeatRequestStatus",
    "CallOutcome",
    "CaseKind",
    "ContactResponse",
    "ContactStatus",
    "CreditCause",
    "CurrencyCode",
    "DataExportStatus",
    "DeletionObstacleKind",
    "EmailTiming",
    "ErrorCode",
    "ExclusiveAvailability",
    "FingerprintStatus",
    "HoldReason",
    "ImageSize",
    "JobKind",
    "JobState",
    "JournalSource",
    "LabelKind",
    "LicenceKind",
    "LicencePermission",
    "LicenceStatus",
    "LicensingModel",
    "MatchClass",
    "MatchPart",
    "MatchRelation",
    "MatchTriage",
    "ModerationAction",
    "MusicalKey",
    "NotificationChannel",
    "NotificationKind",
    "OrderDirection",
    "PaymentCallKind",
    "PaymentEventState",
    "PaymentSource",
    "PayoutAccountStatus",
    "PayoutStatus",
    "PlanStatus",
    "PoolDivision",
    "PoolRunStatus",
    "ProducerLabelKind",
    "ProducerRequestKind",
    "ProofKind",
    "PurchaseStatus",
    "ReceiptKind",
    "ReconMatchOrderField",
    "ReconScanStatus",
    "ReconStage",
    "ReconTrigger",
    "ReportSpan",
    "RequestErrorCode",
    "ReviewDecision",
    "ReviewStatus",
    "Role",
    "RsvpStatus",
    "Scale",
    "SeriesInterval",
    "SeriesMetric",
    "SessionTransport",
    "SimilarityBand",
    "SocialNetwork",
    "StaffAction",
    "StatementLineKind",
    "SubmissionStatus",
    "TakedownStatus",
    "TermsDocument",
    "TicketStatus",
    "TrackFacetField",
    "TrackOrderField",
    "TrackStatus",
    "UploadProtocol",
    "UploadPurpose",
    "UploadStatus",
    "WantedLicence",
    "WithholdingCause",
    "XpCause",
]
