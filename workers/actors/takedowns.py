"""Sends letters about takedown notices."""

from api.takedowns import letters
from db.ids import TakedownId, TakedownStepId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.SEND_TAKEDOWN_LETTER)
async def send_takedown_letter(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same letter goes out under the same Message-ID, with the same link."""
    step = job.claim.payload.get("step")
    await letters.send_takedown_letter(
        tools.sessions,
        tools.mailer,
        letters.TakedownLetters(tools.settings),
        TakedownId(job["takedown"]),
        TakedownStepId(str(step)) if step else None,
        settle=job.settle,
    )
