"""The model of payouts, played many times on both engines: how much went wrong on the way, and that everybody was paid once.

Each example finds the same installation, and the same account of the sandbox. Then the bugs of
`tests/payouts/payouts_bugs.py` are put in one after the other, and the same machine plays until it finds them. A finding of
the model itself stops the run, with the steps that led there.
"""

from benchmarks._models import Bug, Model, main, with_sandbox
from tests.payouts.payouts_bugs import BUGS
from tests.payouts.payouts_ground import a_ground
from tests.payouts.payouts_model import Payouts

if __name__ == "__main__":
    bugs = {name: Bug(put_in) for name, put_in in BUGS.items()}
    main(Model(Payouts, with_sandbox(a_ground), bugs, steps=14, until_found=400), __doc__)
