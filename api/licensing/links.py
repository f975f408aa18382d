"""Addresses of what belongs to a licence: they work without signing in, until they expire."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import Signer, as_word
from db.vocabulary import AudioFormat

PDF_PATH: Final = "/licences/{number}/certificate.pdf"
FILE_PATH: Final = "/licences/{number}/files/{ending}"
ENDINGS: Final = {AudioFormat.WAV: "wav", AudioFormat.MP3_320: "mp3"}
_FORMATS: Final = {ending: form for form, ending in ENDINGS.items()}


class CertificateLinks:
    """Gives out the addresses of certificates as PDF, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="certificate-links")

    def pdf(self, number: str, expires_at: datetime) -> str:
        expires = as_word(expires_at)
        signature = self._signer.sign(number, expires)
        return f"{self._start}{PDF_PATH.format(number=number)}?expires={expires}&signature={signature}"

    def is_ours(self, number: str, expires: str, signature: str) -> bool:
        """Whether we gave the address out; it may have expired since."""
        return self._signer.holds(signature, number, expires)


class FileLinks:
    """Gives out the addresses of files whose download is noted, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="licensed-files")

    def file(self, number: str, form: AudioFormat, expires_at: datetime) -> str:
        ending, expires = ENDINGS[form], as_word(expires_at)
        path = FILE_PATH.format(number=number, ending=ending)
        signature = self._signer.sign(number, ending, expires)
        return f"{self._start}{path}?expires={expires}&signature={signature}"

    def form_behind(self, number: str, ending: str, expires: str, signature: str) -> AudioFormat | None:
        """Which file it is; null: this address is none of ours. Whether it has expired is not looked at."""
        return _FORMATS[ending] if self._signer.holds(signature, number, ending, expires) else None
