"""D-53: a producer sees why a closed month paid what it paid, and a spreadsheet repeats it to the cent."""

import csv
import io
import math
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import update
from starlette.applications import Starlette

from api.http.pools import SheetDoor
from api.pool import simulating
from api.pool.links import SheetLinks
from db.clock import now
from db.models.plans import Invoice
from db.models.plays import Listening
from db.models.tracks import Track
from db.money import split
from db.session import Sessions
from db.vocabulary import CurrencyCode, LicensingModel
from tests.factories import Beatmaker, Person, a_listener, an_exclusive
from tests.licences.granted import a_plan
from tests.pool.months import LAST_DAY, MAY, Catalogue

pytestmark = pytest.mark.anyio
MONEY: Final = "{ minorUnits amount currency }"
EXPLAIN: Final = f"""query($period: String!, $first: Int, $after: String) {{ finances {{ poolExplanation(period: $period) {{
  period pool {MONEY} totalWeight ownWeight exactShare amount {MONEY} inputsSha256
  adjustments {{ pool {MONEY} exactShare amount {MONEY} at }}
  tracks(first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{
    track {{ id }} work {{ title artists producerName }} countedPlays ageMonths ageFactor listeningFactor creditedProducers
    weight amount {MONEY} }} }}
  csv {{ url expiresAt }} }} }} }}"""
SIMULATE: Final = """query($period: String!, $half: Decimal, $division: PoolDivision) { staff {
  simulatePool(period: $period, halfLifeMonths: $half, division: $division) {
    pool { amount } shares { producer { id } paid { minorUnits } simulated { minorUnits } } } } }"""


@pytest.fixture
async def site(catalogue: Catalogue) -> AsyncGenerator[httpx.AsyncClient]:
    """The door to spreadsheets, without a socket."""
    door = SheetDoor(catalogue.sessions, SheetLinks(catalogue.stage.settings))
    transport = httpx.ASGITransport(Starlette(routes=door.routes))
    async with httpx.AsyncClient(transport=transport, base_url="https://api.beatpass.test") as client:
        yield client


@pytest.fixture
async def nova(catalogue: Catalogue) -> Beatmaker:
    """With three beats in May, one of them shared with Kilo, who has the larger part of 100.00."""
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(nova, title="=cmd|' /C calc'!A0", artists=["+Nova", "Ünï"], days=61, plays=10)
    await catalogue.beat(nova, title='Night, "Drive"', plays=1000, credited=[kilo])
    await catalogue.beat(nova, title="Alone", **an_exclusive(licensing_model=LicensingModel.EXCLUSIVE_ONLY))
    await catalogue.beat(kilo, plays=100)
    await catalogue.paid(10_000)
    return nova


async def explained(catalogue: Catalogue, who: Person | None, period: str = MAY, **page: Any) -> Any:
    finances = (await catalogue.stage.ask(who, EXPLAIN, period=period, **page))["finances"]
    return finances and finances["poolExplanation"]


async def test_a_producer_sees_every_figure_of_their_share(catalogue: Catalogue, nova: Beatmaker) -> None:
    run = await catalogue.closed()
    seen = await explained(catalogue, nova)
    # weights: 0.793... · 2.020... and 2.500054253797 / 2; all: that twice and 2.334292257329
    assert (seen["period"], seen["pool"]) == (
        MAY,
        {"minorUnits": "10000", "amount": "100.00", "currency": "CAD"},
    )
    own, total = Decimal(seen["ownWeight"]), Decimal(seen["totalWeight"])
    assert total - own == Decimal("2.334292257329") + Decimal("1.250027126899")
    assert abs(Decimal(seen["exactShare"]) - 100 * own / total) < Decimal("1e-24")
    assert int(seen["amount"]["minorUnits"]) == (await catalogue.shares(run))[nova.producer]
    assert seen["inputsSha256"] == (await catalogue.run(run)).inputs_sha256
    assert seen["adjustments"] == []
    tracks = seen["tracks"]["nodes"]
    assert seen["tracks"]["totalCount"] == 3
    assert [one["work"]["title"] for one in tracks] == ["=cmd|' /C calc'!A0", 'Night, "Drive"', "Alone"]
    assert sum(Decimal(one["weight"]) for one in tracks) == own
    assert sum(int(one["amount"]["minorUnits"]) for one in tracks) == int(seen["amount"]["minorUnits"])
    first, shared, alone = tracks
    assert (first["countedPlays"], first["creditedProducers"], first["ageMonths"]) == (
        10,
        1,
        "2.004106776180698151950718686",
    )
    assert (shared["weight"], shared["creditedProducers"], shared["ageFactor"]) == ("1.250027126899", 2, "1")
    assert Decimal(alone["weight"]) == int(alone["amount"]["minorUnits"]) == 0
    assert first["work"] == {
        "title": "=cmd|' /C calc'!A0",
        "artists": ["+Nova", "Ünï"],
        "producerName": "Nova",
    }


