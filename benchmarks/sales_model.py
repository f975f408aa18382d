"""The model of exclusive sales, played many times on both engines: how much went wrong on the way, and that it was made good.

Each example finds the same installation, and the same account of the sandbox. Then the bugs of
`tests/purchases/sales_bugs.py` are put in one after the other, and the same machine plays until it finds them. A finding of
the model itself stops the run, with the steps that led there.
"""

from typing import Final

from benchmarks._models import Bug, Model, main, with_sandbox
from tests.purchases.sales_bugs import BUGS
from tests.purchases.sales_ground import a_ground
from tests.purchases.sales_model import Sales

_ENGINE_OF: Final = {"no lock": "Postgres"}
"""SQLite has one writer at a time: nobody misses the lock."""

if __name__ == "__main__":
    bugs = {
        name: Bug(bug.put_in, _ENGINE_OF.get(name, "SQLite"), {"without": bug.without})
        for name, bug in BUGS.items()
    }
    main(Model(Sales, with_sandbox(a_ground), bugs, steps=14, until_found=400), __doc__)
