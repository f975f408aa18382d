"""A scan by Audio Recon, watched from its start to its matches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers.demo.client import Client, Refusal, Tell
from workers.demo.tracks import Segment

_PATIENCE_S: Final = 300
_OVER: Final = frozenset({"DONE", "FAILED", "CANCELLED"})
_ALLOWANCE: Final = "{ reconAllowance { remaining } }"
_START: Final = """mutation($input: StartReconScanInput!) {
  startReconScan(input: $input) { scan { id } errors { message } } }"""
_WATCH: Final = """subscription($id: ID!) { reconScanChanged(id: $id) {
  status stage progress error { message }
  matches(first: 20, orderBy: { field: SIMILARITY }) { nodes {
    relation similarity queryCoverage found { title producerName }
    segments { queryStartMs queryEndMs referenceStartMs referenceEndMs } } } } }"""


@dataclass(frozen=True)
class Finding:
    """A recording that a scan found.

    Attributes:
        coverage: Share of the excerpt that agrees, 0 to 1.
    """

    title: str
    producer: str
    relation: str
    similarity: float
    coverage: float
    segments: tuple[Segment, ...]


def scans_left(client: Client) -> int:
    """What is left of today's allowance."""
    allowance = client.ask(_ALLOWANCE)["reconAllowance"]
    return int(allowance["remaining"]) if allowance else 0


def scan(client: Client, subject: Mapping[str, str], tell: Tell) -> list[Finding]:
    """Scan a track or an uploaded excerpt: what was found, most similar first.

    Args:
        subject: `trackId` or `uploadId`, and which.

    Raises:
        Refusal: The scan was not allowed, or broke off.
        OutOfPatience: It took minutes.
    """
    started = client.do(_START, input=subject)["scan"]["id"]
    for event in client.watch(_WATCH, patience_s=_PATIENCE_S, id=started):
        tell(f"{event['stage'].lower()} {event['progress']:.0%}")
        if event["status"] in _OVER:
            return _findings(event)
    raise AssertionError("a watch ends by its end or by an exception")


def _findings(event: Mapping[str, Any]) -> list[Finding]:
    if event["status"] != "DONE":
        raise Refusal([event["error"] or {"message": f"The scan ended as {event['status']}."}])
    return [_finding(node) for node in event["matches"]["nodes"]]


def _finding(node: Mapping[str, Any]) -> Finding:
    return Finding(
        title=node["found"]["title"],
        producer=node["found"]["producerName"],
        relation=node["relation"],
        similarity=node["similarity"],
        coverage=node["queryCoverage"],
        segments=tuple(map(Segment.of, node["segments"])),
    )
