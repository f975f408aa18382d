"""What the child of the isolation tests can do."""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from api.uploads.wav import WavRefused
from db.vocabulary import ErrorCode


class Unpicklable(Exception):  # noqa: N818 - it is what it says
    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def refuse() -> None:
    raise WavRefused(ErrorCode.WAV_TRUNCATED, "The audio ends early.")


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def break_pickling() -> None:
    raise Unpicklable("a", "b")


def shout(text: str) -> str:
    sys.stdout.write(text)
    os.write(1, text.encode())
    return text


def echo(value: object) -> object:
    return value


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "echo": echo,
    "pid": os.getpid,
    "sleep": time.sleep,
    "refuse": refuse,
    "crash": crash,
    "break_pickling": break_pickling,
    "shout": shout,
}
