"""Tests of deletion begin from what tests of plans and payouts begin from."""

from tests.payouts.conftest import impatient, payroll
from tests.plans.conftest import shop
from tests.purchases.conftest import market

__all__ = ["impatient", "market", "payroll", "shop"]
