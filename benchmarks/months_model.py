"""The model of months, played many times on both engines: plays, bills, refunds, disputes, closings and adjustments.

Each example finds the same installation, in which a month is closed already. Then the bugs of `tests/pool/months_bugs.py` are
put in one after the other, and the same machine plays until it finds them. A finding of the model itself stops the run, with
the steps that led there.
"""

from api.earnings.errors import AccountOverdrawn
from benchmarks._models import Bug, Model, main
from tests.pool.months_bugs import BUGS
from tests.pool.months_ground import a_ground
from tests.pool.months_model import Months

if __name__ == "__main__":
    bugs = {name: Bug(put_in) for name, put_in in BUGS.items()}
    found_by = AssertionError, AccountOverdrawn
    main(Model(Months, a_ground, bugs, steps=12, until_found=300, found_by=found_by), __doc__)
