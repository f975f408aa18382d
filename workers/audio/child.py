"""The other end of `isolate`: a process that imports the engine, says it is ready, and works off its pipe."""

import ctypes
import importlib
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, cast

from workers.audio.isolate import LENGTH_BYTES, Answer, AudioChildFailed, Request, packed

_PR_SET_PDEATHSIG: Final = 1
"""linux/prctl.h: the kernel kills this process when its parent is gone, even by kill -9."""

Functions = Mapping[str, Callable[..., Any]]


def main(module: str, niceness: int) -> None:
    """Serves until the pipe is closed.

    Args:
        module: Where `FUNCTIONS` is.
        niceness: How far it stands behind other processes.
    """
    _die_with_parent()
    os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    requests, answers = sys.stdin.buffer, _private_stdout()
    functions = cast("Functions", importlib.import_module(module).FUNCTIONS)
    _send(answers, Answer("ready"))
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        body = requests.read(int.from_bytes(head, "little"))
        _send(answers, _answered(functions, cast("Request", pickle.loads(body))))  # noqa: S301 - our own parent wrote it


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _private_stdout() -> BinaryIO:
    """Keeps the pipe for answers: what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _send(answers: BinaryIO, answer: Answer) -> None:
    answers.write(packed(answer))
    answers.flush()


def _answered(functions: Functions, request: Request) -> Answer:
    try:
        return _travelling(Answer(functions[request.name](*request.args)))
    except Exception as error:  # noqa: BLE001 - the parent raises it again
        return _travelling(Answer(error=error))


def _travelling(answer: Answer) -> Answer:
    """The answer, or the traceback of an error that does not survive pickling."""
    if answer.error is None:
        return answer
    told = "".join(traceback.format_exception(answer.error))
    try:
        pickle.loads(pickle.dumps(answer.error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - any class may break its own pickling
        return Answer(error=AudioChildFailed(told))
    answer.error.add_note(f"In the audio child:\n{told}")
    return answer


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
