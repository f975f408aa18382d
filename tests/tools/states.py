"""Draws the state machines of the code's own tables: `python -m tests.tools.states` writes docs/states/*.svg.

What becomes of what is read from the tables that the code asks, what a state means from the sentence below its word.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any, Final

from api.plans import rules as plan_rules
from db import transitions
from db.vocabulary import (
    AccountDeletionStatus,
    BeatRequestStatus,
    CallOutcome,
    DataExportStatus,
    JobState,
    PaymentEventState,
    PayoutAccountStatus,
    PayoutStatus,
    PlanStatus,
    PoolRunStatus,
    PurchaseStatus,
    ReviewStatus,
    TakedownStatus,
    TicketStatus,
    UploadStatus,
)
from tests.tools.layers import BOX_WIDTH, Layout, Way, arrange

DOCS: Final = Path(__file__).parents[2] / "docs" / "states"
_MARGIN: Final = 34
_HEAD: Final = 92
_LINE: Final = 16
_WIDEST_LINE: Final = 34
"""Characters of a sentence beside each other in a box."""
_STYLE: Final = """
.card{fill:#faf9fd;stroke:#e3dff0}.box{fill:#fff;stroke:#bdb6d6}.over{fill:#f1eef9;stroke:#bdb6d6}
.title,.name{fill:#1c1830}.says,.from{fill:#5d576f}.way{stroke:#6a5ae0}.head,.dot{fill:#6a5ae0}.ring{stroke:#6a5ae0}
@media(prefers-color-scheme:dark){
.card{fill:#15131f;stroke:#2c2840}.box{fill:#211d31;stroke:#544c78}.over{fill:#1a1727;stroke:#443d61}
.title,.name{fill:#f1eefb}.says,.from{fill:#b3adc8}.way{stroke:#9d8fff}.head,.dot{fill:#9d8fff}.ring{stroke:#9d8fff}}
.way{fill:none;stroke-width:1.6}.ring{fill:none;stroke-width:1.4}.card,.box,.over{stroke-width:1.2}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.title{font-size:19px;font-weight:650}.from{font-size:12px}.name{font-size:13px;font-weight:650;letter-spacing:.04em}.says{font-size:12px}
"""


@dataclass(frozen=True)
class Machine:
    """A table to draw.

    Attributes:
        where: The file that has it.
        table: What may follow each of the words; the first one is where everything begins.
    """

    title: str
    where: str
    words: type[StrEnum]
    table: Mapping[Any, frozenset[Any]]


_HERE: Final = "db/transitions.py"
MACHINES: Final = {
    "plan": Machine("A plan that somebody has", "api/plans/rules.py", PlanStatus, plan_rules.TRANSITIONS),
    "purchase": Machine("The purchase of an exclusive", _HERE, PurchaseStatus, transitions.PURCHASE),
    "payout-account": Machine(
        "Where a producer is paid to", _HERE, PayoutAccountStatus, transitions.PAYOUT_ACCOUNT
    ),
    "payout": Machine("A payout to a producer", _HERE, PayoutStatus, transitions.PAYOUT),
    "payment-call": Machine("A call of the payment provider", _HERE, CallOutcome, transitions.CALL),
    "payment-event": Machine("An event of the payment provider", _HERE, PaymentEventState, transitions.EVENT),
    "pool-run": Machine("The closing of a month", _HERE, PoolRunStatus, transitions.POOL_RUN),
    "job": Machine("A job", _HERE, JobState, transitions.JOB),
    "upload": Machine("A file on its way", _HERE, UploadStatus, transitions.UPLOAD),
    "request": Machine("A beat request", _HERE, BeatRequestStatus, transitions.REQUEST),
    "ticket": Machine("A support ticket", _HERE, TicketStatus, transitions.TICKET),
    "takedown": Machine("A notice of a rights-holder", _HERE, TakedownStatus, transitions.TAKEDOWN),
    "export": Machine("An archive of somebody's data", _HERE, DataExportStatus, transitions.EXPORT),
    "deletion": Machine("The deletion of an account", _HERE, AccountDeletionStatus, transitions.DELETION),
    "case": Machine("An application, or an appeal", _HERE, ReviewStatus, transitions.CASE),
}


def main() -> None:
    """Write all of them anew."""
    DOCS.mkdir(exist_ok=True)
    for name, machine in MACHINES.items():
        (DOCS / f"{name}.svg").write_text(drawn(machine))


def drawn(machine: Machine) -> str:
    """A machine as SVG, for light and dark screens."""
    says = {name: textwrap.wrap(text, _WIDEST_LINE) for name, text in sentences(machine.words).items()}
    box_height = 38 + _LINE * max(len(says[state]) for state in machine.table) + 5
    layout = arrange(machine.table, box_height)
    width, height = max(layout.width, 420) + 2 * _MARGIN, layout.height + _HEAD + _MARGIN + 12
    shift = (width - layout.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(machine.title)}</title><desc id="d">{escape(in_words(layout.ways))}</desc>',
        f"<style>{_STYLE}</style>",
        _ARROW,
        f'<rect class="card" x=".6" y=".6" width="{width - 1.2:g}" height="{height - 1.2:g}" rx="14"/>',
        f'<text class="title" x="{_MARGIN}" y="40">{escape(machine.title)}</text>',
        f'<text class="from" x="{_MARGIN}" y="59">{machine.where}</text>',
        f'<g transform="translate({shift:g} {_HEAD + 6})">',
        *_lines(layout, next(iter(machine.table)), box_height),
        *_boxes(machine, layout, says, box_height),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


_ARROW: Final = (
    '<defs><marker id="a" viewBox="0 0 10 10" refX="8.6" refY="5" markerWidth="7.5" markerHeight="7.5" orient="auto-start-reverse">'
    '<path class="head" d="M0 .8 9.4 5 0 9.2 2.2 5z"/></marker></defs>'
)


def in_words(ways: Iterable[Way]) -> str:
    """What a screen reader says of the lines."""
    return " ".join(f"{way.start} to {way.end}{', and back' if way.both else ''}." for way in ways)


def sentences(words: type[StrEnum]) -> dict[str, str]:
    """What stands below each word in its class."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(words))).body
    assert isinstance(body, ast.ClassDef)
    found = dict[str, str]()
    for word, text in zip(body.body, body.body[1:], strict=False):
        match word, text:
            case ast.Assign(targets=[ast.Name(name)]), ast.Expr(ast.Constant(str(sentence))):
                found[name] = " ".join(sentence.replace("`", "").split())
            case _:
                pass
    return found


def _lines(layout: Layout, first: str, box_height: float) -> list[str]:
    """All ways, and the one in."""
    x, y = layout.boxes[first]
    top = y - box_height / 2
    begins = f'<circle class="dot" cx="{x:g}" cy="{top - 30:g}" r="5"/><path class="way" marker-end="url(#a)" d="M{x:g} {top - 25:g}V{top:g}"/>'
    back = ' marker-start="url(#a)"'
    return [
        begins,
        *(
            f'<path class="way" marker-end="url(#a)"{back if way.both else ""} d="{way.path}"/>'
            for way in layout.ways
        ),
    ]


def _boxes(
    machine: Machine, layout: Layout, says: Mapping[str, list[str]], box_height: float
) -> Iterable[str]:
    for state, (x, y) in layout.boxes.items():
        left, top, over = x - BOX_WIDTH / 2, y - box_height / 2, not machine.table[state]
        yield f'<rect class="{"over" if over else "box"}" x="{left:g}" y="{top:g}" width="{BOX_WIDTH:g}" height="{box_height:g}" rx="10"/>'
        yield f'<text class="name" x="{left + 16:g}" y="{top + 25:g}">{escape(state)}</text>'
        for number, line in enumerate(says[state]):
            yield f'<text class="says" x="{left + 16:g}" y="{top + 45 + _LINE * number:g}">{escape(line)}</text>'
        if over:
            ring = f'cx="{left + BOX_WIDTH - 20:g}" cy="{top + 20:g}"'
            yield f'<circle class="ring" {ring} r="6"/><circle class="dot" {ring} r="2.6"/>'


if __name__ == "__main__":
    main()
