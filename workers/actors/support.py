"""Sends letters to who has written to support without an account."""

from api.support.letters import TicketLetters
from api.support.letters import send_ticket_letter as send
from db.ids import TicketMessageId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.SEND_TICKET_LETTER)
async def send_ticket_letter(tools: Tools, job: Job) -> None:
    """Running twice is safe: the same letter goes out under the same Message-ID, with the same link."""
    letters, message = TicketLetters(tools.settings), TicketMessageId(job["message"])
    closed = bool(
        job.claim.payload.get("closed")
    )  # jobs that were added before letters said so have no word of it
    await send(tools.sessions, tools.mailer, letters, message, closed=closed, settle=job.settle)
