"""The engine behind one interface (RECON section 2): analyse a file, keep an index, compare two analyses.

A stronger engine replaces this one by another `MODEL` and the same names; the index in SQL implements `Index` outside,
because the engine knows no database.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from api.uploads.wav import parse_layout
from db.vocabulary import MatchRelation
from workers.audio import matching
from workers.audio.chromaprint import Words, half_hop_words
from workers.audio.matching import Match
from workers.audio.pcm import listening_pcm
from workers.audio.terms import Candidate, Keys, Numbers, Positions, meetings, vote

MODEL: Final = "chromaprint-2/half-hop/1"
"""Stored beside every fingerprint; another one means: analyse again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """What the engine knows of one recording."""

    model: str
    sha256: str
    """Of the file, hex: the only word on recordings that sound for less than 3.2 s."""
    words: Words
    """Chromaprint words each 62 ms, shape (words,); every second one, from the first, is what fpcalc gives."""
    other_words: Words | None
    """The same of the other stereo axis, for wide recordings: asked with, never posted."""
    duration_ms: int
    sample_rate_hz: int
    bit_depth: int
    channels: int
    is_float: bool

    @property
    def queries(self) -> tuple[Words, ...]:
        """Every form in which the catalogue is to be asked; what is found by any of them is found."""
        return (self.words,) if self.other_words is None else (self.words, self.other_words)


class Index(Protocol):
    """Where the terms of recordings are kept."""

    async def add(self, number: int, words: Words) -> None:
        """Posts a recording."""
        ...

    async def remove(self, number: int) -> None:
        """Forgets a recording."""
        ...

    async def candidates(self, words: Words) -> Sequence[Candidate]:
        """Finds the recordings worth comparing, most votes first."""
        ...


def analyse(path: Path) -> Analysis:
    """Fingerprints a WAV.

    Args:
        path: A file that D-10 takes.

    Returns:
        Its analysis; no words when it is shorter than 2.7 s.

    Raises:
        WavRefused: Its header is not one that D-10 takes.
        ChromaprintFailed: The backend broke.
    """
    layout = parse_layout(path)
    pcm, other = listening_pcm(path, layout)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Analysis(
        model=MODEL,
        sha256=sha256,
        words=half_hop_words(pcm),
        other_words=None if other is None else half_hop_words(other),
        duration_ms=layout.duration_ms,
        sample_rate_hz=layout.sample_rate_hz,
        bit_depth=layout.bit_depth,
        channels=layout.channels,
        is_float=layout.is_float,
    )


def candidates(
    queries: Sequence[Words], keys: Keys, numbers: Numbers, positions: Positions
) -> list[tuple[int, tuple[int, ...]]]:
    """Finds the recordings worth comparing among the postings met.

    Args:
        queries: Every form of the newcomer, each of shape (words,).
        keys: Of the postings, shape (postings,).
        numbers: The recordings they belong to, shape (postings,).
        positions: Where they stand there, shape (postings,).

    Returns:
        Number and offsets of recordings that agree with any form of it, most votes first.
    """
    best: dict[int, Candidate] = {}
    for words in queries:
        for found in vote(*meetings(words, keys, numbers, positions)):
            known = best.get(found.number)
            best[found.number] = found if known is None or found.votes > known.votes else known
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.votes, candidate.number))
    return [(candidate.number, candidate.offsets) for candidate in ranked]


def compare_all(
    queries: Sequence[Words], references: Sequence[tuple[Words, tuple[int, ...] | None]]
) -> list[Match | None]:
    """Compares one recording with many.

    Args:
        queries: Every form of the newcomer, each of shape (words,); the best answer of any of them counts.
        references: Words of the others, shape (words,), with the diagonals to look at; None: they are found here.

    Returns:
        What each of the others shares with the newcomer.
    """
    return [_best(queries, words, offsets) for words, offsets in references]


def _best(queries: Sequence[Words], words: Words, offsets: tuple[int, ...] | None) -> Match | None:
    found = [match for query in queries if (match := matching.compare(query, words, offsets)) is not None]
    return max(found, key=_strength, default=None)


def _strength(match: Match) -> tuple[bool, float, float]:
    same = match.relation is MatchRelation.SAME_RECORDING
    return same, max(match.query_coverage, match.reference_coverage), match.similarity
