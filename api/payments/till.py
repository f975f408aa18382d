"""Where something is paid: what every payment asks of the provider, with answers as a client can use them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from api.gateways.payment_answers import PaymentRefused, PaymentUnsure
from api.gateways.payments import Payments
from api.payments.calls import Intent, carry_out
from api.payments.errors import PaymentIsRefused, PaymentsAreAway
from api.refusals import InvalidValue
from api.texts import checked_length
from db.ids import AccountId
from db.queries import accounts
from db.queries import payments as queries
from db.session import Sessions
from db.vocabulary import ErrorCode, PaymentCallKind

_PATIENCE_S: Final = 8
"""An operation is given ten seconds: what the provider has not answered by then, the same key tells later."""
_LONGEST_PATH: Final = 300


@dataclass(frozen=True)
class Till:
    """Where something is paid.

    Attributes:
        site: Start of our site's addresses, to come back to.
    """

    sessions: Sessions
    payments: Payments
    site: str

    async def payer(self, account: AccountId) -> str:
        """By what name the provider knows an account; it is introduced where it is not known."""
        async with self.sessions.reading() as session:
            known = await queries.payer_of(session, account)
            [person] = await accounts.accounts(session, [account])
        if known:
            return known

        async def introduce(key: str) -> str:
            return await self.payments.add_payer(
                key, account=account, email=person.email, name=person.display_name
            )

        reference = await carry_out(self.sessions, Intent(PaymentCallKind.ADD_PAYER, account), introduce)
        async with self.sessions.writing() as session:
            await queries.keep_payer(session, account, reference)
        return reference

    async def close_checkout(self, reference: str, subject: str) -> None:
        """Let nobody pay any more on a checkout, once.

        Args:
            subject: What our call is about, of which there is one.

        Raises:
            PaymentRefused: It is over already, paid or not.
        """

        async def act(key: str) -> str:
            await self.payments.close_checkout(key, reference)
            return reference

        await carry_out(self.sessions, Intent(PaymentCallKind.CLOSE_CHECKOUT, subject), act)


def given_payments(payments: Payments | None) -> Payments:
    """The provider of this installation.

    Raises:
        PaymentsAreAway: It takes no money.
    """
    if payments is None:
        raise PaymentsAreAway("This installation takes no payments.")
    return payments


@asynccontextmanager
async def refusing() -> AsyncGenerator[None]:
    """The provider's answers as refusals; one that does not come in time is none."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            yield
    except PaymentRefused as refused:
        raise PaymentIsRefused from refused
    except (PaymentUnsure, TimeoutError) as unsure:
        raise PaymentsAreAway from unsure


def check_return_path(path: str) -> None:
    """Let a path of our site pass, however a browser reads it.

    Raises:
        InvalidValue: It leads elsewhere, or is too long.
    """
    checked_length(path, shortest=1, longest=_LONGEST_PATH)
    leads_away = path.startswith(("//", "/\\")) or not path.startswith("/")
    if leads_away or not path.isprintable() or " " in path:
        raise InvalidValue("Give a path of our site, such as /settings/plan.", code=ErrorCode.MALFORMED)
