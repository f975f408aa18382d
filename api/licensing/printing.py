"""Agreements as PDF: nothing is kept, for an address says all that is in one, signed, and it is drawn when asked for."""

import base64
import json
import zlib
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from api.documents.parts import Text
from api.licensing.agreements import AgreementFacts, agreement_text, sha256_of
from api.settings import Settings
from api.signatures import Signer, as_word
from api.terms import LICENCE

PATH: Final = "/agreements/"
_LONGEST_FACTS: Final = 16_000


class AgreementAddresses:
    """Addresses of agreements, which work without a header until they expire."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="agreements")

    def of(self, facts: AgreementFacts, *, expires_at: datetime) -> str:
        expires, packed = as_word(expires_at), _packed(facts)
        signature = self._signer.sign(packed, expires)
        query = urlencode({"facts": packed, "expires": expires, "signature": signature})
        return f"{self._base}{PATH}{sha256_of(agreement_text(facts))}.pdf?{query}"

    def facts_behind(self, packed: str, expires: str, signature: str) -> AgreementFacts | None:
        """Null: this address is none of ours. Whether it has expired is not looked at."""
        return _unpacked(packed) if self._signer.holds(signature, packed, expires) else None


def on_paper(facts: AgreementFacts) -> Text:
    """An agreement as it is printed: the same bytes each time.

    The day of the licence terms stands in the file's properties, for an agreement has none yet.
    """
    text, made_at = agreement_text(facts), LICENCE.accepted(facts.terms_version).published_at
    return Text(title=facts.name, foot=f"SHA-256 {sha256_of(text)}", made_at=made_at, markdown=text)


def _packed(facts: AgreementFacts) -> str:
    written = json.dumps(facts.written, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(zlib.compress(written.encode(), 9)).rstrip(b"=").decode()


def _unpacked(packed: str) -> AgreementFacts:
    padded = packed + "=" * (-len(packed) % 4)
    written = zlib.decompressobj().decompress(base64.urlsafe_b64decode(padded), _LONGEST_FACTS)
    return AgreementFacts.read(json.loads(written))
