"""The address an upload is sent to: whoever has it may send, so no client needs a header."""

from typing import Final

from api.settings import Settings
from api.signatures import Signer
from db.ids import UploadId

UPLOADS_PATH: Final = "/uploads"


class UploadAddresses:
    """Gives out and recognises upload addresses."""

    def __init__(self, settings: Settings) -> None:
        self._start = f"{settings.public_url.rstrip('/')}{UPLOADS_PATH}"
        self._signer = Signer(settings.secret_key, use="uploads")

    def of(self, upload_id: UploadId) -> str:
        return f"{self._start}/{upload_id}?token={self._signer.sign(upload_id)}"

    def admits(self, upload_id: str, token: str) -> bool:
        return self._signer.holds(token, upload_id)
