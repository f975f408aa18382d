"""The last letter that goes to an account, while its address is still known (D-81)."""

from collections.abc import Sequence
from typing import Final

import structlog

from api.gateways.mail import Mail, Mailer, MailRefused
from api.notifications.letters import PAGES
from api.privacy.obstacles import BalanceLeft
from db.money import Amount
from db.queries.accounts import AccountRow
from db.queries.deletions import DeletionRow
from db.vocabulary import BalanceFate

_log = structlog.get_logger(__name__)
_TITLE: Final = "Your account is deleted"
_FATES: Final = {
    BalanceFate.PAID_OUT: "{} are paid out before.",
    BalanceFate.STAYS_OWED: "{} cannot be paid out now: they stay owed to the profile's number, and nothing is paid to it"
    " without you writing to us.",
    BalanceFate.WAIVED: "{} that a sale or a share was taken back for stay in the books, and are not asked of you.",
}


def what_becomes_of_money(left: Sequence[BalanceLeft]) -> str:
    """In sentences; empty where there is none."""
    return " ".join(_FATES[one.fate].format(Amount(abs(one.minor), one.currency)) for one in left)


async def say_farewell(
    mailer: Mailer | None, row: DeletionRow, account: AccountRow, left: Sequence[BalanceLeft], *, site: str
) -> None:
    """Send it, at least once: a second one has the same Message-ID. An address that nobody has proved gets none."""
    if mailer is None or account.email_verified_at is None:
        return
    try:
        await mailer.send(_letter(row, account, left, site))
    except MailRefused as refusal:
        _log.warning("a letter is refused for good", deletion=row.id, answer=str(refusal))


def _letter(row: DeletionRow, account: AccountRow, left: Sequence[BalanceLeft], site: str) -> Mail:
    lines = [
        f"You asked on {row.requested_at:%Y-%m-%d} for your BeatPass account to be deleted. It is done now.",
        "Licences that were granted stay valid, and the books stay as they are: both under a number instead of a name.",
        what_becomes_of_money(left),
        "This is the last letter to this address, which we do not know any more.",
    ]
    said = [line for line in lines if line]
    no_link = dict.fromkeys(("button", "link", "lives"), "")
    facts = {"subject": _TITLE, "title": _TITLE, "lines": said, "site": site, **no_link}
    plain, html = (PAGES.get_template(f"proof.{form}").render(facts) for form in ("txt", "html"))
    return Mail(
        id=row.id,
        to_name="",
        to_address=account.email,
        subject=_TITLE,
        plain=plain,
        html=html,
        sent_at=row.due_at,
    )