async def test_names_are_those_of_the_closing_and_pages_go_on(catalogue: Catalogue, nova: Beatmaker) -> None:
    await catalogue.closed()
    async with catalogue.sessions.writing() as session:
        await session.execute(update(Track).values(title="Other", title_key="other"))
    page = (await explained(catalogue, nova, first=2))["tracks"]
    assert [one["work"]["title"] for one in page["nodes"]] == ["=cmd|' /C calc'!A0", 'Night, "Drive"']
    rest = (await explained(catalogue, nova, first=2, after=page["pageInfo"]["endCursor"]))["tracks"]
    assert [one["work"]["title"] for one in rest["nodes"]] == ["Alone"]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_adjustments_stand_beside_the_share(catalogue: Catalogue, nova: Beatmaker) -> None:
    run = await catalogue.closed()
    before = await explained(catalogue, nova)
    await catalogue.paid(1000)
    await catalogue.given_back(300, "re_1")
    late, back = await catalogue.adjusted()
    seen = await explained(catalogue, nova)
    assert seen["amount"] == before["amount"]
    assert [(one["pool"]["minorUnits"], int(one["amount"]["minorUnits"])) for one in seen["adjustments"]] == [
        ("1000", (await catalogue.shares(late))[nova.producer]),
        ("-300", (await catalogue.shares(back))[nova.producer]),
    ]
    earned = [(await catalogue.shares(one))[nova.producer] for one in (run, late, back)]
    assert await catalogue.earned(nova) == [sum(earned)]


async def test_a_month_that_is_not_closed_or_not_theirs_is_explained_to_nobody(
    catalogue: Catalogue, nova: Beatmaker
) -> None:
    other = await catalogue.producer("Other")
    assert await explained(catalogue, nova) is None
    await catalogue.begun()
    assert await explained(catalogue, nova) is None
    await catalogue.closed()
    assert await explained(catalogue, other) is None
    assert await explained(catalogue, await a_listener(catalogue.sessions)) is None
    assert await catalogue.stage.fault(nova, EXPLAIN, period="May") == "BAD_REQUEST"


