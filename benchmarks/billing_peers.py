"""One walk of billing through our sandbox and through localstripe, an independent stand-in: what both answer, what differs.

localstripe (PyPI, GPL, pinned with its hashes in localstripe.txt) is put into an environment of its own below .cache. It
speaks an API of before prices and Checkout, and its time never moves; so some steps are asked for in older words, and some
it cannot take. A difference that nobody has explained here ends with exit code 1.
"""

import sys
from dataclasses import dataclass
from typing import Final, NamedTuple

from benchmarks._billing_walks import Answer, Ours, Theirs, Walk
from benchmarks._localstripe import localstripe
from tests.tools.stripe_sandbox import stripe_sandbox

_CANNOT: Final = "cannot"


@dataclass(frozen=True)
class Step:
    """Something that both are asked.

    Attributes:
        take: The name of a method of both walks; one that has none cannot.
        why: What explains that answers differ; empty: they must not.
    """

    asked: str
    take: str
    why: str = ""


STEPS: Final = (
    Step("a monthly price: cents, currency, interval", "price"),
    Step("a plan begun with a good card: state", "begin"),
    Step("its period", "period"),
    Step("its first invoice: state, total, paid, lines", "first_invoice"),
    Step("the invoice names its subscription", "invoice_of"),
    Step("why the invoice was made", "reason", "localstripe says nothing of it"),
    Step("its payment: state, cents", "payment"),
    Step("the list of events begins with", "list_order", "Stripe says: the most recent first"),
    Step("stopped: state, ends with its period", "stop"),
    Step("resumed: state, ends with its period", "resume"),
    Step("a look at a dearer plan at once: total, lines", "preview"),
    Step("moved to it: state, its invoice, total, lines", "upgrade"),
    Step("13 % of tax on 45.00: base, tax, total", "tax"),
    Step("13 % of tax on 45.99, which is 5.9787", "tax_rounded"),
    Step("10.00 given back: state, cents, of the charge, all of it", "refund"),
    Step(
        "more given back than is left: status", "refund_too_much", "localstripe gives back whatever is asked"
    ),
    Step(
        "a card declined at the first payment",
        "declined",
        "localstripe has no Checkout; by the API alone it begins",
    ),
    Step("the next month's invoice: state, total, why", "renewal", "localstripe's time never moves"),
    Step("not paid then: state, its invoice, total", "unpaid", "localstripe's time never moves"),
    Step("cancelled at once: state, has an end, is told", "cancel"),
    Step("in the usual list, in the list of all", "lists"),
    Step("one that there is not: status, code", "missing", "localstripe's errors have no code"),
    Step("signature passes: as it is, other secret, other body", "signature"),
)


class Row(NamedTuple):
    step: Step
    ours: Answer
    theirs: Answer

    @property
    def verdict(self) -> str:
        if self.ours == self.theirs:
            return "same"
        return self.step.why or "DIFFERS, AND NOBODY SAYS WHY"


def main() -> None:
    """Walk, print, and fail where something differs that should not."""
    with stripe_sandbox() as sandbox, sandbox.seller() as seller, localstripe() as url:
        ours, theirs = Ours(seller), Theirs(url)
        rows = [Row(step, _taken(ours, step), _taken(theirs, step)) for step in STEPS]
        told = _told(ours, theirs)
    for row in rows:
        print(f"{row.step.asked:<58} {row.ours!s:<42} {row.theirs!s:<42} {row.verdict}")
    print(told)
    same = sum(row.ours == row.theirs for row in rows)
    print(f"{len(rows)} steps: {same} answered alike, {len(rows) - same} not")
    if any(row.ours != row.theirs and not row.step.why for row in rows):
        sys.exit(1)


def _taken(walk: Walk, step: Step) -> Answer:
    take = getattr(walk, step.take, None)
    return _CANNOT if take is None else take()


def _told(ours: Walk, theirs: Walk) -> str:
    """In which order both have told first of what both tell of."""
    first, second = (list(dict.fromkeys(walk.events())) for walk in (ours, theirs))
    common = [[kind for kind in kinds if kind in first and kind in second] for kinds in (first, second)]
    lines = [
        f"  {who}: {', '.join(kinds)}" for who, kinds in zip(("sandbox", "localstripe"), common, strict=True)
    ]
    return "\n".join(["events that both tell, in the order of their first:", *lines])


if __name__ == "__main__":
    main()
