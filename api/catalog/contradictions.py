"""Where measured facts contradict declared ones (D-19). The declared ones stand."""

from dataclasses import dataclass
from typing import Final

from db.keys import key_label, key_of
from db.vocabulary import Scale

SURE: Final = 0.9
"""Confidence from which 95 % of the measured facts are right: below it nobody is warned."""
SAME_TEMPO: Final = 0.04
"""Of a tempo: what the confidence vouches for."""
_OCTAVES: Final = (0.5, 1.0, 2.0)
"""How a tempo is felt is the producer's to say (D-11)."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Tempo and key, declared or measured."""

    bpm: float
    pitch_class: int
    scale: Scale


@dataclass(frozen=True)
class Contradiction:
    """A declared fact that the audio contradicts.

    Attributes:
        field: Of `updateTrack`'s input.
        declared: As that field takes it.
        measured: As that field takes it.
    """

    field: str
    declared: str
    measured: str
    confidence: float
    message: str


def contradictions(
    declared: Facts, measured: Facts, *, bpm_confidence: float, key_confidence: float
) -> list[Contradiction]:
    """What a producer is warned of.

    The relative key (A minor for C major) is no contradiction: it has the same notes, and mixes with the same tracks.
    Where tonic and mode both differ there are two warnings, so that each can be passed to its own field.
    """
    return [*_tempo(declared, measured, bpm_confidence), *_key(declared, measured, key_confidence)]


def _tempo(declared: Facts, measured: Facts, confidence: float) -> list[Contradiction]:
    same = any(abs(declared.bpm / (measured.bpm * octave) - 1) <= SAME_TEMPO for octave in _OCTAVES)
    if confidence < SURE or same:
        return []
    said, found = f"{declared.bpm:g}", str(round(measured.bpm))
    sentence = f"The audio sounds like {found} BPM; {said} BPM is declared."
    return [Contradiction("bpm", said, found, confidence, sentence)]


def _key(declared: Facts, measured: Facts, confidence: float) -> list[Contradiction]:
    if confidence < SURE or _notes(declared) == _notes(measured):
        return []
    labels = [key_label(facts.pitch_class, facts.scale) for facts in (measured, declared)]
    sentence = f"The audio sounds like {labels[0]}; {labels[1]} is declared."
    pairs = {
        "key": (key_of(declared.pitch_class).value, key_of(measured.pitch_class).value),
        "scale": (declared.scale.value, measured.scale.value),
    }
    return [
        Contradiction(field, said, found, confidence, sentence)
        for field, (said, found) in pairs.items()
        if said != found
    ]


def _notes(facts: Facts) -> int:
    """Names the notes of a key by its major: the same for a key and its relative."""
    return facts.pitch_class if facts.scale is Scale.MAJOR else (facts.pitch_class + 3) % 12
