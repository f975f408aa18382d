"""What an audio engine does for the duplicate check and for scans: listen, search the catalogue, compare.

Listening and comparing happen outside of any transaction.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from api.recon.rules import Match, SameFile
from db.ids import TrackId
from db.queries import fingerprints as queries
from db.queries.fingerprints import IndexedRecording, PostingRow
from db.session import Sessions

_MOST_PER_KEY: Final = 1000
"""A term that a thousand recordings share is a drum pattern, not a trace."""
_MOST_POSTINGS: Final = 200_000
"""Of one question: what an excerpt of the catalogue meets by chance at 100,000 tracks, and half a second to count."""
_MOST_CANDIDATES: Final = 50
"""True matches have tens of votes and stand first; chance has a handful."""


@dataclass(frozen=True)
class Heard:
    """One recording as an engine heard it.

    Attributes:
        model: Which engine; another one's words are not comparable.
        words: To store and to compare.
        postings: Pairs of key and position, to be found by.
        asked: Keys to look up in the index.
        queries: What else the engine needs to compare it; for the engine alone.
    """

    model: str
    words: bytes
    duration_ms: int
    postings: Sequence[tuple[int, int]]
    asked: Sequence[int]
    queries: object


@dataclass(frozen=True)
class Candidate:
    """A recording that may be alike, and where to look."""

    number: int
    offsets: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A recording that is alike, and how."""

    recording: IndexedRecording
    match: Match


@dataclass(frozen=True)
class Question:
    """A recording that is compared with others.

    Attributes:
        sha256: Of its file, hex: the very same file is known by it, however short it is.
        own: Its track, which is never compared with itself; null for a sample.
    """

    heard: Heard
    sha256: str
    own: TrackId | None


class Suspect(NamedTuple):
    """A recording to compare with, and where to look; null: the engine finds that out."""

    recording: IndexedRecording
    offsets: tuple[int, ...] | None = None


class Searched(NamedTuple):
    """What a search brought.

    Attributes:
        sequence: Of the index; what was taken in later was not looked at.
    """

    sequence: int
    suspects: list[Suspect]


class Engine(Protocol):
    """An audio engine; it knows no database."""

    async def listen(self, path: Path) -> Heard: ...
    def postings_of(self, words: bytes) -> Sequence[tuple[int, int]]: ...
    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]: ...
    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]: ...


class MasterStorage(Protocol):
    def local_copy(self, key: str) -> AbstractAsyncContextManager[Path]: ...


async def search(sessions: Sessions, engine: Engine, question: Question) -> Searched:
    """Everything in the index that may be alike, likely ones first, and the sequence up to which that holds.

    What was taken in between two of these reads is left to the caller, or it would be found twice.
    """
    heard = question.heard
    async with sessions.reading() as session:
        sequence = await queries.index_sequence(session)
        at_hand = await queries.recordings_with_sha256(session, question.sha256)
        at_hand += await queries.unposted_recordings(session, model=heard.model)
        postings = await queries.postings_with(
            session, heard.asked, model=heard.model, most_per_key=_MOST_PER_KEY, most=_MOST_POSTINGS
        )
    candidates = (await engine.candidates(heard, postings))[:_MOST_CANDIDATES]
    offsets = {candidate.number: candidate.offsets for candidate in candidates}
    async with sessions.reading() as session:
        near = await queries.recordings(session, offsets, model=heard.model)
    ranks = {number: rank for rank, number in enumerate(offsets)}
    likely = [*at_hand, *sorted(near, key=lambda one: ranks[one.number])]
    known = {one.number: one for one in likely if one.sequence <= sequence and one.track_id != question.own}
    return Searched(sequence, [Suspect(one, offsets.get(number)) for number, one in known.items()])


async def compare(engine: Engine, question: Question, others: Sequence[Suspect]) -> list[Found]:
    """Those of the others that are alike: the very same file by its hash, the others by ear."""
    heard, sha256 = question.heard, question.sha256
    same = [Found(one, SameFile.of(heard.duration_ms)) for one, _ in others if one.sha256 == sha256]
    by_ear = [(one, offsets) for one, offsets in others if one.sha256 != sha256]
    if not by_ear:
        return same
    matches = await engine.compare(heard, [(recording.words, offsets) for recording, offsets in by_ear])
    pairs = zip(by_ear, matches, strict=True)
    return same + [Found(recording, match) for (recording, _), match in pairs if match is not None]
