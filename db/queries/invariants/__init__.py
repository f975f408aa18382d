"""What must always be true of the money, one file each (MONEY 5). `./bp audit` looks, and so does relay each night."""

from typing import Final

from db.queries.invariants import (
    cached_balances,
    earned_less_paid,
    known_payees,
    nothing_unexplained,
    one_journal_per_source,
    paid_invoices,
    paid_purchases,
    payouts_end,
    payouts_entered,
    payouts_in_flight,
    payouts_to_the_ready,
    pools_by_month,
    purchases_end,
    sold_once,
    sound_entries,
    unchangeable_tables,
    unchanged_journals,
    uncovered_accounts,
)
from db.queries.invariants.finding import Invariant

INVARIANTS: Final[tuple[Invariant, ...]] = (
    sound_entries.INVARIANT,
    cached_balances.INVARIANT,
    one_journal_per_source.INVARIANT,
    unchanged_journals.INVARIANT,
    unchangeable_tables.INVARIANT,
    uncovered_accounts.INVARIANT,
    known_payees.INVARIANT,
    pools_by_month.INVARIANT,
    paid_invoices.INVARIANT,
    paid_purchases.INVARIANT,
    sold_once.INVARIANT,
    purchases_end.INVARIANT,
    payouts_in_flight.INVARIANT,
    payouts_entered.INVARIANT,
    payouts_to_the_ready.INVARIANT,
    earned_less_paid.INVARIANT,
    payouts_end.INVARIANT,
    nothing_unexplained.INVARIANT,
)
