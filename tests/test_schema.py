"""The printed schema: what clients are written against."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from api.graphql import printed
from api.http.explorer import dated, example_operations
from tests.stage import the_schema

_FILE = Path(__file__).parents[1] / "schema" / "schema.graphql"
_RENEW = (
    "schema/schema.graphql is not what the code says. Renew it: python -m api.graphql > schema/schema.graphql"
)
_SPECIFIED = {"Boolean", "Float", "ID", "Int", "String"}
_EXAMPLES = example_operations()


@pytest.fixture(scope="module")
def committed() -> GraphQLSchema:
    return build_schema(_FILE.read_text("utf-8"))


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert printed(the_schema()) == _FILE.read_text("utf-8"), _RENEW


def test_everything_in_the_schema_is_described(committed: GraphQLSchema) -> None:
    ours = [kind for name, kind in committed.type_map.items() if not name.startswith("__")]
    bare = [path for kind in ours if kind.name not in _SPECIFIED for path in _undescribed(kind)]
    assert bare == []


def _undescribed(kind: GraphQLNamedType) -> Iterator[str]:
    yield from _bare(kind.name, kind.description)
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield from _bare(f"{kind.name}.{name}", value.description)
    if isinstance(kind, GraphQLInputObjectType):
        for name, entry in kind.fields.items():
            yield from _bare(f"{kind.name}.{name}", entry.description)
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        yield from _undescribed_fields(kind)


def _undescribed_fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
    for name, field in kind.fields.items():
        yield from _bare(f"{kind.name}.{name}", field.description)
        for argument, given in field.args.items():
            yield from _bare(f"{kind.name}.{name}({argument})", given.description)


def _bare(path: str, description: str | None) -> Iterator[str]:
    if not description or not description.strip():
        yield path


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda one: one.query.partition("\n")[0])
def test_every_example_of_the_explorer_is_valid(committed: GraphQLSchema, example: object) -> None:
    one = next(each for each in _EXAMPLES if each is example)
    assert validate(committed, parse(one.query)) == []


@pytest.mark.parametrize("today", [date(2026, 11, 29), date(2028, 2, 29), date(2031, 1, 1)])
def test_no_example_of_the_explorer_has_a_day_that_grows_old(today: date) -> None:
    for one in _EXAMPLES:
        fixed = re.sub(r'"acceptedTermsVersion": "[^"]+"', "", one.variables)  # the name of a text
        assert re.search(r"\b20\d\d-\d\d", fixed) is None, one
        for filled in re.findall(r"\b20\d\d-\d\d-\d\d", dated(fixed, today)):
            assert abs((date.fromisoformat(filled) - today).days) <= 366


def test_months_and_days_of_examples_are_those_of_the_present() -> None:
    words = '["last_month", "last_month_begins", "this_month_ends", "a_year_ago", "today", "tonight"]'
    filled = '["2026-10", "2026-10-01", "2026-11-30", "2025-11-29", "2026-11-29", "2026-11-30T00:00:00Z"]'
    assert dated(words, date(2026, 11, 29)) == filled
    assert dated('{ "period": "last_month" }', date(2027, 1, 31)) == '{ "period": "2026-12" }'


def test_there_is_an_example_for_every_area() -> None:
    text = "".join(example.query for example in _EXAMPLES)
    areas = ("me {", "signUp", "submitProducerRequest", "staff {", "reviewProducerRequest", "uploadRules")
    later = ("createUpload", "coverPresets", "createTrack", "trackChanged", "myTracksChanged", "duplicate {")
    backstage = ("backstage {", "removeOwnCredit")
    recon = ("startReconScan", "reconScanChanged", "reconMatches", "triageReconMatch", "reconScans")
    requests = ("openBeatRequest", "submitToBeatRequest", "matchesForMe", "beatRequestMatched")
    licences = ("licenseTrack", "licences(", "verifyLicence")
    pool = ("poolExplanation", "simulatePool", "metric: EARNINGS")
    accounts = ("verifyEmail", "resetPassword", "updateAccount", "endOtherSessions")
    everything = areas + later + recon + backstage + requests + licences + pool + accounts
    assert [area for area in everything if area not in text] == []
