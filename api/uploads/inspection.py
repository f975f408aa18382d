"""Looks at a file's bytes as they come: hash, container, format. Kept in memory, made again from what is stored."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.gateways.storage import Part
from api.uploads.containers import SNIFFED_BYTES, found
from api.uploads.dock import UploadStorage
from api.uploads.errors import FileRefused
from api.uploads.rules import PDF, RULES, WAV, WAV_PURPOSES, found_media_type
from api.uploads.wav import WavInspector, WavRefused
from db.ids import UploadId
from db.queries.uploads import AudioFacts, UploadRow
from db.vocabulary import ErrorCode

_KEPT_IN_MEMORY: Final = 256
"""Uploads between two of their connections; each is a few hundred bytes."""


@dataclass(frozen=True)
class Verdict:
    """What all bytes of an accepted file told."""

    sha256: str
    media_type: str
    audio: AudioFacts | None


class Inspection:
    """One upload's bytes so far.

    Attributes:
        position: How many were looked at.
        last_part: What holds the last of them.
        own_part: The same, where this process stored it and may add to it.
        told_at: When its progress was last published, by the loop's clock.
    """

    def __init__(self, row: UploadRow) -> None:
        self.position = 0
        self.last_part: Part | None = None
        self.own_part: Part | None = None
        self.told_at = 0.0
        self._purpose = row.purpose
        self._sha256 = hashlib.sha256()
        self._head = b""
        is_audio = row.purpose in WAV_PURPOSES
        self._wav = WavInspector(byte_size=row.byte_size) if is_audio else None

    def feed(self, piece: bytes) -> None:
        """Look at the next bytes.

        Raises:
            FileRefused: As soon as they rule the file out.
        """
        self._sha256.update(piece)
        self.position += len(piece)
        if self._wav is not None:
            _feed_wav(self._wav, piece)
        elif len(self._head) < SNIFFED_BYTES:
            self._head += piece[: SNIFFED_BYTES - len(self._head)]
            self._judge_head(all_there=len(self._head) == SNIFFED_BYTES)

    @property
    def audio(self) -> AudioFacts | None:
        """Facts of a WAV, from the end of its header on."""
        layout = self._wav.layout if self._wav else None
        return (
            AudioFacts(layout.sample_rate_hz, layout.bit_depth, layout.channels, layout.duration_ms)
            if layout
            else None
        )

    def finish(self) -> Verdict:
        """Say what only all bytes tell.

        Raises:
            FileRefused: The file is not what its purpose needs.
        """
        if self._wav is not None:
            _finish_wav(self._wav)
            return Verdict(self._sha256.hexdigest(), WAV, self.audio)
        return Verdict(self._sha256.hexdigest(), self._judge_head(all_there=True), None)

    def _judge_head(self, *, all_there: bool) -> str:
        media_type = found_media_type(self._head)
        if not all_there or media_type in RULES[self._purpose].media_types:
            return media_type or ""
        taken = "JPEG, PNG, WebP or PDF" if PDF in RULES[self._purpose].media_types else "JPEG, PNG or WebP"
        raise FileRefused(ErrorCode.NOT_AN_IMAGE, f"This is {found(self._head)}; {taken} is taken.")


class Inspections:
    """The inspections of unfinished uploads that this process has seen lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UploadId, Inspection] = OrderedDict()

    async def of(self, row: UploadRow, parts: Sequence[Part], storage: UploadStorage) -> Inspection:
        """The inspection that stands where the row does: the kept one if it is of these very bytes, else a new look.

        Raises:
            FileRefused: The bytes rule the file out.
        """
        kept = self._kept.pop(row.id, None)
        last = parts[-1] if parts else None
        same = kept is not None and kept.position == row.received_bytes and kept.last_part == last
        inspection = kept if kept is not None and same else await _look_again(row, parts, storage)
        self._keep(row.id, inspection)
        return inspection

    def forget(self, upload_id: UploadId) -> None:
        """Drop what may be ahead of what is stored, or is of no more use."""
        self._kept.pop(upload_id, None)

    def _keep(self, upload_id: UploadId, inspection: Inspection) -> None:
        self._kept[upload_id] = inspection
        while len(self._kept) > _KEPT_IN_MEMORY:
            self._kept.popitem(last=False)


async def _look_again(row: UploadRow, parts: Sequence[Part], storage: UploadStorage) -> Inspection:
    inspection = Inspection(row)
    for part in parts:
        async for piece in storage.stream(part.key, end=part.byte_size):
            inspection.feed(piece)
        inspection.last_part = part
    return inspection


def _feed_wav(wav: WavInspector, piece: bytes) -> None:
    try:
        wav.feed(piece)
    except WavRefused as refusal:
        raise FileRefused(refusal.code, refusal.message) from refusal


def _finish_wav(wav: WavInspector) -> None:
    try:
        wav.finish()
    except WavRefused as refusal:
        raise FileRefused(refusal.code, refusal.message) from refusal
