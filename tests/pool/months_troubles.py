"""What goes wrong while something is done, or happens in the middle of it (MONEY 6)."""

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from tests.purchases.sales_troubles import Kill, Overtake

_MOMENTS: Final = st.one_of(st.integers(0, 45), st.integers(14, 23))
"""Two for each transaction: a closing has some twenty, and around the middle it freezes what it goes by."""
MEANWHILE: Final = (*["pays"] * 3, *["refunds"] * 2, "hides", "credits", "listens", "comes out")


@dataclass(frozen=True)
class Amid:
    """Something else happens, whole, while it stands still at one of the moments that matter.

    Attributes:
        which: Of several that it may happen to.
    """

    moment: int
    what: str
    which: int


Trouble = Kill | Overtake | Amid | None


def _at(moments: st.SearchStrategy[int]) -> st.SearchStrategy[Trouble]:
    meanwhile = st.builds(Amid, moments, st.sampled_from(MEANWHILE), st.integers(0, 5))
    return st.one_of(st.none(), st.builds(Kill, moments), st.builds(Overtake, moments), meanwhile)


TROUBLES: Final = _at(_MOMENTS)
"""With what takes many transactions."""
BRIEFLY: Final = _at(st.integers(0, 5))
"""With what takes some."""
ENDS: Final[st.SearchStrategy[Trouble]] = st.one_of(st.none(), st.none(), st.builds(Kill, st.integers(0, 1)))
"""With what is one."""
