"""How beat requests, and tracks that answer them, are spoken of in a line."""

from collections.abc import Sequence
from typing import Final

from api.requests.fit import Reason

_LONGEST_EXCERPT: Final = 120
"""Two lines of a phone."""
_REASONS_OF_THE_BEST: Final = 2


def in_short(text: str) -> str:
    """The beginning of what is wanted, in one line, cut between words where there are any."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_EXCERPT:
        return line
    cut = line[: _LONGEST_EXCERPT - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"


def fit_in_words(fits: Sequence[tuple[str, Sequence[Reason]]], *, more: int) -> str:
    """Which tracks answer a request, and what tells most of each.

    Args:
        fits: Titles with the reasons of their matches, best first; at least one.
        more: How many tracks answer it besides.
    """
    (title, reasons), *others = fits
    why = " · ".join(telling(reasons)[:_REASONS_OF_THE_BEST])
    fitting = "fits best" if others or more else "fits"
    sentences = [f"“{title}” {fitting}{f': {why}' if why else ''}."]
    if others:
        sentences.append(f"Also {' and '.join(_named(*one) for one in others)}.")
    if more:
        sentences.append(f"And {more} more of your tracks.")
    return " ".join(sentences)


def telling(reasons: Sequence[Reason]) -> list[str]:
    """What the reasons say, those first that gave most to the score; what gave nothing tells nothing."""
    best_first = sorted(reasons, key=lambda one: -one.score * one.weight)
    return [one.text for one in best_first if one.score > 0]


def _named(title: str, reasons: Sequence[Reason]) -> str:
    why = telling(reasons)[:1]
    return f"“{title}” ({why[0]})" if why else f"“{title}”"
