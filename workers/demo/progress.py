"""What a person sees while the demo runs: one moving line on a terminal, one line for each finished step elsewhere."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, TextIO

_CLEAR_LINE: Final = "\r\x1b[2K"
_NAME_WIDTH: Final = 34


class Step:
    """Something that is being done.

    Attributes:
        result: What to say when it is done.
        seconds: How long it took; 0 until then.
    """

    def __init__(self, name: str, output: TextIO) -> None:
        self._name = name[:_NAME_WIDTH].ljust(_NAME_WIDTH)
        self._output = output
        self._began = time.monotonic()
        self.result = "done"
        self.seconds = 0.0

    def tell(self, state: str) -> None:
        """Say how far it is, where the line can be written anew."""
        if self._output.isatty():
            self._write(f"{_CLEAR_LINE}  {self._name}  {state}")

    def finish(self) -> None:
        self.seconds = time.monotonic() - self._began
        self.clear()
        self._write(f"  {self._name}  {self.result} ({self.seconds:.1f} s)\n")

    def clear(self) -> None:
        if self._output.isatty():
            self._write(_CLEAR_LINE)

    def _write(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()


class Progress:
    """Steps, one after the other."""

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def title(self, text: str) -> None:
        """What the next steps are about."""
        self._output.write(f"{text}\n")
        self._output.flush()

    @contextmanager
    def step(self, name: str) -> Generator[Step]:
        """A step for the length of the block; its time is taken. Whoever catches what it raises says so."""
        step = Step(name, self._output)
        step.tell("…")
        try:
            yield step
        except BaseException:
            step.clear()
            raise
        step.finish()
