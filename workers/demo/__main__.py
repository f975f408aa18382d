"""`./bp demo [FILE.wav …]`: a walk through a running BeatPass as two new producers, and a table of what came of it."""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workers.demo.client import Fault, Refusal, Unanswered, is_there
from workers.demo.progress import Progress
from workers.demo.report import as_markdown, as_text, is_as_it_should_be
from workers.demo.walk import Row, Walk, synthesised
from workers.launcher.embedded import address
from workers.launcher.errors import StartError


class CannotWalk(Exception):  # noqa: N818 -- a sentence for the person at the terminal
    """The walk cannot begin."""


def main(arguments: Sequence[str]) -> int:
    """Walk, and show the table.

    Returns:
        0 when every copy was blocked and every excerpt found, 1 when not, 130 after Ctrl-C.
    """
    given = _parsed(arguments)
    here = Path(given.here)
    try:
        rows = _walked(_address(os.environ), [here / file for file in given.files])
        print(f"\n{as_text(rows)}", end="")
        if given.markdown:
            (here / given.markdown).write_text(as_markdown(rows), "utf-8")
    except (CannotWalk, StartError, Fault, Refusal, Unanswered, OSError) as problem:
        print(f"bp: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if is_as_it_should_be(rows) else 1


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./bp demo", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("files", nargs="*", metavar="FILE.wav", help="beats; none: six are synthesised")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there as well")
    parser.add_argument("--here", default=".", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _address(environment: Mapping[str, str]) -> str:
    """Where `./bp run` with the same settings answers.

    Raises:
        CannotWalk: Nobody does.
    """
    url = environment.get("BEATPASS_PUBLIC_URL", "").rstrip("/") or address(environment).url
    if not url.startswith(("http://", "https://")):
        raise CannotWalk(f"BEATPASS_PUBLIC_URL must be an http address, not {url!r}.")
    if not is_there(url):
        raise CannotWalk(f"nothing answers at {url}: start ./bp run first.")
    return url


def _walked(url: str, files: Sequence[Path]) -> list[Row]:
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise CannotWalk(f"there is no file {missing[0]}.")
    with tempfile.TemporaryDirectory(prefix="beatpass-demo-") as name:
        folder = Path(name)
        return Walk(url, folder, Progress(sys.stderr)).through(files or synthesised(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
