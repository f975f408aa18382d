"""Takedown notices over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.takedowns.deciding import answer_takedown, decide_takedown
from api.takedowns.filing import FilingTerms, confirm_takedown, file_takedown
from db.ids import TakedownId
from schema.takedowns import (
    AnswerTakedownInput,
    AnswerTakedownPayload,
    ConfirmTakedownInput,
    ConfirmTakedownPayload,
    DecideTakedownInput,
    DecideTakedownPayload,
    FileTakedownInput,
    FileTakedownPayload,
)


@strawberry.type
class TakedownsMutation:
    @mutation
    async def file_takedown(self, info: Info, input: FileTakedownInput) -> FileTakedownPayload:
        """Tell us that a track infringes rights; no account is needed. A link goes to the e-mail: staff see the notice once it is opened.

        Codes: REQUIRED, TOO_LONG, MALFORMED, NOT_FOUND, EMAIL_IS_OFF, TOO_MANY_ATTEMPTS.
        """
        context = info.context
        settings = context.settings
        terms = FilingTerms(settings.sends_email, settings.sites)
        await file_takedown(context.sessions, context.attempts, vars(input), terms, peer=context.peer)
        return FileTakedownPayload(sent=True)

    @mutation
    async def confirm_takedown(self, info: Info, input: ConfirmTakedownInput) -> ConfirmTakedownPayload:
        """Confirm a notice by the token of its link, signed in or not. Codes: LINK_EXPIRED, TOO_MANY_ATTEMPTS."""
        context = info.context
        confirmed = await confirm_takedown(
            context.sessions, context.attempts, token=input.token, peer=context.peer
        )
        return ConfirmTakedownPayload(reference=strawberry.ID(confirmed))

    @mutation
    async def decide_takedown(
        self, info: Info, id: strawberry.ID, input: DecideTakedownInput
    ) -> DecideTakedownPayload:
        """Decide (staff). APPROVE hides the track: no sales, streams, licences; those that others hold stay valid. DENY leaves it, or lets it go again.

        Codes: STAFF_REQUIRED, NOT_FOUND, ALREADY_REVIEWED, REQUIRED, TOO_LONG.

        Args:
            id: The notice.
        """
        viewer, takedown = signed_in(info), _takedown(id)
        async with info.context.sessions.writing() as session:
            await decide_takedown(session, viewer, takedown, decision=input.decision, reason=input.reason)
        return DecideTakedownPayload(takedown=await info.context.loaders.takedowns.load(takedown))

    @mutation
    async def answer_takedown(
        self, info: Info, id: strawberry.ID, input: AnswerTakedownInput
    ) -> AnswerTakedownPayload:
        """Answer a notice that was upheld (the producer of the track); staff decide again.

        Codes: NOT_FOUND, NOT_YOURS, NOT_ASKED, REQUIRED, TOO_LONG.

        Args:
            id: The notice.
        """
        viewer, takedown = signed_in(info), _takedown(id)
        async with info.context.sessions.writing() as session:
            await answer_takedown(session, viewer, takedown, statement=input.statement)
        return AnswerTakedownPayload(takedown=await info.context.loaders.takedowns.load(takedown))


def _takedown(value: str) -> TakedownId:
    return TakedownId(id_given("id", value, "tkd", "takedown"))
