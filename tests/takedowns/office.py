"""Who files takedown notices, the letters they get, and staff who decide."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import col

from db.clock import now
from db.ids import JobId, TakedownId, TrackId
from db.models.jobs import Job
from db.models.takedowns import Takedown
from db.queries.takedowns import new_step
from db.session import Sessions
from db.vocabulary import JobKind, JobState, TakedownStatus
from tests.stage import Json, Somebody, Stage
from tests.working import tools_of
from workers.actors.takedowns import send_takedown_letter
from workers.transaction import perform

_LINK: Final = re.compile(r"https://beatpass\.test/takedown\?token=(bpp_[\w-]{43})")
READ: Final = """query($id: ID!) { node(id: $id) { ... on Takedown { id name work grounds status
  track { id } contact { email signature } history { status text by { displayName } } } } }"""


def a_notice(track: str, **different: Any) -> Json:
    return {
        "track": track,
        "name": "Harbour Records",
        "email": "rights@harbour.test",
        "work": "“Low Tide”, released 2024.",
        "grounds": "The melody from 0:30 on\nis ours.",
        "goodFaith": True,
        "signature": "Rhea Harbour",
    } | different


async def file(stage: Stage, track: str, **different: Any) -> list[tuple[str, str]]:
    return await stage.refusals(None, "fileTakedown", input=a_notice(track, **different))


async def a_takedown(sessions: Sessions, track: TrackId, **different: Any) -> TakedownId:
    """One whose e-mail is proved, and that waits for staff."""
    usual: dict[str, Any] = {
        "name": "Harbour Records",
        "email": "rights@harbour.test",
        "work": "Low Tide",
        "grounds": "It is ours.",
        "signature": "Rhea Harbour",
        "status": TakedownStatus.OPEN,
        "expires_at": now(),
        "proved_at": now(),
    }
    row = Takedown(track_id=track, **(usual | different))
    async with sessions.writing() as session:
        session.add(row)
        await session.flush()
        session.add(new_step(row.id, row.status))
    return row.id


async def decide(
    stage: Stage, who: Somebody, takedown: str, decision: str, reason: str = "We have compared them."
) -> list[tuple[str, str]]:
    given = {"decision": decision, "reason": reason}
    return await stage.refusals(who, "decideTakedown", id=takedown, input=given)


async def answer(
    stage: Stage, who: Somebody, takedown: str, statement: str = "I made it in 2023."
) -> list[tuple[str, str]]:
    return await stage.refusals(who, "answerTakedown", id=takedown, input={"statement": statement})


async def read(stage: Stage, who: Somebody | None, takedown: str) -> Json | None:
    found: Json | None = (await stage.ask(who, READ, id=takedown))["node"]
    return found


async def letters(stage: Stage, folder: Path) -> list[EmailMessage]:
    """All that were sent, in the order of it; those that wait are sent first."""
    for job in await _waiting(stage.sessions):
        await perform(tools_of(stage), JobId(job.id), send_takedown_letter)
    assert await _waiting(stage.sessions) == []
    files = sorted(folder.glob("*.eml"), key=lambda one: one.stem.rpartition("_")[2])
    return [email.message_from_bytes(one.read_bytes(), policy=default) for one in files]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def token_in(letter: EmailMessage) -> str:
    [token] = set(_LINK.findall(text_of(letter)))
    return str(token)


async def _waiting(sessions: Sessions) -> list[Job]:
    waiting = col(Job.kind) == JobKind.SEND_TAKEDOWN_LETTER, col(Job.state) == JobState.READY
    async with sessions.reading() as session:
        return list(await session.scalars(select(Job).where(*waiting).order_by(col(Job.id))))
