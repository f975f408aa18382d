"""Races of three buyers for one exclusive track on both engines: one winner each, no double grant, no error.

The buyers are processes of their own that ask in the same instant, each time for a track that nobody has wanted before. In
all races it is decided who may buy (`reserve`); in some of them the rest follows too: a checkout at the Stripe sandbox over
HTTP, the payment, webhooks by the real endpoint, which two workers read at once, and the licence, while somebody else comes
too late. Then the books are held against each other.

Beside them, in the same run: the same decision with nobody else there, and, on Postgres, without the lock of the track's row.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

from api.earnings.auditing import audit
from benchmarks._race_market import AT_A_TIME, BUYERS, Race, Sold, open_market, what_was_sold
from benchmarks._racing import WON, Ask, Field, Selling
from db.migrate import upgrade
from db.session import Sessions
from tests.stage import settings_of
from tests.tools import postgres
from tests.tools.stripe_sandbox import Seller, stripe_sandbox

ALONE: Final = 5
"""Of one buyer, beside a hundred races of several."""
WARM: Final = 50
SEEDED: Final = 1000
"""Races without the lock."""
SEEDED_SALES: Final = 100
_LOST: Final = frozenset({"RESERVED_BY_OTHER", "ALREADY_SOLD"})
_SECRET: Final = "whsec_of_the_benchmark"


# ---- what is raced --------------------------------------------------------------------------------
def measure(engine: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    """Everything on one engine."""
    with stripe_sandbox() as sandbox, sandbox.seller() as seller:
        hook = "https://api.beatpass.test/stripe/webhooks"
        seller.control("POST", "/webhooks/endpoints", url=hook, secret=_SECRET)
        beside = WARM + ALONE * -(-options.races // AT_A_TIME)
        seeded = SEEDED * 2 + SEEDED_SALES if engine == "Postgres" else 0
        races = asyncio.run(_opened(url, options.races + beside + seeded))
        payments = {
            "stripe_secret_key": seller.key,
            "stripe_api_url": seller.url,
            "stripe_webhook_secret": _SECRET,
        }
        field = Field(settings_of(url, "unix:///nowhere", folder, **payments))
        try:
            print(
                f"\n== {engine}: {options.races:,} races of {BUYERS}, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            _race(field, races[: options.races], races[options.races :], options.sales)
            _compare(url, seller, options.sales)
            if seeded:
                _race_without(field, races[-seeded:])
        finally:
            field.close()


def _race(field: Field, races: Sequence[Race], beside: Sequence[Race], sales: int) -> None:
    """Those that go all the way first; then those in which it is only decided, and in between those of one buyer."""
    field.let_go(field.decide(beside[:WARM]))
    began = time.perf_counter()
    sold = [one for some in _parts(races[:sales]) for one in field.sell(some)]
    field.finish()
    print(f"{sales:,} to the licence, {time.perf_counter() - began:.0f} s", flush=True)
    asks = [seen.ask for race in sold for seen in race]
    if sold:
        _say_decisions(asks)
        _say_sales(sold)
    began = time.perf_counter()
    decided, alone, cpu = _decided(field, races[sales:], beside[WARM:])
    print(f"{len(races) - sales:,} decided and let go of, {time.perf_counter() - began:.0f} s", flush=True)
    _say("nobody else asks", [_ms(ask) for ask in alone])
    _say_decisions(decided, statistics.median(map(_ms, alone)))
    print("  CPU of a decision of all three: " + ", ".join(f"{who} {ms:.1f} ms" for who, ms in cpu.items()))
    _say_answers("all races", [*asks, *decided])


def _decided(
    field: Field, races: Sequence[Race], beside: Sequence[Race] = (), without: str = ""
) -> tuple[list[Ask], list[Ask], dict[str, float]]:
    """What was answered, what to those who were alone, and the CPU of a race in ms; letting go is not among it."""
    asks, alone, spent = list[Ask](), list[Ask](), defaultdict[str, float](float)
    for number, some in enumerate(_parts(races)):
        before = _cpu_s()
        asks += (found := field.decide(some, without))
        for (who, pid), seconds in _cpu_s().items():
            spent[who] += seconds - before.get((who, pid), 0)
        few = field.alone(beside[number * ALONE : (number + 1) * ALONE])
        alone += few
        field.let_go([*found, *few])
    return asks, alone, {who: seconds * 1000 / len(races) for who, seconds in spent.items()}


def _race_without(field: Field, races: Sequence[Race]) -> None:
    """What the lock is there for."""
    for without, some in (
        ("lock and conflict clause", races[:SEEDED]),
        ("lock", races[SEEDED : 2 * SEEDED]),
    ):
        asks, _, _ = _decided(field, some, without=without)
        _say_answers(f"without {without}", asks)
        _say("winners", [_ms(ask) for ask in asks if ask.answer == WON])
    sold = [one for some in _parts(races[2 * SEEDED :]) for one in field.sell(some, "lock")]
    late = Counter(seen.late for race in sold for seen in race if seen.late)
    print(f"without lock, {len(sold)} sold while a late buyer asks who does not lock: {dict(late)}")


def _parts(races: Sequence[Race]) -> Iterator[Sequence[Race]]:
    for start in range(0, len(races), AT_A_TIME):
        yield races[start : start + AT_A_TIME]


def _cpu_s() -> dict[tuple[str, int], float]:
    """Of those who race, and of a Postgres that was started for them, by process."""
    spent: dict[tuple[str, int], float] = {}
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # Postgres's own come and go
            times, command = one.cpu_times(), " ".join(one.cmdline())
            if one.name() == "postgres" or "spawn_main" in command:
                who = "Postgres" if one.name() == "postgres" else "buyers"
                spent[who, one.pid] = times.user + times.system
    return spent


# ---- what came of it ------------------------------------------------------------------------------
def _compare(url: str, seller: Seller, sales: int) -> None:
    """Stop if anything is not as it has to be."""
    sold, findings = asyncio.run(_looked_at(url))
    balance = seller.stripe.v1.balance.retrieve()
    provider = sum(one.amount for one in [*balance.available, *balance.pending] if one.currency == "usd")
    payments = Counter(
        one.status for one in seller.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter()
    )
    refunds = len(seller.stripe.v1.refunds.list({"limit": 100}).data)
    print(f"  {sold.again:,} of {sold.events:,} events were read more than once")
    print(f"  {sold.completed:,} bought, {sold.licences:,} licences, {sold.twice} tracks granted twice")
    print(f"  payments at the provider {dict(payments)}, {refunds} refunds")
    print(f"  prices {sold.prices_minor:,}, owed to producers {sold.owed_minor:,}")
    print(
        f"  cash in the books {sold.cash_minor:,}, at the provider {provider:,}; the audit finds {findings or 'nothing'}"
    )
    assert (sold.completed, sold.licences, sold.twice) == (sales, sales, 0)
    assert (payments, refunds) == (Counter(succeeded=sales), 0)
    assert (sold.prices_minor, sold.cash_minor) == (sold.owed_minor, provider)
    assert not findings


async def _looked_at(url: str) -> tuple[Sold, list[Any]]:
    sessions = Sessions(url)
    found = await what_was_sold(sessions), [one for one in await audit(sessions) if one.broken_by]
    await sessions.close()
    return found


async def _opened(url: str, count: int) -> list[Race]:
    sessions = Sessions(url)
    races = await open_market(sessions, url, count)
    await sessions.close()
    return races


def _say_decisions(asks: Sequence[Ask], alone: float | None = None) -> None:
    for who, chosen in (
        ("all who ask", asks),
        ("winners", [ask for ask in asks if ask.answer == WON]),
        ("losers", [ask for ask in asks if ask.answer != WON]),
    ):
        _say(who, [_ms(ask) for ask in chosen], alone)
    apart = [
        (max(one.started for one in some) - min(one.started for one in some)) * 1000
        for some in _by_track(asks).values()
    ]
    _say("first to last who asks", apart)


def _say_sales(sold: Sequence[Sequence[Selling]]) -> None:
    """From when one of the workers first hears that the money is put aside, to when the licence is there for both."""
    took = [
        (max(one.granted for one in race if one.granted) - min(one.held for one in race if one.held)) * 1000
        for race in sold
    ]
    _say("held → granted", took)
    late = Counter(seen.late for race in sold for seen in race if seen.late)
    print(f"  who comes while it is being sold: {dict(late)}")
    assert late.keys() == {"ALREADY_SOLD"}, late


def _say_answers(what: str, asks: Sequence[Ask]) -> None:
    winners = Counter(sum(ask.answer == WON for ask in some) for some in _by_track(asks).values())
    print(f"{what}: {dict(Counter(ask.answer for ask in asks))}")
    errors = sum(ask.answer not in {WON, *_LOST} for ask in asks)
    print(f"  winners of a race: {dict(winners)}; errors: {errors}", flush=True)
    if not what.startswith("without"):
        assert (set(winners), errors) == ({1}, 0), (winners, errors)


def _by_track(asks: Sequence[Ask]) -> dict[str, list[Ask]]:
    found: dict[str, list[Ask]] = {}
    for ask in asks:
        found.setdefault(ask.track, []).append(ask)
    return found


def _ms(ask: Ask) -> float:
    return (ask.ended - ask.started) * 1000


def _say(what: str, times: Sequence[float], beside: float | None = None) -> None:
    percents = statistics.quantiles(times, n=100, method="inclusive")
    p50, p95, p99 = (percents[of - 1] for of in (50, 95, 99))
    ratio = f"   p50 {p50 / beside:.1f} x alone" if beside else ""
    print(
        f"  {what:<24} p50 {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f}  max {max(times):7.1f} ms{ratio}",
        flush=True,
    )


# ---- on what --------------------------------------------------------------------------------------
def _on_sqlite(measured: Callable[[str], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}"
        upgrade(url)
        measured(url)


def _on_postgres(measured: Callable[[str], None]) -> None:
    with postgres.postgres_server(durable=True) as server, postgres.database(server, "bench") as url:
        upgrade(url)
        measured(url)


_ENGINES: Final = {"SQLite": _on_sqlite, "Postgres": _on_postgres}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--sales", type=int, default=1000, help="so many of them go all the way to a licence")
    parser.add_argument("--engine", choices=_ENGINES, help="both, unless one is named")
    options = parser.parse_args()
    for engine in [options.engine] if options.engine else _ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            _ENGINES[engine](lambda url, name=engine, at=folder: measure(name, url, Path(at), options))


if __name__ == "__main__":
    main()
