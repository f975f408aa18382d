"""D-81: the list of personal data names every table and column, so that nobody adds one and forgets what becomes of it."""

from collections import Counter

import pytest
from sqlalchemy import Column, MetaData, String, Table

from api.privacy.readme import README
from db.models.all import METADATA
from db.personal.all import AREAS, HOLDINGS
from db.personal.holding import Holding
from db.personal.house import NOBODYS


def _named(metadata: MetaData) -> dict[str, dict[str, int]]:
    """How often the list names each column there is."""
    named = {table: Counter(holding.columns) for table, holding in HOLDINGS.items()}
    return {
        table.name: {column.name: named.get(table.name, Counter())[column.name] for column in table.columns}
        for table in metadata.sorted_tables
    }


def test_every_column_is_named_once() -> None:
    wrong = {
        (table, column): times
        for table, columns in _named(METADATA).items()
        for column, times in columns.items()
        if times != 1
    }
    assert wrong == {}


def test_nothing_is_named_that_is_not_there() -> None:
    there = {table.name: set(table.columns.keys()) for table in METADATA.sorted_tables}
    strange = {
        (table, column)
        for table, holding in HOLDINGS.items()
        for column in [*holding.columns, *holding.shown.split(), *(way[0] for way in holding.ways)]
        if column not in there.get(table, set())
    }
    assert strange == set()


def test_a_table_that_somebody_adds_is_missed() -> None:
    grown = MetaData()
    Table("diary", grown, Column("secret", String))
    assert _named(grown) == {"diary": {"secret": 0}}


def test_each_table_stands_in_one_area_or_is_the_houses() -> None:
    times = Counter(table for area in AREAS.values() for table in area) + Counter(list(NOBODYS))
    assert set(times.values()) == {1}
    assert set(times) == set(HOLDINGS)


def test_ways_lead_to_a_person() -> None:
    roots = {"account", "producer"}
    known = roots | {table for table, holding in HOLDINGS.items() if holding.ways}
    lost = {
        (table, what)
        for table, holding in HOLDINGS.items()
        for _, what in holding.ways
        if what.partition(".")[0] not in known
    }
    assert lost == set()


def test_what_becomes_null_may_be_null() -> None:
    columns = {table.name: table.columns for table in METADATA.sorted_tables}
    stubborn = [
        (table, column)
        for table, holding in HOLDINGS.items()
        for column in holding.erased.split()
        if not columns[table][column].nullable
    ]
    assert stubborn == []


def test_rows_that_go_need_no_other_fate() -> None:
    doubtful = [
        table
        for table, holding in HOLDINGS.items()
        if holding.goes and (holding.erased or holding.replaced or holding.kept or holding.by_verb)
    ]
    assert doubtful == []


@pytest.mark.parametrize("secret", ["password_hash", "token_sha256"])
def test_no_secret_is_exported(secret: str) -> None:
    assert [table for table, holding in HOLDINGS.items() if secret in holding.shown.split()] == []


def test_sections_are_told_apart() -> None:
    sections = [holding.section for area in AREAS.values() for holding in area.values() if holding.section]
    assert len(sections) == len(set(sections))


def test_a_column_that_stands_twice_is_found() -> None:
    twice = Holding(of="id:account", erased="note", plain="id note")
    assert Counter(twice.columns)["note"] == 2


def test_the_first_page_of_an_archive_names_every_folder() -> None:
    folders = {line.split("/")[0].strip() for line in README.splitlines() if line.startswith("  ")}
    assert folders == {*AREAS, "certificates", "pictures", "audio", "attachments"}
