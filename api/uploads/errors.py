"""Why a file, or the use of one, is refused; and what can stand in the way of its bytes."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotFound
from db.ids import UploadId
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class FileTooLarge(InvalidValue):
    """More bytes announced than the purpose allows."""

    code: ErrorCode = ErrorCode.FILE_TOO_LARGE


@dataclass(eq=False)
class UploadNotFound(NotFound):
    """No such upload, or somebody else's."""

    message: str = "There is no such upload."


@dataclass(eq=False)
class UploadHasAnotherPurpose(InvalidValue):
    """The upload was announced for something else."""

    code: ErrorCode = ErrorCode.UPLOAD_WRONG_PURPOSE


@dataclass(eq=False)
class UploadIsIncomplete(InWrongState):
    """Bytes are still to come."""

    message: str = "The file is not here yet: wait until its status is COMPLETED."
    code: ErrorCode = ErrorCode.UPLOAD_INCOMPLETE


@dataclass(eq=False)
class UploadIsUnusable(InWrongState):
    """Refused or expired."""

    message: str = "The file was not used in time and is gone: upload it again."
    code: ErrorCode = ErrorCode.UPLOAD_UNUSABLE


@dataclass(eq=False)
class UploadIsUsed(InWrongState):
    """Something else was made of it."""

    message: str = "Something was made of this file already: upload it again for another use."
    code: ErrorCode = ErrorCode.UPLOAD_USED


class BytesRefused(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """Why bytes are not taken at an upload's address.

    Attributes:
        message: A sentence to show as it stands.
    """

    message = "The bytes cannot be taken."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NoSuchUpload(BytesRefused):
    """Never announced, or the address is not the one that was given out."""

    message = "There is no upload at this address."


class UploadIsGone(BytesRefused):
    """Expired or ended: its bytes are deleted."""

    message = "This upload has ended and its bytes are gone: announce the file again."


class FileRefused(BytesRefused):
    """The content breaks a rule; the same stands in `Upload.rejection`."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class WrongOffset(BytesRefused):
    """The bytes do not join up with what is here."""

    def __init__(self, upload_id: UploadId, *, received: int) -> None:
        super().__init__(f"{received} bytes are here: go on from there.")
        self.upload_id = upload_id
        self.received = received


class TooManyBytes(BytesRefused):
    """More than announced."""

    message = "More bytes came than were announced for this file."


class SizeDiffers(BytesRefused):
    """A whole body that is not as long as announced."""


class AnotherFileIsHere(BytesRefused):
    """All bytes were here already, and they were others."""

    message = "Another file was uploaded here already: announce this one anew."


class UploadIsBusy(BytesRefused):
    """Another connection is sending."""

    message = "Another connection is sending this file."


class UploadServesAnObject(BytesRefused):
    """Cannot be ended: something was made of it."""

    message = "Something was made of this file already: it cannot be removed here."
