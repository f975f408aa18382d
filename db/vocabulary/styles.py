"""Genres and moods (rule book, section 9)."""

from typing import Final

GENRE_PARENTS: Final[dict[str, str | None]] = {
    "Hip-Hop": None,
    "Trap": None,
    "Drill": None,
    "UK Drill": "Drill",
    "Boom Bap": None,
    "Lo-Fi": None,
    "R&B": None,
    "Soul": None,
    "Neo-Soul": "Soul",
    "Alternative R&B": "R&B",
    "Trap Soul": "R&B",
    "Pop": None,
    "Synth Pop": "Pop",
    "Indie Pop": "Pop",
    "Dance Pop": "Pop",
    "Electronic": None,
    "EDM": None,
    "House": "Electronic",
    "Techno": "Electronic",
    "Future Bass": "Electronic",
    "Rock": None,
    "Alternative": None,
    "Latin": None,
    "Reggaeton": "Latin",
    "Bachata": "Latin",
    "Afrobeats": None,
    "Afro-Pop": "Afrobeats",
    "Amapiano": "Afrobeats",
}
"""Known genres in the order of pickers, each with its wider genre (rule book, section 9)."""


MOODS: Final = (
    "Hype",
    "Aggressive",
    "Upbeat",
    "Energetic",
    "Sad",
    "Emotional",
    "Melancholic",
    "Nostalgic",
    "Chill",
    "Laid Back",
    "Smooth",
    "Mellow",
    "Dark",
    "Eerie",
    "Sinister",
    "Moody",
    "Happy",
    "Uplifting",
    "Triumphant",
    "Confident",
    "Sensual",
    "Romantic",
    "Intimate",
    "Dreamy",
)
"""Known moods; others are refused (D-13)."""
