"""Passwords: argon2id, in a thread, so that the event loop goes on serving meanwhile."""

import asyncio
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.refusals import InvalidValue
from api.texts import checked_length
from db.vocabulary import ErrorCode

_SHORTEST: Final = 10
LONGEST: Final = 200

_HASHER: Final = PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$o2PE6PA080kF3fC3i7izrg$VejvfnDIu15wqwvuLS4ohtrrCN2vfUMsE12gVo+xSyA"
)
"""Of a password that was thrown away: an unknown e-mail costs the same work as a known one."""
_AT_ONCE: Final = 2
"""64 MiB each: more at once would let a burst of sign-ins take the machine's memory."""


def checked_password(password: str) -> str:
    """A password that somebody chooses, as it is; of what is easily guessed only the plainest is refused.

    Raises:
        InvalidValue: It is too short or too long, blank, or one character over and over.
    """
    checked_length(password, shortest=_SHORTEST, longest=LONGEST)
    if not password.strip() or len(set(password)) == 1:
        raise InvalidValue("One character over and over is no password.", code=ErrorCode.MALFORMED)
    return password


@cache
def _turns(loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return asyncio.Semaphore(_AT_ONCE)


async def hash_password(password: str) -> str:
    """The PHC string to store."""
    async with _turns(asyncio.get_running_loop()):
        return await asyncio.to_thread(_HASHER.hash, password)


async def is_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown account (null), so that nothing is told by time."""
    async with _turns(asyncio.get_running_loop()):
        fits = await asyncio.to_thread(_fits, stored, password)
    return fits and stored is not None


def _fits(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
