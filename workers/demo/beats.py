"""The beats that a demo begins with, played by the project's own synthesiser.

The later ones borrow from the first ones, so that there is evidence to look at: a trimmed copy that is blocked, parts of
another producer's beat inside a new one, a melody under other drums. What the engine makes of each pair is asserted in
`tests/demo/test_beats.py`.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.demo.accounts import PRODUCER, PRODUCER_2, DemoAccount
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.synth import Stereo, beat, write_wav

SECONDS: Final = 45
"""Long enough for half a dozen sections, short enough that a dozen of them are checked within a quarter of a minute."""
SAMPLER_SECONDS: Final = 60
"""Of a beat that holds a part of another one: so long that the part covers neither of them (D-31)."""


@dataclass(frozen=True)
class Score:
    """What is played: the arguments of the synthesiser.

    Attributes:
        drum_seed: Other drums under the same notes; null: the seed decides them too.
    """

    seed: int
    bpm: int
    pitch_class: int
    minor: bool = True
    kit: int = 0
    drum_seed: int | None = None

    def played(self, seconds: float) -> Stereo:
        """Samples in [-1, 1], shape (2, seconds x 44,100), 44,100 Hz."""
        return beat(
            seed=self.seed,
            bpm=self.bpm,
            key=self.pitch_class,
            minor=self.minor,
            seconds=seconds,
            kit=self.kit,
            drum_seed=self.drum_seed,
        )


@dataclass(frozen=True)
class Part:
    """A part of another beat inside a beat, in seconds."""

    of: Score
    at_s: float
    starts_at_s: float
    seconds: float

    def laid_over(self, host: Stereo) -> Stereo:
        """The host with the part in place of what it had there; shapes as in `Score.played`."""
        guest = self.of.played(SECONDS)[:, _frames(self.starts_at_s) :][:, : _frames(self.seconds)]
        start = _frames(self.at_s)
        host[:, start : start + guest.shape[1]] = guest
        return host


@dataclass(frozen=True)
class DemoBeat:
    """A beat to play and to upload.

    Attributes:
        key: As the API spells it.
        exclusive_price: Amount and currency, where the model has an exclusive.
        credited: Who made it too.
        part: What it took from another beat.
        starts_at_s: How much is cut off its start.
        wave: It is uploaded after the verdicts of the waves before it, so that it is the copy and not the original.
    """

    title: str
    producer: DemoAccount
    score: Score
    key: str
    genres: tuple[str, ...]
    moods: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    model: str = "STANDARD"
    exclusive_price: tuple[str, str] | None = None
    credited: DemoAccount | None = None
    part: Part | None = None
    starts_at_s: int = 0
    wave: int = 0

    def sound(self) -> Stereo:
        """Samples in [-1, 1], shape (2, frames), 44,100 Hz."""
        music = self.score.played(SAMPLER_SECONDS if self.part else SECONDS)
        if self.part:
            music = self.part.laid_over(music)
        return music[:, _frames(self.starts_at_s) :]

    def wav(self) -> bytes:
        """The file, 16 bit."""
        with tempfile.TemporaryDirectory(prefix="beatpass-") as folder:
            path = Path(folder) / "beat.wav"
            write_wav(path, self.sound())
            return path.read_bytes()


def _frames(seconds: float) -> int:
    return int(seconds * SYNTH_RATE_HZ)


NIGHT_DRIVE: Final = Score(1, 142, 10)
PAPER_LANTERNS: Final = Score(2, 84, 2)
GLASS_HOUSES: Final = Score(3, 126, 5)
NEON_RAIN: Final = Score(5, 110, 9, minor=False, kit=1)
SLOW_MOTION: Final = Score(6, 72, 3, kit=2)

BEATS: Final = (
    DemoBeat("Night Drive", PRODUCER, NIGHT_DRIVE, "A_SHARP", ("Trap",), ("Dark", "Hype"), ("808", "night")),
    DemoBeat(
        "Paper Lanterns", PRODUCER, PAPER_LANTERNS, "D", ("Lo-Fi",), ("Chill", "Nostalgic"), ("tape", "keys")
    ),
    DemoBeat(
        "Glass Houses",
        PRODUCER_2,
        GLASS_HOUSES,
        "F",
        ("House", "Electronic"),
        ("Energetic",),
        ("club",),
        model="STANDARD_AND_EXCLUSIVE",
        exclusive_price=("450.00", "EUR"),
    ),
    DemoBeat(
        "Copper Sky", PRODUCER_2, Score(4, 98, 7), "G", ("Afrobeats",), ("Uplifting",), ("drums", "summer")
    ),
    DemoBeat(
        "Neon Rain",
        PRODUCER,
        NEON_RAIN,
        "A",
        ("Synth Pop", "Pop"),
        ("Dreamy", "Upbeat"),
        ("synth", "80s"),
        model="STANDARD_AND_EXCLUSIVE",
        exclusive_price=("299.00", "USD"),
        credited=PRODUCER_2,
    ),
    DemoBeat(
        "Slow Motion",
        PRODUCER,
        SLOW_MOTION,
        "D_SHARP",
        ("R&B", "Trap Soul"),
        ("Sensual", "Smooth"),
        ("slow",),
    ),
    DemoBeat(
        "Low Tide", PRODUCER_2, Score(7, 112, 0, kit=3), "C", ("Amapiano",), ("Laid Back",), ("log drum",)
    ),
    DemoBeat(
        "Basement Tape",
        PRODUCER,
        Score(8, 90, 4, kit=4),
        "E",
        ("Boom Bap", "Hip-Hop"),
        ("Nostalgic", "Moody"),
        ("dusty", "drums"),
        model="EXCLUSIVE_ONLY",
        exclusive_price=("1200.00", "CAD"),
    ),
    DemoBeat(
        "Glass Garden",
        PRODUCER,
        Score(23, 128, 8, kit=7),
        "G_SHARP",
        ("Techno",),
        ("Energetic", "Dark"),
        ("club", "sampled"),
        part=Part(GLASS_HOUSES, at_s=16, starts_at_s=10, seconds=24),
        wave=1,
    ),
    DemoBeat(
        "Lantern Alley",
        PRODUCER_2,
        Score(21, 88, 6, kit=5),
        "F_SHARP",
        ("Boom Bap",),
        ("Mellow",),
        ("sampled",),
        part=Part(PAPER_LANTERNS, at_s=22, starts_at_s=18, seconds=15),
        wave=1,
    ),
    DemoBeat(
        "Rain Check",
        PRODUCER_2,
        Score(22, 120, 1, kit=6),
        "C_SHARP",
        ("Dance Pop",),
        ("Happy",),
        ("sampled",),
        part=Part(NEON_RAIN, at_s=30, starts_at_s=20, seconds=10),
        wave=1,
    ),
    DemoBeat(
        "Still Motion",
        PRODUCER_2,
        Score(6, 72, 3, kit=2, drum_seed=31),
        "D_SHARP",
        ("Neo-Soul",),
        ("Intimate",),
        ("slow", "remake"),
        wave=1,
    ),
    DemoBeat("Midnight Ride", PRODUCER_2, NIGHT_DRIVE, "A_SHARP", ("Drill",), starts_at_s=6, wave=2),
)
"""In the order of their upload: Midnight Ride, which is blocked, is the newest."""
WAVES: Final = tuple(tuple(one for one in BEATS if one.wave == wave) for wave in range(3))
SCANNED: Final = "Paper Lanterns"
"""Not the oldest: that one is for whoever presses Run."""
OFFERED: Final = "Slow Motion"
"""To the first of the beat requests; another one answers it, and is for whoever presses Run."""
