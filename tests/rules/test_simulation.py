"""What a closed month would have paid by another rule, by hand."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from api.pool.contribution import HALF_LIFE_MONTHS, play_units
from api.pool.dividing import Weighed, divide, facts_of, weights_of
from api.pool.simulation import Heard, ListenerCentred, Rule, pooled
from db.ids import AccountId, ProducerId, TrackId
from db.vocabulary import LicensingModel

LAST_DAY = date(2026, 5, 31)
RULE = Rule(LAST_DAY, HALF_LIFE_MONTHS)
NOVA, KILO, OLGA = (ProducerId(f"pro_{name}") for name in ("a_nova", "b_kilo", "c_olga"))
ARI, BO, CY = (AccountId(f"acc_{name}") for name in ("ari", "bo", "cy"))


def a_beat(name: str, *producers: ProducerId, days: int = 0, plays: int = 0) -> Weighed:
    published = datetime(2026, 5, 31, 12, tzinfo=UTC) - timedelta(days=days)
    return Weighed(TrackId(f"trk_{name}"), published, LicensingModel.STANDARD, plays, list(producers))


def heard(who: AccountId, name: str, plays: int) -> Heard:
    return who, plays, [TrackId(f"trk_{name}")]


def listener_centred(
    minor: int, tracks: list[Weighed], rule: Rule, paid: dict[AccountId, int], listened: list[Heard]
) -> dict[ProducerId, int]:
    reckoning = ListenerCentred(minor, tracks, rule, paid)
    reckoning.share(listened)
    return reckoning.division()


def test_pooled_by_the_same_half_life_is_what_was_paid() -> None:
    tracks = [a_beat("a", NOVA, plays=77), a_beat("b", KILO, days=200), a_beat("c", NOVA, OLGA, days=9)]
    paid = {one.producer_id: one.amount_minor for one in divide(9_999, tracks, LAST_DAY).shares}
    assert pooled(9_999, tracks, RULE) == paid


def test_a_shorter_half_life_favours_what_is_new() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO, days=487)]  # 16 months
    assert pooled(10_000, tracks, Rule(LAST_DAY, Decimal(16))) == {NOVA: 6667, KILO: 3333}
    assert pooled(10_000, tracks, Rule(LAST_DAY, Decimal(4))) == {NOVA: 9412, KILO: 588}


def test_each_listeners_money_goes_to_whom_they_heard() -> None:
    tracks = [a_beat("a", NOVA, plays=10**6), a_beat("b", KILO), a_beat("c", KILO, OLGA)]
    listened = [heard(ARI, "a", 3), heard(ARI, "b", 1), heard(BO, "c", 1)]
    # Ari's 20.00: three quarters to Nova, one to Kilo; Bo's 40.00: to Kilo and Olga equally
    assert listener_centred(6000, tracks, RULE, {ARI: 2000, BO: 4000}, listened) == {
        NOVA: 1500,
        KILO: 2500,
        OLGA: 2000,
    }


def test_what_is_old_counts_less_of_what_somebody_heard() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO, days=487)]
    listened = [heard(ARI, "a", 2), heard(ARI, "b", 4)]
    assert listener_centred(3000, tracks, Rule(LAST_DAY, Decimal(16)), {ARI: 2900}, listened) == {
        NOVA: 1500,
        KILO: 1500,
    }


def test_money_of_who_heard_nothing_is_pooled() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO)]
    paid = {ARI: 1000, BO: 2000}
    assert listener_centred(3000, tracks, RULE, paid, [heard(ARI, "a", 5)]) == {NOVA: 2000, KILO: 1000}


def test_what_contributes_nothing_was_not_heard() -> None:
    alone = a_beat("x", OLGA)._replace(licensing_model=LicensingModel.EXCLUSIVE_ONLY)
    tracks = [a_beat("a", NOVA), alone]
    listened = [heard(ARI, "x", 9), heard(ARI, "gone", 9)]
    assert listener_centred(3000, tracks, RULE, {ARI: 1000}, listened) == {NOVA: 3000}


def test_who_heard_and_did_not_pay_moves_nothing() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO)]
    assert listener_centred(100, tracks, RULE, {ARI: 1}, [heard(ARI, "a", 1), heard(CY, "b", 9)]) == {
        NOVA: 100
    }


def test_where_nobody_is_known_to_have_paid_all_of_it_is_pooled() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO)]
    assert listener_centred(100, tracks, RULE, {}, [heard(ARI, "a", 1)]) == {NOVA: 50, KILO: 50}


def test_nobody_with_a_weight_gets_nothing() -> None:
    assert listener_centred(100, [], RULE, {ARI: 100}, [heard(ARI, "a", 1)]) == {}


def test_several_tracks_of_a_row_count_as_often_as_they_are_there() -> None:
    tracks = [a_beat("a", NOVA), a_beat("b", KILO)]
    [a, b] = (one.track_id for one in tracks)
    assert listener_centred(600, tracks, RULE, {ARI: 1}, [(ARI, 2, [a, b, a]), (ARI, 3, [b])]) == {
        NOVA: 267,
        KILO: 333,
    }


def test_listeners_are_shared_out_some_at_a_time_or_all_at_once() -> None:
    tracks = [a_beat("a", NOVA, days=33), a_beat("b", KILO, NOVA, plays=9), a_beat("c", OLGA, days=900)]
    paid = {ARI: 2900, BO: 4500, CY: 5900}
    rows = [heard(ARI, "a", 3), heard(ARI, "b", 1), heard(BO, "b", 7), heard(CY, "c", 2), heard(CY, "a", 1)]
    apart = ListenerCentred(99_999, tracks, RULE, paid)
    for some in (rows[:2], [], rows[2:3], rows[3:]):
        apart.share(some)
    assert apart.division() == listener_centred(99_999, tracks, RULE, paid, rows)


@given(
    st.integers(1, 10**8),
    st.dictionaries(st.sampled_from([ARI, BO, CY]), st.integers(1, 10_000), min_size=1),
    st.lists(st.tuples(st.sampled_from([ARI, BO, CY]), st.sampled_from("abc"), st.integers(1, 500))),
)
def test_it_is_what_fractions_say(
    minor: int, paid: dict[AccountId, int], listened: list[tuple[AccountId, str, int]]
) -> None:
    tracks = [a_beat("a", NOVA, days=33), a_beat("b", KILO, NOVA, plays=9), a_beat("c", OLGA, days=900)]
    rows = [heard(who, name, plays) for who, name, plays in listened]
    exact = by_fractions(minor, tracks, paid, listened)
    for producer, given_to in listener_centred(minor, tracks, RULE, paid, rows).items():
        assert abs(given_to - exact[producer]) < 1


def by_fractions(
    minor: int, tracks: list[Weighed], paid: dict[AccountId, int], listened: list[tuple[AccountId, str, int]]
) -> dict[ProducerId, Fraction]:
    """The rule as it is told, a listener after the other, and nothing rounded but weights."""
    due: dict[ProducerId, Fraction] = defaultdict(Fraction)
    pooled_weights = weights_of(tracks, LAST_DAY, HALF_LIFE_MONTHS)
    for account, money in paid.items():
        weights: dict[ProducerId, int] = defaultdict(int)
        for track in tracks:
            often = sum(
                plays for who, name, plays in listened if (who, f"trk_{name}") == (account, track.track_id)
            )
            for producer in track.producers:
                weights[producer] += often * play_units(facts_of(track, LAST_DAY), HALF_LIFE_MONTHS)
        parts = weights if any(weights.values()) else pooled_weights
        for producer, weight in parts.items():
            due[producer] += Fraction(minor * money * weight, sum(paid.values()) * sum(parts.values()))
    return due


@given(
    st.integers(0, 10**8),
    st.dictionaries(st.sampled_from([ARI, BO, CY]), st.integers(1, 10_000)),
    st.lists(st.tuples(st.sampled_from([ARI, BO, CY]), st.sampled_from("abc"), st.integers(1, 500))),
)
def test_the_whole_pool_is_divided_to_the_cent(
    minor: int, paid: dict[AccountId, int], listened: list[tuple[AccountId, str, int]]
) -> None:
    tracks = [a_beat("a", NOVA, days=33), a_beat("b", KILO, NOVA, plays=9), a_beat("c", OLGA, days=900)]
    rows = [heard(who, name, plays) for who, name, plays in listened]
    assert sum(listener_centred(minor, tracks, RULE, paid, rows).values()) == minor
