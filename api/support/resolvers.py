"""Support over GraphQL."""

from collections.abc import Sequence

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.auth.limiting import count
from api.support.opening import NewTicket, open_ticket, open_without_account
from api.support.replying import Reply, reply
from api.support.terms import terms_of
from db.ids import SupportTicketId, TicketMessageId, UploadId
from db.queries import support as queries
from schema.ground import given
from schema.support import (
    OpenSupportTicketInput,
    OpenSupportTicketPayload,
    ReplyToSupportTicketInput,
    ReplyToSupportTicketPayload,
    SupportTicket,
)


@strawberry.type
class SupportMutation:
    @mutation
    async def open_support_ticket(
        self, info: Info, input: OpenSupportTicketInput
    ) -> OpenSupportTicketPayload:
        """Write to support; without an account, an e-mail is needed, where the answer comes with a link to answer it by.

        It is answered alike whether an account has that e-mail. The same again within minutes is the same ticket.
        Codes: REQUIRED, TOO_LONG, MALFORMED, SIGN_IN_REQUIRED, EMAIL_IS_OFF, TOO_MANY_ATTEMPTS, UPLOAD_….
        """
        context, viewer, new = info.context, info.context.viewer, _new(input)
        sessions, attempts, terms = context.sessions, context.attempts, terms_of(context.settings)
        if viewer is not None:
            ticket = await open_ticket(sessions, attempts, viewer, new, terms=terms, peer=context.peer)
            return OpenSupportTicketPayload(ticket=await context.loaders.support_tickets.load(ticket))
        mailing = context.settings.sends_email
        ticket = await open_without_account(
            sessions, attempts, new, terms=terms, peer=context.peer, mailing=mailing
        )
        async with sessions.reading() as session:
            [row] = await queries.tickets(session, [ticket])
        unproved = row._replace(
            proved_at=None
        )  # what others did with its letter is not for whoever types the same
        return OpenSupportTicketPayload(ticket=SupportTicket.of(unproved))

    @mutation
    async def reply_to_support_ticket(
        self, info: Info, id: strawberry.ID, input: ReplyToSupportTicketInput
    ) -> ReplyToSupportTicketPayload:
        """Add a message; staff answer by it too, and its owner is told. The same again within minutes changes nothing.

        Codes: NOT_FOUND, REQUIRED, TOO_LONG, TICKET_CLOSED, TICKET_FULL, TICKET_MOVED_ON, TOO_MANY_ATTEMPTS, UPLOAD_….

        Args:
            id: Own ticket; staff: anybody's.
        """
        context, viewer = info.context, signed_in(info)
        ticket = SupportTicketId(id_given("id", id, "tkt", "support ticket"))
        name = f"ticket-reply:{viewer.account_id}"
        await count(context.attempts, f"{name}:{ticket}", name)
        terms = terms_of(context.settings)
        async with context.sessions.writing() as session:
            await reply(session, viewer, ticket=ticket, said=_reply(input), terms=terms)
        return ReplyToSupportTicketPayload(ticket=await context.loaders.support_tickets.load(ticket))


def _new(input: OpenSupportTicketInput) -> NewTicket:
    files = _files(given(input.attachment_upload_ids))
    return NewTicket(subject=input.subject, text=input.text, email=given(input.email), files=files)


def _reply(input: ReplyToSupportTicketInput) -> Reply:
    last_read = given(input.last_read_message_id)
    return Reply(
        text=input.text,
        files=_files(given(input.attachment_upload_ids)),
        close=input.close,
        last_read=None if last_read is None else TicketMessageId(last_read),
    )


def _files(ids: Sequence[str] | None) -> tuple[UploadId, ...]:
    return tuple(UploadId(one) for one in ids or ())
