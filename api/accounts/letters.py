"""Letters about an e-mail address: what they say, and the link in them that works once (D-80).

They go to inboxes that may be a stranger's. So they name no one: a name is what somebody typed, and would be read as
our words.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from api.auth.rules import LIVES
from api.auth.tokens import PROOF, stored_form
from api.gateways.mail import Mail, Mailer, MailRefused
from api.notifications.letters import PAGES
from api.notifications.mailing import Settle
from api.settings import Settings
from api.signatures import Signer
from db.clock import now
from db.ids import ProofId
from db.queries import proofs as queries
from db.queries.proofs import ProofRow
from db.session import Sessions
from db.vocabulary import ProofKind

_log = structlog.get_logger(__name__)
VERIFY_PATH: Final = "/verify-email"
RESET_PATH: Final = "/reset-password"
"""Of the site: where links lead to; the same paths of the API have pages that are enough where there is no site."""
_IGNORE: Final = "If that was not you, do nothing."


@dataclass(frozen=True)
class _Wording:
    """What a letter of a kind says.

    Attributes:
        lines: May name the `{address}`.
        button: Empty: the letter has no link.
    """

    title: str
    lines: tuple[str, ...]
    button: str = ""
    path: str = VERIFY_PATH


_WORDINGS: Final = {
    ProofKind.PROVE_EMAIL: _Wording(
        "Confirm your e-mail",
        (
            "Somebody signed up at BeatPass with {address}. If it was you, confirm that this is your e-mail.",
            f"{_IGNORE} Until it is confirmed, nothing but security notices comes here.",
        ),
        "Confirm this e-mail",
    ),
    ProofKind.CHANGE_EMAIL: _Wording(
        "Confirm your new e-mail",
        (
            "Somebody wants to sign in at BeatPass with {address} from now on. If it was you, confirm it.",
            _IGNORE,
        ),
        "Use this e-mail",
    ),
    ProofKind.RESET_PASSWORD: _Wording(
        "Choose a new password",
        (
            "Somebody asked for a new password for the BeatPass account of {address}. If it was you, choose one now.",
            f"{_IGNORE} The password stays as it is.",
        ),
        "Choose a new password",
        RESET_PATH,
    ),
    ProofKind.RESTORE_EMAIL: _Wording(
        "Your e-mail was changed",
        (
            "{address} is not the e-mail of your BeatPass account any more: another one was confirmed in its place.",
            "If that was not you, take the account back: you choose a new password, sign in with this e-mail again, "
            "and everybody else is signed out.",
        ),
        "It was not me",
        RESET_PATH,
    ),
    ProofKind.EMAIL_LEFT: _Wording(
        "Your e-mail was changed",
        (
            "{address} is not the e-mail of a BeatPass account any more: another one was confirmed in its place.",
            "It had never been confirmed, so nothing more comes here. If the account is yours and that was not you, "
            "write to contact@beatpass.ca.",
        ),
    ),
}


class ProofLetters:
    """Writes the letters of one installation.

    Tokens are signatures of the ids of proofs: whoever knows the database alone cannot make one, and a worker that
    sends a letter again sends the same.
    """

    def __init__(self, settings: Settings) -> None:
        self._site = settings.share_base
        self._signer = Signer(settings.secret_key, use="proof")

    def token(self, proof: ProofId) -> str:
        return PROOF + self._signer.sign(proof)

    def letter(self, row: ProofRow) -> Mail:
        wording = _WORDINGS[row.kind]
        link = f"{self._site}{wording.path}?token={self.token(row.id)}" if wording.button else ""
        facts = {
            "subject": wording.title,
            "title": wording.title,
            "lines": [line.format(address=row.address) for line in wording.lines],
            "button": wording.button,
            "link": link,
            "lives": _in_words(row.kind),
            "site": self._site,
        }
        plain, html = (PAGES.get_template(f"proof.{form}").render(facts) for form in ("txt", "html"))
        return Mail(
            id=row.id,
            to_name="",
            to_address=row.address,
            subject=wording.title,
            plain=plain,
            html=html,
            sent_at=row.created_at,
        )


async def send_proof(
    sessions: Sessions, mailer: Mailer | None, letters: ProofLetters, proof: ProofId, *, settle: Settle
) -> None:
    """Send the letter of a proof, at least once, unless the proof has ended; a second one has the same Message-ID.

    Args:
        mailer: Null where e-mail was turned off since: nothing is sent.
        settle: Ends the job.
    """
    async with sessions.writing() as session:
        row = await queries.give_token(session, proof, stored_form(letters.token(proof)), moment=now())
        if row is None or mailer is None:
            await settle(session)
            return
    try:
        await mailer.send(letters.letter(row))
    except MailRefused as refusal:
        _log.warning("a letter is refused for good", proof=proof, kind=row.kind, answer=str(refusal))
    async with sessions.writing() as session:
        await settle(session)


def _in_words(kind: ProofKind) -> str:
    minutes = int(LIVES[kind].total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} hours"
