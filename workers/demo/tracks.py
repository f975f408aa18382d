"""From a file to a track with its verdict, by the operations that every client uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from workers.demo.client import Client, OutOfPatience, Refusal, Tell, send_bytes, send_file

_HEARD_WITHIN_S: Final = 30
"""The form can be filled in by hand where the ears are busy."""
_PATIENCE_S: Final = 300
"""For a verdict: half an hour of audio takes seconds; a queue in front of it may take minutes."""
_SLOWEST_BPM: Final = 60
_FASTEST_BPM: Final = 200
"""What a track may be declared as (D-11)."""
_ENDED: Final = frozenset({"PUBLISHED", "DUPLICATE"})

_ANNOUNCE: Final = """mutation($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } errors { message } } }"""
_UPLOADED: Final = """query($id: ID!) { node(id: $id) { ... on Upload {
  status rejection { message } audio { durationMs sampleRateHz } } } }"""
_LISTEN: Final = """subscription($id: ID!) { uploadChanged(id: $id) {
  analysis { bpm bpmConfidence key scale keyConfidence } } }"""
_PRESETS: Final = "query($genres: [String!]!) { coverPresets(genres: $genres) { id } }"
_CREATE: Final = """mutation($input: CreateTrackInput!) { createTrack(input: $input) {
  track { id title } errors { message path ... on InvalidInput { suggestion } } } }"""
_WATCH: Final = """subscription($id: ID!) { trackChanged(id: $id) { status fingerprint { status duplicate {
  similarity original { title producerName }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs } } } } }"""


@dataclass(frozen=True)
class Segment:
    """One agreeing stretch, in milliseconds on both sides."""

    query_start_ms: int
    query_end_ms: int
    reference_start_ms: int
    reference_end_ms: int

    @classmethod
    def of(cls, node: Mapping[str, int]) -> "Segment":
        names = ("queryStartMs", "queryEndMs", "referenceStartMs", "referenceEndMs")
        return cls(*(node[name] for name in names))


@dataclass(frozen=True)
class Uploaded:
    """A file that is there."""

    id: str
    duration_ms: int
    sample_rate_hz: int


@dataclass(frozen=True)
class Created:
    """A track that was just made."""

    id: str
    title: str


@dataclass(frozen=True)
class Verdict:
    """What the duplicate check said.

    Attributes:
        status: PUBLISHED or DUPLICATE.
        original: Title of what it equals; the next three belong to it.
    """

    status: str
    original: str = ""
    producer: str = ""
    similarity: float = 0.0
    segments: tuple[Segment, ...] = ()

    @property
    def is_blocked(self) -> bool:
        return self.status == "DUPLICATE"


def upload(client: Client, file: Path, tell: Tell, *, purpose: str = "TRACK_AUDIO") -> Uploaded:
    """Announce a WAV, send it, and see what became of it.

    Raises:
        Refusal: It is not taken, for the reason in its sentence.
    """
    announced = {"purpose": purpose, "filename": file.name, "byteSize": file.stat().st_size}
    made = client.do(_ANNOUNCE, input=announced)["upload"]
    send_file(made["url"], file, tell)
    return _uploaded(client, made["id"])


def upload_bytes(client: Client, content: bytes, *, name: str) -> Uploaded:
    """The same for a WAV in memory."""
    announced = {"purpose": "TRACK_AUDIO", "filename": name, "byteSize": len(content)}
    made = client.do(_ANNOUNCE, input=announced)["upload"]
    send_bytes(made["url"], content)
    return _uploaded(client, made["id"])


def _uploaded(client: Client, upload_id: str) -> Uploaded:
    node = client.ask(_UPLOADED, id=upload_id)["node"]
    if node["status"] != "COMPLETED":
        rejection = node["rejection"] or {"message": f"The upload ended as {node['status']}."}
        raise Refusal([rejection])
    return Uploaded(upload_id, node["audio"]["durationMs"], node["audio"]["sampleRateHz"])


def measured(client: Client, upload_id: str) -> dict[str, Any]:
    """Tempo, key and scale for the form, as the API hears them in an upload; nothing where it has not in time."""
    try:
        for event in client.watch(_LISTEN, patience_s=_HEARD_WITHIN_S, id=upload_id):
            if event["analysis"]:
                return _facts(event["analysis"])
    except OutOfPatience:
        pass
    return {}


def _facts(analysis: Mapping[str, Any]) -> dict[str, Any]:
    bpm = min(max(round(analysis["bpm"]), _SLOWEST_BPM), _FASTEST_BPM)
    return {"bpm": bpm, "key": analysis["key"], "scale": analysis["scale"]}


def create_track(client: Client, entered: Mapping[str, Any]) -> Created:
    """A new track with a ready-made cover that its title picks; a title that is refused is cleaned as proposed."""
    given = {**entered, "cover": cover_for(client, entered["title"], entered["genres"])}
    try:
        return _created(client, given)
    except Refusal as refusal:
        proposed = _cleaned_title(refusal)
        if proposed is None:
            raise
        return _created(client, {**given, "title": proposed})


def cover_for(client: Client, name: str, genres: Sequence[str]) -> dict[str, str]:
    """A ready-made cover for these genres, the same each time for a name."""
    presets = client.ask(_PRESETS, genres=genres)["coverPresets"]
    return {"presetId": presets[crc32(name.encode()) % len(presets)]["id"]}


def _cleaned_title(refusal: Refusal) -> str | None:
    """What the API proposes where the title is all that it refused."""
    [first, *others] = refusal.errors
    return first.get("suggestion") if first["path"] == ["input", "title"] and not others else None


def _created(client: Client, given: Mapping[str, Any]) -> Created:
    track = client.do(_CREATE, input=given)["track"]
    return Created(track["id"], track["title"])


def await_verdict(client: Client, track: str, tell: Tell) -> Verdict:
    """Watch a track until the duplicate check has its verdict.

    Raises:
        OutOfPatience: It had none for minutes.
    """
    for event in client.watch(_WATCH, patience_s=_PATIENCE_S, id=track):
        tell(event["fingerprint"]["status"].lower())
        if event["status"] in _ENDED:
            return _verdict(event)
    raise AssertionError("a watch ends by its end or by an exception")


def _verdict(event: Mapping[str, Any]) -> Verdict:
    finding = event["fingerprint"]["duplicate"]
    if finding is None:
        return Verdict(event["status"])
    return Verdict(
        event["status"],
        original=finding["original"]["title"],
        producer=finding["original"]["producerName"],
        similarity=finding["similarity"],
        segments=tuple(map(Segment.of, finding["segments"])),
    )
