"""D-52: what a track contributes, and how a pool is divided by it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pool.contribution import (
    Facts,
    age_factor,
    age_months,
    days_old,
    exact_share,
    listening_factor,
    to_decimal,
    units,
    weight,
)
from api.pool.dividing import Weighed, divide, shares_of
from db.ids import ProducerId, TrackId
from db.months import Month
from db.vocabulary import LicensingModel

LAST_DAY = date(2026, 5, 31)
STANDARD, BOTH, EXCLUSIVE = LicensingModel
AGES, PLAYS, CREDITED = st.integers(0, 20_000), st.integers(0, 10**9), st.integers(1, 12)


def of(*, days: int = 0, plays: int = 0, credited: int = 1, model: LicensingModel = STANDARD) -> Facts:
    return Facts(days, plays, credited, model)


@pytest.mark.parametrize(
    ("plays", "known", "exact"),
    [
        (0, "1.000", "1.000000000000"),
        (10, "2.020", "2.020276689272"),
        (100, "2.334", "2.334292257329"),
        (1000, "2.500", "2.500054253797"),
    ],
)
def test_known_values_at_age_0(plays: int, known: str, exact: str) -> None:
    found = weight(of(plays=plays))
    assert (found, found.quantize(Decimal("0.001"))) == (Decimal(exact), Decimal(known))


def test_age_is_in_months_of_30_4375_days_to_28_digits() -> None:
    assert age_months(31) == Decimal("1.018480492813141683778234086")
    assert age_factor(0) == 1
    assert age_factor(31) == Decimal("0.8889987226206224758021040270")


def test_a_half_is_left_after_six_months_and_a_quarter_after_twelve() -> None:
    half, quarter = age_factor(1461), age_factor(2922)  # 48 and 96 months: eight and sixteen half-lives
    assert abs(half - Decimal(1) / 2**8) < Decimal("1e-26")
    assert abs(quarter - Decimal(1) / 2**16) < Decimal("1e-26")


def test_credited_producers_each_have_the_quotient() -> None:
    assert weight(of(credited=3)) == Decimal("0.333333333333")
    assert weight(of(credited=7, plays=10)) == Decimal("0.288610955610")


def test_what_is_sold_exclusively_alone_contributes_nothing() -> None:
    assert [weight(of(plays=1000, model=model)) > 0 for model in (STANDARD, BOTH, EXCLUSIVE)] == [
        True,
        True,
        False,
    ]


def test_days_are_those_of_utc_from_publication_to_the_last_of_the_month() -> None:
    assert days_old(datetime(2026, 5, 31, 23, 59, tzinfo=UTC), LAST_DAY) == 0
    assert days_old(datetime(2026, 5, 31, 0, 0, tzinfo=UTC), LAST_DAY) == 0
    assert days_old(datetime(2026, 5, 30, 23, 59, tzinfo=UTC), LAST_DAY) == 1
    assert days_old(datetime(2025, 5, 31, tzinfo=UTC), LAST_DAY) == 365


def test_nobodys_settings_of_decimals_change_a_figure() -> None:
    usual = weight(of(days=1234, plays=5678, credited=3)), exact_share(10_001, 7, 9)
    age_factor.cache_clear()
    listening_factor.cache_clear()
    with localcontext() as settings:
        settings.prec = 5
        assert getcontext().prec == 5
        assert (weight(of(days=1234, plays=5678, credited=3)), exact_share(10_001, 7, 9)) == usual


@given(AGES, PLAYS, PLAYS, CREDITED)
def test_more_plays_never_contribute_less(days: int, one: int, other: int, credited: int) -> None:
    fewer, more = sorted((one, other))
    assert units(of(days=days, plays=fewer, credited=credited)) <= units(
        of(days=days, plays=more, credited=credited)
    )


@given(st.integers(0, 10**6))
def test_a_play_more_contributes_more(plays: int) -> None:
    assert listening_factor(plays) < listening_factor(plays + 1) < 3


@given(AGES, PLAYS, CREDITED)
def test_a_weight_is_between_0_and_3(days: int, plays: int, credited: int) -> None:
    assert 0 <= weight(of(days=days, plays=plays, credited=credited)) < 3
    assert age_factor(days) > 0


@given(st.integers(0, 3000), PLAYS)
def test_a_day_older_contributes_less(days: int, plays: int) -> None:
    assert age_factor(days + 1) < age_factor(days)
    assert units(of(days=days + 1, plays=plays)) < units(of(days=days, plays=plays))


@given(AGES, PLAYS, CREDITED)
def test_all_who_are_credited_together_have_the_track(days: int, plays: int, credited: int) -> None:
    alone, each = units(of(days=days, plays=plays)), units(of(days=days, plays=plays, credited=credited))
    assert abs(alone - credited * each) <= credited


PRODUCERS = [ProducerId(f"pro_{letter}") for letter in "abcdef"]


@st.composite
def catalogues(draw: st.DrawFn) -> list[Weighed]:
    """Some tracks of some producers."""
    tracks: list[Weighed] = []
    for number in range(draw(st.integers(1, 12))):
        producers = draw(st.lists(st.sampled_from(PRODUCERS), min_size=1, max_size=4, unique=True))
        published = datetime(2026, 5, 31, tzinfo=UTC) - timedelta(days=draw(st.integers(0, 2000)))
        model = draw(st.sampled_from(LicensingModel))
        tracks.append(
            Weighed(TrackId(f"trk_{number}"), published, model, draw(st.integers(0, 10**6)), producers)
        )
    return tracks


@given(catalogues(), st.integers(0, 10**9), st.randoms())
def test_the_order_of_tracks_changes_nothing(tracks: list[Weighed], minor: int, random: object) -> None:
    shuffled = list(tracks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] -- a Random
    one, other = divide(minor, tracks, LAST_DAY), divide(minor, shuffled, LAST_DAY)
    assert (one, one.sha256) == (other, other.sha256)


@given(catalogues(), st.integers(0, 10**9))
def test_shares_are_the_pool_and_lines_the_shares_to_the_cent(tracks: list[Weighed], minor: int) -> None:
    made = divide(minor, tracks, LAST_DAY)
    assert sum(one.amount_minor for one in made.shares) == (minor if made.shares else 0)
    for share in made.shares:
        lines = [line for line in made.lines if line.producer_id == share.producer_id]
        assert sum(line.amount_minor for line in lines) == share.amount_minor
        assert sum(line.weight for line in lines) == share.weight
        exact = Fraction(minor * share.weight, made.total_weight)
        assert abs(share.amount_minor - exact) < 1


@given(st.integers(-(10**9), -1), st.lists(st.integers(1, 3 * 10**12), min_size=1, max_size=6))
def test_what_is_taken_back_is_shared_as_what_is_given(minor: int, weights: list[int]) -> None:
    named = dict(zip(PRODUCERS, weights, strict=False))
    taken, given_out = shares_of(minor, named), shares_of(-minor, named)
    assert sum(one.amount_minor for one in taken) == minor
    assert [-one.amount_minor for one in taken] == [one.amount_minor for one in given_out]


def test_nobody_with_a_weight_has_a_share() -> None:
    track = Weighed(TrackId("trk_a"), datetime(2026, 5, 1, tzinfo=UTC), EXCLUSIVE, 9, PRODUCERS[:1])
    made = divide(100, [track], LAST_DAY)
    assert (made.shares, made.lines, made.total_weight) == ((), (), 0)


def test_a_weight_reads_as_it_is_kept() -> None:
    assert to_decimal(2_500_054_253_797) == Decimal("2.500054253797")


@pytest.mark.parametrize(
    "named",
    [
        "2026-13",
        "2026-00",
        "2026-5",
        "26-05",
        "",
        "2026-05-01",
        "\u0662\u0660\u0662\u0666-05",
        "0001-01",
        "9999-12",
    ],
)
def test_what_is_no_month_is_none(named: str) -> None:
    assert Month.named(named) is None


def test_a_month_knows_its_days() -> None:
    december = Month.named("2025-12")
    assert december
    assert (december.first_day, december.last_day) == (date(2025, 12, 1), date(2025, 12, 31))
    assert (december.begins_at, december.ends_at) == (
        datetime(2025, 12, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert (december.heard_from, december.following.name, december.before.name) == (
        date(2025, 1, 1),
        "2026-01",
        "2025-11",
    )
    assert Month.of(datetime(2026, 1, 1, 0, 30, tzinfo=UTC)).name == "2026-01"
