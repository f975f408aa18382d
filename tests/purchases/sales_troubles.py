"""What goes wrong while something is done: at the provider, on the way there, or with whoever does it (MONEY 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

_FAULTS: Final = (
    "error_before",
    "error_after",
    "drop_before",
    "drop_after",
    "late",
    "conflict",
    "rate_limited",
)
_CALLS: Final = (
    ("POST", "/v1/checkout/sessions"),
    ("POST", "/v1/checkout/sessions/*/expire"),
    ("POST", "/v1/payment_intents/*/capture"),
    ("POST", "/v1/payment_intents/*/cancel"),
    ("POST", "/v1/refunds"),
    ("GET", "*"),
)
_MOMENTS: Final = st.integers(0, 14)


@dataclass(frozen=True)
class Fault:
    """Of the next calls that fit; of three that fail the SDK makes one good by itself."""

    kind: str
    call: tuple[str, str]
    times: int


@dataclass(frozen=True)
class Kill:
    """Of the process that does it, at one of the moments that matter."""

    moment: int


@dataclass(frozen=True)
class Overtake:
    """The lease of whoever does it ends, and another does the same meanwhile."""

    moment: int


Trouble = Fault | Kill | Overtake | None


def troubles_with(calls: Sequence[tuple[str, str]]) -> st.SearchStrategy[Trouble]:
    """Mostly with these calls of the provider; or none."""
    return st.one_of(
        st.none(),
        st.builds(Fault, st.sampled_from(_FAULTS), st.sampled_from(calls), st.sampled_from([1, 3, 4])),
        st.builds(Kill, _MOMENTS),
        st.builds(Overtake, _MOMENTS),
    )


TROUBLES: Final = troubles_with(_CALLS)
