"""The walk of `./bp demo`: publish beats, copy them in disguise, scan for excerpts of them.

What goes wrong with one beat is told in its row; the others go on.
"""

import re
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

from workers.audio.synth import write_wav
from workers.demo.beats import SECONDS, Score
from workers.demo.client import Fault, OutOfPatience, Refusal, Unanswered
from workers.demo.disguises import DisguiseFailed, cut_out, disguise_of
from workers.demo.people import NAMES, Somebody, become_producer, get_verified, sign_up
from workers.demo.progress import Progress, Step
from workers.demo.scans import Finding, scan, scans_left
from workers.demo.tracks import Uploaded, Verdict, await_verdict, create_track, measured, upload

EXCERPT_SECONDS: Final = 20
_MOST_OF_A_SHORT_ONE: Final = 0.6
"""Of a beat that is hardly longer than an excerpt."""
_WENT_WRONG: Final = (Fault, Refusal, Unanswered, OutOfPatience, DisguiseFailed, OSError, HTTPException)
_UNHEARD: Final = {"bpm": 120, "key": "C", "scale": "MINOR"}
"""Declared where nothing was heard: every track needs them (D-11)."""
_SYNTHESISED: Final = ("Amber Coast", "Tin Roof", "Blue Hour", "Long Division", "Salt Flats", "Afterimage")


@dataclass
class Row:
    """One beat, and what came of it.

    Attributes:
        refused: The file or its facts were not taken: nothing could be copied.
        trouble: What went wrong, by step: `beat`, `copy` or `scan`.
        took: Seconds, by step: `upload`, `verdict`, `copy`, `scan`.
        skipped_scan: Why no scan was asked for.
    """

    file: Path
    title: str
    uploaded: Uploaded | None = None
    verdict: Verdict | None = None
    disguise: str = ""
    copy: Verdict | None = None
    findings: list[Finding] | None = None
    refused: bool = False
    skipped_scan: str = ""
    trouble: dict[str, str] = field(default_factory=dict[str, str])
    took: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def copy_is_blocked(self) -> bool:
        return self.copy is not None and self.copy.is_blocked

    def excerpt_is_found(self, producer: str) -> bool:
        """Whether the scan named what is in the catalogue: this beat, or the one that it was blocked for."""
        if self.verdict is None or self.findings is None:
            return False
        work = (self.title, producer)
        if self.verdict.is_blocked:
            work = (self.verdict.original, self.verdict.producer)
        return any(
            (one.title, one.producer) == work and one.relation == "SAME_RECORDING" for one in self.findings
        )

    def is_as_it_should_be(self, producer: str) -> bool:
        """Refused, or copied in vain and found again."""
        return self.refused or (
            self.copy_is_blocked and bool(self.skipped_scan or self.excerpt_is_found(producer))
        )


