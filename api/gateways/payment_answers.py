"""What the payment provider's answers come to.

Every call has one of three outcomes: it is done; it was refused, for good, with nothing done (`PaymentRefused`); or nobody
knows (`PaymentUnsure`), and the same key has to be used again, or another where the provider fails under it for ever
(`PaymentBroken`).
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import StripeError

SUBJECT: Final = "subject"
"""Names, in what the provider keeps beside its objects, what of ours they are about."""
NOT_THERE: Final = "resource_missing"
"""The provider's code for what it does not know."""
_NOT_OURS: Final = "account_invalid"
"""And for a call on behalf of an account that it does not let the platform into."""
_NOT_LOOKED_AT: Final = frozenset({401, 403, 409, 429})
"""Statuses of calls that were turned away before anybody looked at what they ask for: ours to put right, or later."""
_LATER: Final = frozenset({"balance_insufficient"})
"""Codes of refusals that are none later on, under another key: what was taken today is not there to be given back yet."""


class PaymentRefused(Exception):  # noqa: N818 -- an answer
    """The provider has said no, for good: nothing was done.

    Attributes:
        code: The provider's, such as `card_declined` or `resource_missing`.
        message: A sentence of the provider's.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class PaymentUnsure(Exception):  # noqa: N818 -- an answer that is missing
    """Whether it was done is not known: the same key tells, later."""


class PaymentBroken(PaymentUnsure):  # the same for who asked
    """The provider failed, and answers so for ever under this key: it may have been done, and another key is needed."""


class AccountGone(PaymentUnsure):  # the same for who asked
    """The platform has no access to an account any more: what was or was not done in it nobody can see."""


@asynccontextmanager
async def told_apart() -> AsyncGenerator[None]:
    """What the SDK raises, as one of two outcomes."""
    try:
        yield
    except StripeError as error:
        status, headers = error.http_status, error.headers or {}
        if isinstance(error, stripe.IdempotencyError):
            raise PaymentBroken(str(error)) from error
        if error.error and error.error.code == _NOT_OURS:  # the SDK leaves it out of the error itself
            raise AccountGone(str(error)) from error
        if status is None or status in _NOT_LOOKED_AT:
            raise PaymentUnsure(str(error)) from error
        if status >= 500:
            replayed = str(headers.get("idempotent-replayed", "")).lower() == "true"
            raise (PaymentBroken if replayed else PaymentUnsure)(str(error)) from error
        if error.code in _LATER:
            raise PaymentBroken(str(error)) from error
        raise PaymentRefused(error.code or type(error).__name__, error.user_message or str(error)) from error


def id_of(of: Any) -> str:
    """Of an object, or of its id where it is not expanded."""
    return str(of if isinstance(of, str) else of.id)


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
