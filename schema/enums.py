"""The vocabulary's words, made known to GraphQL; their descriptions stand with the words."""

from typing import Any, Final

import strawberry

from db.vocabulary import (
    ApiTokenScope,
    AudioFormat,
    CaseKind,
    CurrencyCode,
    ErrorCode,
    ExclusiveAvailability,
    FingerprintStatus,
    ImageSize,
    LicencePermission,
    LicensingModel,
    MusicalKey,
    OrderDirection,
    ProducerRequestKind,
    RequestErrorCode,
    ReviewDecision,
    ReviewStatus,
    Role,
    Scale,
    SessionTransport,
    SimilarityBand,
    TrackOrderField,
    TrackStatus,
    UploadProtocol,
    UploadPurpose,
    UploadStatus,
)

for _vocabulary in (
    ApiTokenScope,
    AudioFormat,
    CaseKind,
    CurrencyCode,
    ErrorCode,
    ExclusiveAvailability,
    FingerprintStatus,
    ImageSize,
    LicencePermission,
    LicensingModel,
    MusicalKey,
    OrderDirection,
    ProducerRequestKind,
    RequestErrorCode,
    ReviewDecision,
    ReviewStatus,
    Role,
    Scale,
    SessionTransport,
    SimilarityBand,
    TrackOrderField,
    TrackStatus,
    UploadProtocol,
    UploadPurpose,
    UploadStatus,
):
    strawberry.enum(_vocabulary)

REQUEST_ERROR_CODE: Final[Any] = vars(RequestErrorCode)["__strawberry_definition__"]
"""No field has it: it says what stands in `extensions.code`."""
