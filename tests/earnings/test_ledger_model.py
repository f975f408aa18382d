"""MONEY 5: whatever is entered, again, changed, too much, or at once, the books are those of a simple model."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from api.earnings.auditing import audit
from api.earnings.errors import AccountOverdrawn, JournalChanged
from db.bookkeeping import (
    HOUSE_ACCOUNTS,
    STRIPE_CASH,
    LedgerAccount,
    Move,
    NewJournal,
    Place,
    Source,
    changes_of,
    never_below_zero,
    payable_to,
    pool_of,
    producer_of,
)
from db.money import Amount
from db.session import Sessions
from db.vocabulary import CurrencyCode, JournalSource
from tests.earnings.books import MOMENT, balances, enter, kept
from tests.factories import a_producer
from tests.tools.databases import PostgresTemplate, SqliteTemplate

_PRODUCERS: Final = 2
_POOLS: Final = [pool_of("2026-11")]
_CURRENCIES: Final = [CurrencyCode.CAD, CurrencyCode.EUR]
_SOURCES: Final = [Source(JournalSource.SUBSCRIPTION_INVOICE, f"s{number}") for number in range(12)]
_ACCOUNT_NUMBERS: Final = st.integers(0, len(HOUSE_ACCOUNTS) + len(_POOLS) + _PRODUCERS - 1)
_MOVES: Final = st.tuples(
    _ACCOUNT_NUMBERS, _ACCOUNT_NUMBERS, st.integers(1, 50), st.sampled_from(_CURRENCIES)
)
_JOURNALS: Final = st.tuples(st.sampled_from(_SOURCES), st.lists(_MOVES, max_size=4))
Drawn = tuple[Source, list[tuple[int, int, int, CurrencyCode]]]


class Model:
    """What the books should be: a dict of journals, and sums."""

    def __init__(self) -> None:
        self.journals: dict[Source, NewJournal] = {}

    @property
    def balances(self) -> dict[Place, int]:
        return sums(self.journals.values())

    def outcome(self, journals: Sequence[NewJournal]) -> type[Exception] | None:
        """What entering these comes to; where it is nothing, they are entered."""
        after = dict(self.journals)
        for one in journals:
            if after.setdefault(one.source, one).content_sha256 != one.content_sha256:
                return JournalChanged
        taken = changes_of(
            move for source in after.keys() - self.journals.keys() for move in after[source].moves
        )
        had = sums(after.values())
        if any(taken[place] < 0 and had[place] < 0 for place in taken if never_below_zero(place[0])):
            return AccountOverdrawn
        self.journals = after
        return None


def sums(journals: Any) -> dict[Place, int]:
    return dict(changes_of(move for one in journals for move in one.moves))


class Ledger(RuleBasedStateMachine):
    """The real one, on a database of its own, beside the model."""

    template: SqliteTemplate | PostgresTemplate
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.held = ExitStack()
        self.runner = self.held.enter_context(asyncio.Runner())
        self.sessions = Sessions(self.held.enter_context(self.template.fresh(self.folder)))
        self.accounts: list[LedgerAccount] = [*HOUSE_ACCOUNTS, *_POOLS]

    @initialize()
    def producers(self) -> None:
        for number in range(_PRODUCERS):
            one = self.runner.run(a_producer(self.sessions, f"Producer {number}"))
            self.accounts.append(payable_to(one.producer))

    def teardown(self) -> None:
        self.runner.run(self.sessions.close())
        self.held.close()

    def journal(self, drawn: Drawn) -> NewJournal:
        source, moves = drawn
        made = [
            Move(self.accounts[here], self.accounts[there], Amount(minor, currency))
            for here, there, minor, currency in moves
            if here != there
        ]
        return NewJournal(source, MOMENT, tuple(made))

    async def attempt(self, *journals: NewJournal) -> type[Exception] | None:
        try:
            await enter(self.sessions, *journals)
        except (JournalChanged, AccountOverdrawn) as refused:
            return type(refused)
        return None

    @rule(drawn=st.lists(_JOURNALS, min_size=1, max_size=4))
    def enter(self, drawn: list[Drawn]) -> None:
        """Some journals by one call: new ones, known ones, changed ones, such as take too much."""
        journals = [self.journal(one) for one in drawn]
        assert self.runner.run(self.attempt(*journals)) is self.model.outcome(journals)

    @precondition(lambda self: self.model.journals)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """Journals that are there, in any order, some of them twice."""
        known = data.draw(
            st.lists(st.sampled_from(list(self.model.journals.values())), min_size=1, max_size=6)
        )
        assert self.runner.run(self.attempt(*known)) is None

    @rule(drawn=_JOURNALS, times=st.integers(2, 4))
    def race(self, drawn: Drawn, times: int) -> None:
        """The same journal by several at once."""
        journal = self.journal(drawn)
        outcomes = self.runner.run(self.at_once([journal] * times))
        assert outcomes == [self.model.outcome([journal])] * times

    @rule(minor=st.integers(1, 50), takers=st.integers(2, 4), paid=st.integers(1, 120))
    def take_at_once(self, minor: int, takers: int, paid: int) -> None:
        """Several take from the pool: as many as it covers, whoever they are."""
        name = f"t{len(self.model.journals)}"
        assert self.runner.run(self.attempt(coming := self.paying(f"{name}-in", paid))) is None
        assert self.model.outcome([coming]) is None
        covered = self.model.balances[_POOLS[0], CurrencyCode.CAD] // minor
        taking = [self.taking(f"{name}-{number}", minor) for number in range(takers)]
        outcomes = self.runner.run(self.at_once(taking))
        assert outcomes.count(None) == min(covered, len(taking))
        for journal, outcome in zip(taking, outcomes, strict=True):
            if outcome is None:
                assert self.model.outcome([journal]) is None

    def paying(self, name: str, minor: int) -> NewJournal:
        move = Move(STRIPE_CASH, _POOLS[0], Amount(minor, CurrencyCode.CAD))
        return NewJournal(Source(JournalSource.SUBSCRIPTION_INVOICE, name), MOMENT, (move,))

    def taking(self, name: str, minor: int) -> NewJournal:
        move = Move(_POOLS[0], self.accounts[-1], Amount(minor, CurrencyCode.CAD))
        return NewJournal(Source(JournalSource.SUBSCRIPTION_INVOICE, name), MOMENT, (move,))

    async def at_once(self, journals: Sequence[NewJournal]) -> list[type[Exception] | None]:
        return await asyncio.gather(*(self.attempt(one) for one in journals))

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        found = self.runner.run(balances(self.sessions))
        assert without_zeros(found) == without_zeros(self.model.balances)
        totals: Counter[CurrencyCode] = Counter()
        for (_, currency), minor in found.items():
            totals[currency] += minor
        assert not any(totals.values())

    @invariant()
    def what_is_kept_is_what_the_model_has(self) -> None:
        earned = {
            (producer, currency): minor
            for (account, currency), minor in self.model.balances.items()
            if (producer := producer_of(account))
        }
        assert without_zeros(self.runner.run(kept(self.sessions))) == without_zeros(earned)

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """But for money that waits for a person, or is on its way: the model moves some there as well."""
        wrong = [one.invariant.name for one in self.runner.run(audit(self.sessions)) if one.broken_by]
        assert set(wrong) <= {"nothing-unexplained", "payouts-in-flight"}


def without_zeros(found: dict[Any, int]) -> dict[Any, int]:
    return {place: minor for place, minor in found.items() if minor}


def test_the_ledger_is_what_a_simple_model_says(
    database_engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    where = {"template": request.getfixturevalue(f"{database_engine}_template"), "folder": tmp_path}
    few = settings(
        max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(type("Ledger", (Ledger,), where), settings=few)
