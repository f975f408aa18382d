"""Letters to who has filed a takedown notice: the link that proves their e-mail, and what became of it (D-83)."""

from typing import Final

import structlog

from api.auth.tokens import PROOF, stored_form
from api.gateways.mail import Mail, Mailer, MailRefused
from api.notifications.letters import PAGES
from api.notifications.mailing import Settle
from api.settings import Settings
from api.signatures import Signer
from db.clock import now
from db.ids import TakedownId, TakedownStepId
from db.queries import takedowns as queries
from db.queries import tracks
from db.queries.takedowns import TakedownRow, TakedownStepRow
from db.session import Sessions
from db.vocabulary import TakedownStatus, TrackStatus

_log = structlog.get_logger(__name__)
CONFIRM_PATH: Final = "/takedown"
"""Of the site: where the link leads to; the same path of the API has a page that is enough where there is no site."""
_CONFIRM: Final = "Confirm your takedown notice"
_OUTCOMES: Final = {
    TakedownStatus.UPHELD: (
        "Your takedown notice was upheld",
        "The track is hidden, and nobody can license it any more.",
    ),
    TakedownStatus.REJECTED: ("Your takedown notice was rejected", "The track stays where it is."),
    TakedownStatus.RELEASED: (
        "A track is back after your takedown notice",
        "Its producer has answered, or we have looked again, and the track is in the catalogue again.",
    ),
}
_GONE: Final = "We have looked again, and do not uphold it any more. The track itself was deleted meanwhile."


class TakedownLetters:
    """Writes the letters of one installation; tokens are signatures of the ids of notices, as those of proofs are."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.share_base
        self._signer = Signer(settings.secret_key, use="takedown")

    def token(self, takedown: TakedownId) -> str:
        return PROOF + self._signer.sign(takedown)

    def asking(self, row: TakedownRow) -> Mail:
        """With the link; it names nobody, for it may go to a stranger."""
        lines = [
            "Somebody has filed a takedown notice at BeatPass with this e-mail. If it was you, confirm it: "
            "our staff see it from then on.",
            "If that was not you, do nothing: the notice is forgotten after a week.",
        ]
        link = f"{self._site}{CONFIRM_PATH}?token={self.token(row.id)}"
        return self._mail(row, row.id, _CONFIRM, lines, button="Confirm the notice", link=link)

    def outcome(self, row: TakedownRow, step: TakedownStepRow, track: str, *, gone: bool = False) -> Mail:
        """What staff decided, and why.

        Args:
            gone: The track was deleted.
        """
        title, sentence = _OUTCOMES[step.status]
        if gone and step.status is TakedownStatus.RELEASED:
            title, sentence = "Your takedown notice has ended", _GONE
        lines = [f"About the track “{track}”, reference {row.id}.", sentence, f"Our staff wrote: {step.text}"]
        return self._mail(row, step.id, title, lines)

    def _mail(
        self,
        row: TakedownRow,
        mail_id: str,
        title: str,
        lines: list[str],
        *,
        button: str = "",
        link: str = "",
    ) -> Mail:
        facts = {
            "subject": title,
            "title": title,
            "lines": lines,
            "button": button,
            "link": link,
            "lives": "7 days",
            "site": self._site,
        }
        plain, html = (PAGES.get_template(f"proof.{form}").render(facts) for form in ("txt", "html"))
        return Mail(
            id=mail_id,
            to_name="",
            to_address=row.email,
            subject=title,
            plain=plain,
            html=html,
            sent_at=row.created_at,
        )


async def send_takedown_letter(
    sessions: Sessions,
    mailer: Mailer | None,
    letters: TakedownLetters,
    takedown: TakedownId,
    step: TakedownStepId | None,
    *,
    settle: Settle,
) -> None:
    """Send a letter, at least once; a second one has the same Message-ID.

    Args:
        mailer: Null where e-mail was turned off since: nothing is sent.
        step: What became of the notice; null: the link that proves its e-mail.
        settle: Ends the job.
    """
    mail = await _written(sessions, letters, takedown, step)
    if mail is not None and mailer is not None:
        try:
            await mailer.send(mail)
        except MailRefused as refusal:
            _log.warning("a letter is refused for good", takedown=takedown, answer=str(refusal))
    async with sessions.writing() as session:
        await settle(session)


async def _written(
    sessions: Sessions, letters: TakedownLetters, takedown: TakedownId, step: TakedownStepId | None
) -> Mail | None:
    """The letter; null where it tells nobody anything any more."""
    if step is None:
        async with sessions.writing() as session:
            sha256 = stored_form(letters.token(takedown))
            row = await queries.give_token(session, takedown, sha256, moment=now())
        return letters.asking(row) if row else None
    async with sessions.reading() as session:
        [row] = await queries.takedowns(session, [takedown])
        [became] = await queries.steps(session, [step])
        known = await tracks.tracks(session, [row.track_id])
    if not row.email:  # it was decided years ago, and nobody is to be found any more
        return None
    gone = not known or known[0].status is TrackStatus.REMOVED
    return letters.outcome(row, became, known[0].title if known else "that you named", gone=gone)