async def the_sheet(catalogue: Catalogue, who: Beatmaker, site: httpx.AsyncClient) -> list[dict[str, str]]:
    answer = await site.get((await explained(catalogue, who))["csv"]["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/csv; charset=utf-8; header=present",
    )
    assert answer.headers["content-disposition"] == f'attachment; filename="beatpass-pool-{MAY}.csv"'
    text = answer.content.decode()
    assert text.startswith("\ufeffRow,")
    assert "\n" not in text.replace("\r\n", "")
    names = [name.partition(" =")[0] for name in next(csv.reader(io.StringIO(text[1:])))]
    rows = list(csv.reader(io.StringIO(text[1:])))[1:]
    return [dict(zip(names, row, strict=True)) for row in rows]


async def test_a_spreadsheet_repeats_the_share_to_the_cent(
    catalogue: Catalogue, nova: Beatmaker, site: httpx.AsyncClient
) -> None:
    await catalogue.closed()
    pool, *tracks, share, whole = await the_sheet(catalogue, nova, site)
    assert (pool["Row"], pool["Amount, by largest remainder"]) == (f"Pool of {MAY}", "100.00")
    weights: dict[str, int] = {}
    for row in tracks:
        age = math.exp(-math.log(2) / 6 * (int(row["Days to the month's end"]) / 30.4375))
        heard = math.log10(1 + int(row["Counted plays in 12 months"]))
        each = age * (1 + 2 * heard / (heard + 1)) / int(row["Credited producers"])
        counts = row["Row"] == "Track"
        assert abs(each * counts - float(row["Weight"])) < 2e-12
        weights[row["Track"]] = int(Decimal(row["Weight"]).scaleb(12))
    assert Decimal(share["Weight"]) == sum(Decimal(row["Weight"]) for row in tracks)
    exact = Decimal("100.00") * Decimal(share["Weight"]) / Decimal(pool["Weight"])
    assert abs(exact - Decimal(share["Exact amount"])) < Decimal("1e-24")
    amount = Decimal(share["Amount, by largest remainder"])
    assert abs(amount - exact) < Decimal("0.01")
    parts = split(int(amount * 100), weights)
    assert [f"{parts[row['Track']] / 100:.2f}" for row in tracks] == [
        row["Amount, by largest remainder"] for row in tracks
    ]
    assert whole["Amount, by largest remainder"] == share["Amount, by largest remainder"]


async def test_no_text_of_a_spreadsheet_is_a_formula(
    catalogue: Catalogue, nova: Beatmaker, site: httpx.AsyncClient
) -> None:
    await catalogue.closed()
    _, first, second, *_ = await the_sheet(catalogue, nova, site)
    assert (first["Title"], first["Artists"]) == ("'=cmd|' /C calc'!A0", "'+Nova, Ünï")
    assert second["Title"] == 'Night, "Drive"'


async def test_a_spreadsheet_has_what_became_of_the_share(
    catalogue: Catalogue, nova: Beatmaker, site: httpx.AsyncClient
) -> None:
    await catalogue.closed()
    await catalogue.given_back(300, "re_1")
    await catalogue.adjusted()
    *_, share, later, whole = await the_sheet(catalogue, nova, site)
    amounts = [Decimal(row["Amount, by largest remainder"]) for row in (share, later, whole)]
    assert amounts[1] < 0
    assert amounts[0] + amounts[1] == amounts[2]
    assert later["Row"].startswith("Adjustment of 20")


async def test_only_addresses_of_ours_open_the_door_and_only_for_a_while(
    catalogue: Catalogue, nova: Beatmaker, site: httpx.AsyncClient
) -> None:
    run = await catalogue.closed()
    url = (await explained(catalogue, nova))["csv"]["url"]
    other = await catalogue.producer("Other")
    assert (await site.get(url.replace(nova.producer, other.producer))).status_code == 403
    assert (await site.get(url + "x")).status_code == 403
    assert (await site.get(url + "&more=1")).status_code == 403
    assert (await site.get(url.partition("?")[0])).status_code == 403
    passed = SheetLinks(catalogue.stage.settings).sheet(run, nova.producer, now() - timedelta(minutes=1))
    answer = await site.get(passed)
    assert (answer.status_code, answer.json()) == (
        403,
        {"message": "This address has expired: ask for a new one."},
    )
    assert (await site.head(url)).status_code == 200


async def a_payer(sessions: Sessions, name: str, minor: int) -> Person:
    """Whose bill of May is paid."""
    person = await a_listener(sessions, name)
    subscription = await a_plan(sessions, person)
    moment = datetime(2026, 5, 31, 12, tzinfo=UTC)
    said: dict[str, Any] = {
        "base_minor": minor,
        "total_minor": minor,
        "paid_base_minor": minor,
        "tax_minor": 0,
    }
    bill = Invoice(
        subscription_id=subscription,
        reference=name,
        number=name,
        currency=CurrencyCode.CAD,
        issued_at=moment,
        paid_at=moment,
        **said,
    )
    async with sessions.writing() as session:
        session.add(bill)
    return person


@pytest.mark.parametrize("at_once", [1, 500])
async def test_staff_see_what_another_rule_would_have_paid_and_nothing_is_written(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(simulating, "_SUBSCRIBERS_AT_ONCE", at_once)
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    new, old = await catalogue.beat(nova), await catalogue.beat(kilo, days=487, plays=1000)
    ari, bo = [
        await a_payer(catalogue.sessions, name, minor) for name, minor in (("Ari", 3000), ("Bo", 1000))
    ]
    await catalogue.paid(4000)
    await catalogue.closed()
    cy, first, before = await a_listener(catalogue.sessions, "Cy"), date(2026, 5, 1), date(2026, 4, 30)
    rows = [(ari, old, 5, LAST_DAY), (ari, old, 2, first), (ari, new, 20, before), (bo, new, 1, first)]
    async with catalogue.sessions.writing() as session:
        for who, track, plays, day in [*rows, (cy, new, 20, LAST_DAY), (bo, old, 0, LAST_DAY)]:
            heard: dict[str, Any] = {"account_id": who.account, "track_id": track, "counted": plays}
            session.add(Listening(day=day, plays=max(plays, 1), **heard))
    async with catalogue.stage.nothing_changes():
        as_paid = await simulated(catalogue)
        slower = await simulated(catalogue, half="16")
        by_listener = await simulated(catalogue, division="LISTENER_CENTRED")
    # 487 days: 0.15746...; times 2.500054253797 against 1
    assert as_paid == {nova.producer: (2870, 2870), kilo.producer: (1130, 1130)}
    assert slower == {nova.producer: (2870, 1778), kilo.producer: (1130, 2222)}
    assert by_listener == {nova.producer: (2870, 1000), kilo.producer: (1130, 3000)}


async def simulated(catalogue: Catalogue, **rule: str) -> dict[str, tuple[int, int]]:
    answer = await catalogue.stage.ask(catalogue.sam, SIMULATE, period=MAY, **rule)
    found = answer["staff"]["simulatePool"]
    assert found["pool"]["amount"] == "40.00"
    figures = {
        one["producer"]["id"]: (int(one["paid"]["minorUnits"]), int(one["simulated"]["minorUnits"]))
        for one in found["shares"]
    }
    differences = [abs(one - other) for one, other in figures.values()]
    assert differences == sorted(differences, reverse=True)
    return figures


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"half": "0"}, "OUT_OF_RANGE"),
        ({"half": "-6"}, "OUT_OF_RANGE"),
        ({"half": "1201"}, "OUT_OF_RANGE"),
        ({"period": "2026-04"}, "BAD_REQUEST"),
        ({"period": "x"}, "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_simulated_is_said(
    catalogue: Catalogue, nova: Beatmaker, given: dict[str, str], code: str
) -> None:
    await catalogue.closed()
    assert await catalogue.stage.fault(catalogue.sam, SIMULATE, **{"period": MAY, **given}) == code


async def test_staff_see_all_runs_the_latest_month_first(catalogue: Catalogue, nova: Beatmaker) -> None:
    run = await catalogue.closed()
    await catalogue.paid(1000)
    await catalogue.adjusted()
    await catalogue.begun("2026-06", key="june")
    fields = "id period sequence status pool { minorUnits } totalWeight inputsSha256 closedAt"
    seen = (await catalogue.stage.ask(catalogue.sam, f"{{ staff {{ poolRuns {{ {fields} }} }} }}"))["staff"]
    assert [
        (one["period"], one["sequence"], one["status"], one["pool"]["minorUnits"]) for one in seen["poolRuns"]
    ] == [("2026-06", 0, "OPEN", "0"), (MAY, 0, "POSTED", "10000"), (MAY, 1, "POSTED", "1000")]
    june, may, _ = seen["poolRuns"]
    assert (june["inputsSha256"], june["closedAt"]) == (None, None)
    assert (may["id"], Decimal(may["totalWeight"])) == (
        run,
        Decimal((await catalogue.run(run)).total_weight).scaleb(-12),
    )
