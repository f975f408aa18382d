"""The audio engine as the duplicate check wants it: its work is done in the audio child, its answers are plain values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import numpy as np

from api.recon.comparing import Candidate, Heard
from api.recon.rules import Match
from db.queries.fingerprints import PostingRow
from workers.audio.chromaprint import Words
from workers.audio.index import Analysis
from workers.audio.isolate import AudioChild
from workers.audio.terms import index_terms, query_terms

_LISTEN_TIMEOUT_S: Final = 120
"""30 minutes at 192 kHz take some 10 s of CPU here; a machine may be ten times slower."""
_COMPARE_TIMEOUT_S: Final = 60


class ChildEngine:
    """Listens and compares in one child process."""

    def __init__(self, child: AudioChild) -> None:
        self._child = child

    async def listen(self, path: Path) -> Heard:
        analysis: Analysis = await self._child.run("analyse", path, timeout_s=_LISTEN_TIMEOUT_S)
        return Heard(
            model=analysis.model,
            words=stored(analysis.words),
            duration_ms=analysis.duration_ms,
            postings=_postings(analysis.words),
            asked=_asked(analysis),
            queries=analysis.queries,
        )

    def postings_of(self, words: bytes) -> Sequence[tuple[int, int]]:
        """What a recording is found by, made anew from its stored words."""
        return _postings(_read(words))

    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]:
        """Recordings that agree with any form of the newcomer along some offset, most votes first."""
        table = np.array(postings, np.int64).reshape(-1, 3)
        keys, positions = table[:, 0].astype(np.int32), table[:, 2].astype(np.int32)
        found: list[tuple[int, tuple[int, ...]]] = await self._child.run(
            "candidates", _queries(heard), keys, table[:, 1], positions, timeout_s=_COMPARE_TIMEOUT_S
        )
        return [Candidate(number, offsets) for number, offsets in found]

    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]:
        references = [(_read(words), offsets) for words, offsets in others]
        found: list[Match | None] = await self._child.run(
            "compare_all", _queries(heard), references, timeout_s=_COMPARE_TIMEOUT_S
        )
        return found


def _postings(words: Words) -> list[tuple[int, int]]:
    keys, positions = index_terms(words)
    return list(zip(keys.tolist(), positions.tolist(), strict=True))


def stored(words: Words) -> bytes:
    """Words as the database keeps them: little-endian uint32."""
    return words.astype("<u4").tobytes()


def _read(words: bytes) -> Words:
    return np.frombuffer(words, "<u4").astype(np.uint32)


def _queries(heard: Heard) -> tuple[Words, ...]:
    return cast("tuple[Words, ...]", heard.queries)  # made by `listen`


def _asked(analysis: Analysis) -> list[int]:
    keys = {int(key) for words in analysis.queries for key in query_terms(words)[0]}
    return sorted(keys)
