"""What a person sees while the demo runs."""

import io

import pytest

from workers.demo.progress import Progress


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_moving_line_that_ends_with_the_result() -> None:
    terminal = Terminal()
    with Progress(terminal).step("Night Drive: upload") as step:
        step.tell("50%")
        step.result = "done"
    name = "Night Drive: upload".ljust(34)
    lines = terminal.getvalue().split("\r\x1b[2K")
    assert lines[:3] == ["", f"  {name}  …", f"  {name}  50%"]
    assert lines[3] == f"  {name}  done (0.0 s)\n"
    assert 0 < step.seconds < 1


def test_a_file_gets_one_line_for_each_finished_step() -> None:
    file = io.StringIO()
    progress = Progress(file)
    progress.title("Juno Vale uploads")
    with progress.step("Night Drive: verdict") as step:
        step.tell("checking")
        step.result = "published"
    assert file.getvalue() == f"Juno Vale uploads\n  {'Night Drive: verdict'.ljust(34)}  published (0.0 s)\n"


def test_a_step_that_breaks_off_leaves_its_line_to_whoever_says_why() -> None:
    terminal = Terminal()
    with pytest.raises(RuntimeError), Progress(terminal).step("Night Drive: scan"):
        raise RuntimeError
    assert terminal.getvalue().endswith("…\r\x1b[2K")
