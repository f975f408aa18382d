"""Tests of deletion begin from what tests of plans and payouts begin from."""

from tests.payouts.conftest import impatient, payroll
from tests.plans.conftest import shop

__all__ = ["impatient", "payroll", "shop"]
