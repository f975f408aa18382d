"""Letters to who has no account: that their message has come, and what support answers, with a link to answer it by.

The address may be a stranger's, and subject and text are what somebody typed. So a letter has nothing of them, but only
what we write ourselves.
"""

from typing import Final, NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.mail import Mail, Mailer, MailRefused
from api.notifications.letters import PAGES
from api.notifications.mailing import Settle
from api.settings import Settings
from api.support.links import LINK_LIVES, TicketLinks, give_link
from api.support.rules import end_in_words, reference_of
from api.support.terms import terms_of
from db.ids import TicketMessageId
from db.queries import support as queries
from db.queries.support import MessageRow, TicketRow
from db.session import Sessions

_log = structlog.get_logger(__name__)
_RECEIVED: Final = (
    "Somebody wrote to BeatPass support and gave this e-mail for the answer, which comes here.",
    "If it was you, say so on the page behind the link below, or add what is missing: messages that nobody has owned to "
    "are answered last.",
    "If it was not you, press “Switch this link off” there: nothing more of this ticket comes to you then.",
)


class _Letter(NamedTuple):
    """A message to send, and the link that stands below it."""

    ticket: TicketRow
    message: MessageRow
    link: str


class TicketLetters:
    """Writes the letters of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._site, self._terms = settings.share_base, terms_of(settings)
        self.links = TicketLinks(settings)

    def letter(self, ticket: TicketRow, message: MessageRow, link: str, *, closed: bool) -> Mail:
        """A letter; whatever becomes of the ticket meanwhile, one that is sent again is the same.

        Args:
            closed: The ticket was closed with that message.
        """
        reference = reference_of(ticket.id)
        title = "Support has answered" if message.from_staff else "We have your message"
        subject = f"{title} (ticket {reference})"
        facts = {
            "subject": subject,
            "title": title,
            "reference": reference,
            "lines": message.text.split("\n") if message.from_staff else _RECEIVED,
            "ended": end_in_words(self._terms) if closed else "",
            "link": link,
            "days": LINK_LIVES.days,
            "site": self._site,
        }
        plain, html = (PAGES.get_template(f"ticket.{form}").render(facts) for form in ("txt", "html"))
        assert ticket.email  # who has an account gets no such letter
        return Mail(
            id=message.id,
            to_name="",
            to_address=ticket.email,
            subject=subject,
            plain=plain,
            html=html,
            sent_at=message.sent_at,
        )


async def send_ticket_letter(
    sessions: Sessions,
    mailer: Mailer | None,
    letters: TicketLetters,
    message: TicketMessageId,
    *,
    closed: bool,
    settle: Settle,
) -> None:
    """Send what was written, at least once; a second letter has the same Message-ID and the same link.

    Args:
        mailer: Null where e-mail was turned off since: nothing is sent.
        closed: The ticket was closed with that message.
        settle: Ends the job.
    """
    async with sessions.writing() as session:
        found = await _written(session, letters.links, message) if mailer else None
        if found is None or mailer is None:
            await settle(session)
            return
    try:
        await mailer.send(letters.letter(*found, closed=closed))
    except MailRefused as refusal:
        _log.warning("a letter is refused for good", message=message, answer=str(refusal))
    async with sessions.writing() as session:
        await settle(session)


async def _written(session: AsyncSession, links: TicketLinks, message: TicketMessageId) -> _Letter | None:
    """Null where it is gone since, or is not wanted any more."""
    for row in await queries.messages(session, [message]):
        ticket = await queries.ticket_for_change(session, row.ticket_id)
        if ticket is not None and ticket.contact_id is not None and ticket.letters_ended_at is None:
            return _Letter(ticket, row, await give_link(session, links, ticket))
    return None