class Walk:
    """One walk through a running BeatPass.

    Args:
        folder: For copies and excerpts.
    """

    def __init__(self, url: str, folder: Path, progress: Progress) -> None:
        self._url = url
        self._folder = folder
        self._progress = progress

    def through(self, files: Sequence[Path]) -> list[Row]:
        """Every step with every file.

        Raises:
            Fault, Refusal: Nobody could sign up or be approved.
        """
        rows = [Row(file, title_of(file)) for file in files]
        owner, thief = (self._producer(first, last) for first, last in NAMES)
        self._progress.title(f"{owner.name} uploads")
        for row in rows:
            self._publish(owner, row)
        there = [row for row in rows if row.verdict]
        self._progress.title(f"{thief.name} uploads copies in disguise")
        for number, row in enumerate(there):
            self._copy(thief, number, row)
        self._progress.title(f"{owner.name} scans for excerpts of {EXCERPT_SECONDS} s")
        self._scan_all(owner, there)
        return rows

    def _producer(self, first: str, last: str) -> Somebody:
        with self._progress.step(f"{first} {last}") as step:
            step.tell("signing up")
            who = sign_up(self._url, first, last)
            step.tell("applying")
            become_producer(self._url, who)
            step.tell("asking for the badge")
            get_verified(self._url, who)
            step.result = "signed up, approved, verified"
        return who

    def _publish(self, owner: Somebody, row: Row) -> None:
        with self._told(row, "beat", row.title):
            with self._timed(row, "upload", f"{row.title}: upload") as step:
                row.uploaded = upload(owner.client, row.file, step.tell)
            heard = measured(owner.client, row.uploaded.id)
            made = create_track(owner.client, _entered(owner, row.title, row.uploaded, heard))
            row.title = made.title
            with self._timed(row, "verdict", f"{row.title}: verdict") as step:
                row.verdict = await_verdict(owner.client, made.id, step.tell)
                step.result = _outcome(row.verdict)

    def _copy(self, thief: Somebody, number: int, row: Row) -> None:
        assert row.uploaded
        disguise = disguise_of(
            number, duration_ms=row.uploaded.duration_ms, sample_rate_hz=row.uploaded.sample_rate_hz
        )
        row.disguise = disguise.name
        file = self._folder / f"copy-{number}.wav"
        with self._told(row, "copy", row.title):
            disguise.wear(row.file, file)
            sent = upload(thief.client, file, lambda _: None)
            made = create_track(thief.client, _entered(thief, f"{row.title[:90]} Again", sent, {}))
            with self._timed(row, "copy", f"{row.title}: {row.disguise}") as step:
                row.copy = await_verdict(thief.client, made.id, step.tell)
                step.result = _outcome(row.copy)
        file.unlink(missing_ok=True)

    def _scan_all(self, owner: Somebody, rows: Sequence[Row]) -> None:
        left = 0
        with self._told_all(rows, "scan"):
            left = scans_left(owner.client)
        for row in rows[:left]:
            self._scan(owner, row)
        for row in rows[left:]:
            row.skipped_scan = "" if "scan" in row.trouble else "not scanned: today's scans are used"

    def _scan(self, owner: Somebody, row: Row) -> None:
        assert row.uploaded
        file = self._folder / "excerpt.wav"
        whole_s = row.uploaded.duration_ms / 1000
        seconds = min(EXCERPT_SECONDS, _MOST_OF_A_SHORT_ONE * whole_s)
        with self._told(row, "scan", row.title):
            cut_out(row.file, file, starts_at_s=(whole_s - seconds) / 2, seconds=seconds)
            sent = upload(owner.client, file, lambda _: None, purpose="RECON_SAMPLE")
            with self._timed(row, "scan", f"{row.title}: scan") as step:
                row.findings = scan(owner.client, {"uploadId": sent.id}, step.tell)
                step.result = f"{len(row.findings)} found"

    @contextmanager
    def _timed(self, row: Row, step_name: str, shown: str) -> Generator[Step]:
        with self._progress.step(shown) as step:
            yield step
        row.took[step_name] = step.seconds

    @contextmanager
    def _told(self, row: Row, step: str, shown: str) -> Generator[None]:
        """What goes wrong in the block is told in the row."""
        try:
            yield
        except _WENT_WRONG as problem:
            row.trouble[step] = str(problem)
            row.refused = step == "beat" and isinstance(problem, Refusal)
            self._progress.title(f"  {shown}: {problem}")

    @contextmanager
    def _told_all(self, rows: Sequence[Row], step: str) -> Generator[None]:
        try:
            yield
        except _WENT_WRONG as problem:
            for row in rows:
                row.trouble[step] = str(problem)


def title_of(file: Path) -> str:
    """A file's name as a title; the API cleans it further where it must."""
    words = re.sub(r"[\s_]+", " ", file.stem).strip()
    return words[:100] or "Untitled"


def synthesised(folder: Path) -> list[Path]:
    """Beats that nobody has heard before, as files."""
    files: list[Path] = []
    for title in _SYNTHESISED:
        seed = secrets.randbelow(1 << 30)
        score = Score(seed, 70 + seed % 90, seed % 12, minor=seed % 3 > 0, kit=seed % 1000)
        files.append(folder / f"{title}.wav")
        write_wav(files[-1], score.played(SECONDS + seed % 30), bit_depth=24)
    return files


def _entered(who: Somebody, title: str, sent: Uploaded, heard: dict[str, Any]) -> dict[str, Any]:
    return {
        **_UNHEARD,
        **heard,
        "audioUploadId": sent.id,
        "title": title,
        "artists": [who.name],
        "genres": ["Electronic"],
        "licensing": {"model": "STANDARD"},
    }


def _outcome(verdict: Verdict) -> str:
    return f"blocked: “{verdict.original}”" if verdict.is_blocked else verdict.status.lower()
