"""What a share page says in words and bars, from what the API answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from api.http.visitor import Shown
from db.excerpt import excerpt

_BARS: Final = 96
_LOWEST_BAR: Final = 3
_HIGHEST_BAR: Final = 60
"""Of the 64 units that the picture is high."""
_LONGEST_DESCRIPTION: Final = 200
"""Previews in chat programs cut there at the latest."""
_OFFERS: Final = {
    "STANDARD": "Standard",
    "STANDARD_AND_EXCLUSIVE": "Standard, exclusive",
    "EXCLUSIVE_ONLY": "Exclusive",
}
LICENCES: Final = {"STANDARD": "Standard licence", "EXCLUSIVE": "Exclusive licence"}
_USES: Final = {
    "BROADCAST": "broadcast",
    "STREAMING": "streaming",
    "FOR_PROFIT_PERFORMANCE": "for-profit performance",
    "CONTENT_ID": "Content ID",
}
_FILES: Final = {"WAV": "WAV", "MP3_320": "MP3 320 kbit/s"}
_NETWORKS: Final = {"TIKTOK": "TikTok", "YOUTUBE": "YouTube", "SOUNDCLOUD": "SoundCloud"}


def clock(duration_ms: int) -> str:
    """A length as players show it: `2:05`, `1:00:00`."""
    seconds = round(duration_ms / 1000)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def network(name: str) -> str:
    """A network as it writes itself."""
    return _NETWORKS.get(name, name.title())


def moment(text: str) -> str:
    """A moment as people read it: `28 November 2026, 14:32 UTC`."""
    at = datetime.fromisoformat(text)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def agreed(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Terms of a licence that not every one has, by name, and its files."""
    named = [
        ("Permitted uses", ", ".join(_USES[use] for use in terms["permissions"])),
        ("Publishing", _shares(terms)),
        ("Royalty", f"{terms['royaltyPercent']} %" if terms["royaltyPercent"] else ""),
        ("Files", ", ".join(_FILES[form] for form in terms["deliveredFiles"])),
    ]
    return [(name, words) for name, words in named if words]


def _shares(terms: Mapping[str, Any]) -> str:
    producer, licensee = terms["producerSharePercent"], terms["licenseeSharePercent"]
    return f"{producer} % producer, {licensee} % licensee" if producer else ""


def description(shown: Shown) -> str:
    """One line for previews: what it is, by whom, and how it sounds."""
    line = " · ".join(_DESCRIBED[shown.kind](shown.node))
    return line if len(line) <= _LONGEST_DESCRIPTION else f"{line[: _LONGEST_DESCRIPTION - 1].rstrip()}…"


def licence(track: Mapping[str, Any]) -> str:
    """How a track can be had: `Standard, exclusive for 299.00 USD`."""
    if track["status"] == "SOLD":
        return "Sold"
    offer = track["licensing"]
    price = offer["exclusive"] and offer["exclusive"]["price"]
    return _OFFERS[offer["model"]] + (f" for {price['amount']} {price['currency']}" if price else "")


def bars(track: Mapping[str, Any]) -> list[float] | None:
    """Heights of the waveform of a track's preview; null before it was measured.

    Only the part that is heard is drawn, so that a playhead on it stands where the sound is.
    """
    if not track["analysis"] or track["previewStartMs"] is None:
        return None
    peaks: Sequence[int] = track["analysis"]["waveform"]
    start, end = (
        edge * len(peaks) // track["durationMs"] for edge in excerpt(track["durationMs"], per_second=1000)
    )
    heard = peaks[start : max(end, start + 1)]
    parts = [heard[len(heard) * bar // _BARS : len(heard) * (bar + 1) // _BARS] for bar in range(_BARS)]
    loudest = max(heard) or 1
    return [round(max(_LOWEST_BAR, _HIGHEST_BAR * max(part, default=0) / loudest), 1) for part in parts]


def open_graph(shown: Shown) -> list[tuple[str, str]]:
    """Properties of one kind of page, besides those of every page (https://ogp.me)."""
    return _PROPERTIES[shown.kind](shown.node)


def _of_track(track: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [("og:type", "music.song"), ("music:duration", str(round(track["durationMs"] / 1000)))]
    found += [("music:musician", one["shareUrl"]) for one in track["credits"]]
    if track["collection"]:
        found.append(("music:album", track["collection"]["shareUrl"]))
    if track["previewUrl"]:
        found += [("og:audio", track["previewUrl"]), ("og:audio:type", "audio/mpeg")]
    return found


def _of_collection(collection: Mapping[str, Any]) -> list[tuple[str, str]]:
    songs = [("music:song", track["shareUrl"]) for track in collection["tracks"]["nodes"]]
    return [("og:type", "music.album"), ("music:musician", collection["producer"]["shareUrl"]), *songs]


def _of_producer(producer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("og:type", "profile"), ("profile:username", producer["handle"])]


_PROPERTIES: Final = {"Track": _of_track, "Collection": _of_collection, "Producer": _of_producer}


def _track_in_words(track: Mapping[str, Any]) -> list[str]:
    by = f"Beat by {track['producer']['name']}"
    return [by, f"{track['bpm']} BPM", track["keyLabel"], *track["genres"], clock(track["durationMs"])]


def _collection_in_words(collection: Mapping[str, Any]) -> list[str]:
    by = f"Collection by {collection['producer']['name']}"
    return [by, counted(collection["tracks"]["totalCount"], "beat"), *collection["genres"]]


def _producer_in_words(producer: Mapping[str, Any]) -> list[str]:
    what = ", ".join(producer["roles"]).capitalize() or "Producer"
    facts = [what, producer["city"], counted(producer["tracks"]["totalCount"], "beat")]
    bio = " ".join((producer["bio"] or "").split())
    return [fact for fact in (*facts, bio) if fact]


_DESCRIBED: Final = {
    "Track": _track_in_words,
    "Collection": _collection_in_words,
    "Producer": _producer_in_words,
}


def counted(many: int, what: str) -> str:
    """`1 beat`, `2 beats`."""
    return f"{many:,} {what}" if many == 1 else f"{many:,} {what}s"
