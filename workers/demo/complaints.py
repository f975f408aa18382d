"""What the demo's staff find on their desk: a beat that somebody says is theirs."""

from typing import Final

from workers.demo.client import Client

_REPORT: Final = """mutation($id: ID!, $input: ReportContentInput!) {
  reportContent(id: $id, input: $input) { reportedId errors { message path code } } }"""


def report(client: Client, track: str) -> None:
    """Tell staff about a beat; while that is open, again changes nothing."""
    reason = "The melody from 0:30 on is from my release of 2024. I can send you the project file."
    client.do(_REPORT, id=track, input={"reason": reason})
