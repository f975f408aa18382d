"""The other end of `press`: a process that prints what comes through its pipe. `python -m api.documents.printer`."""

import ctypes
import os
import signal
import sys
import traceback
from datetime import datetime
from typing import Any, BinaryIO, Final

import orjson

from api.documents.markdown import draw
from api.documents.paper import Paper
from api.documents.press import LENGTH_BYTES, PRINTED
from api.documents.sheet import Frame, Sheet

_PR_SET_PDEATHSIG: Final = 1
"""linux/prctl.h: the kernel kills this process when its parent is gone, even by kill -9."""
_FAILED: Final = b"\x00"


def main() -> None:
    """Serves until the pipe is closed."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    requests, answers = sys.stdin.buffer, _private_stdout()
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        document = orjson.loads(requests.read(int.from_bytes(head, "little")))
        _send(answers, _answered(document))


def printed(document: dict[str, Any]) -> bytes:
    """A `parts.Document` or a `parts.Text`, as JSON has it."""
    made_at = datetime.fromisoformat(document["made_at"])
    frame = Frame(title=document["title"], foot=document["foot"], made_at=made_at)
    if "markdown" in document:
        sheet = Sheet(frame)
        draw(sheet, document["markdown"])
        return sheet.file()
    paper = Paper(frame, document["kind"])
    paper.draw(document["parts"])
    return paper.file()


def _answered(document: dict[str, Any]) -> bytes:
    try:
        return PRINTED + printed(document)
    except Exception:  # noqa: BLE001 -- the parent raises it again
        return _FAILED + traceback.format_exc().encode()


def _send(answers: BinaryIO, answer: bytes) -> None:
    answers.write(len(answer).to_bytes(LENGTH_BYTES, "little") + answer)
    answers.flush()


def _private_stdout() -> BinaryIO:
    """Keeps the pipe for answers: what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()
