"""The seal of a certificate: a signature of ours over everything that was granted (D-46)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson

from api.settings import Settings
from api.signatures import Signer
from db.vocabulary import LicenceKind

_FORM: Final = "beatpass-licence/1"
"""Names the form below: a later one has another name, and what was sealed before still holds."""


class Granted(Protocol):
    """A licence, whatever has become of it since."""

    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> LicenceKind: ...
    @property
    def account_id(self) -> str: ...
    @property
    def producer_id(self) -> str: ...
    @property
    def track_id(self) -> str: ...
    @property
    def audio_sha256(self) -> str: ...
    @property
    def work(self) -> Mapping[str, Any]: ...
    @property
    def licensor(self) -> Mapping[str, Any]: ...
    @property
    def licensee(self) -> Mapping[str, Any]: ...
    @property
    def terms(self) -> Mapping[str, Any]: ...
    @property
    def granted_at(self) -> datetime: ...


class Seal:
    """Signs what was granted, and knows its own signature again."""

    def __init__(self, settings: Settings) -> None:
        self._signer = Signer(settings.secret_key, use="certificates")

    def sign(self, licence: Granted) -> str:
        return self._signer.sign(canonical(licence))

    def holds(self, licence: Granted, signature: str) -> bool:
        """Whether nothing of it was changed since it was granted."""
        return self._signer.holds(signature, canonical(licence))


def canonical(licence: Granted) -> str:
    """One text for one grant: JSON with its names in order, without a blank that could be another."""
    said = {
        "form": _FORM,
        "number": licence.number,
        "kind": licence.kind.value,
        "licensee": {"id": licence.account_id, **licence.licensee},
        "licensor": {"id": licence.producer_id, **licence.licensor},
        "work": {"id": licence.track_id, "sha256": licence.audio_sha256, **licence.work},
        "terms": licence.terms,
        "granted_at": licence.granted_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
