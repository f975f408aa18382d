"""What must always be true of the money, one file each (MONEY 5). `./bp audit` looks, and so does relay each night."""

from typing import Final

from db.queries.invariants import (
    cached_balances,
    emptied_pools,
    known_payees,
    nothing_unexplained,
    one_journal_per_source,
    paid_invoices,
    paid_purchases,
    pool_inputs,
    pool_journals,
    pool_shares,
    pools_by_month,
    purchases_end,
    sold_once,
    sound_entries,
    sums_of_plays,
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
    pool_inputs.INVARIANT,
    pool_shares.INVARIANT,
    pool_journals.INVARIANT,
    emptied_pools.INVARIANT,
    nothing_unexplained.INVARIANT,
    sums_of_plays.INVARIANT,
)
