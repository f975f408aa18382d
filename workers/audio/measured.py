"""What the analysis says about a beat: plain values, for processes that never load what measures them."""

from dataclasses import dataclass
from typing import Final

MODEL: Final = "tempo-1/key-1/ebu-r128/sound-1"
"""Stored beside every analysis; another one means: measure again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured in one file.

    Attributes:
        bpm: As felt, 60 to 200.
        pitch_class: Of the tonic, 0 = C to 11 = B.
        loudness_lufs: Integrated, EBU R128; at least -70.
        true_peak_db: dBTP.
        waveform: Peak of each of 2,000 equal slices, one byte each.
        sound: How it sounds, 16 signed bytes (`db.sound`); null where there is too little to hear.
    """

    model: str
    bpm: float
    bpm_confidence: float
    pitch_class: int
    minor: bool
    key_confidence: float
    loudness_lufs: float
    true_peak_db: float
    waveform: bytes
    sound: bytes | None
