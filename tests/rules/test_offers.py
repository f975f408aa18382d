"""D-40 and D-42: how a track is offered."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalog.offers import ExclusiveProposal, TermsOfOffer, checked_offer
from api.refusals import Problems, TermsAreNotCurrent
from api.terms import LICENCE
from db.vocabulary import (
    AudioFormat,
    CurrencyCode,
    ExclusiveAvailability,
    LicencePermission,
    LicensingModel,
)
from tests.rules.judging import problems_of

WITH_EXCLUSIVE = [LicensingModel.STANDARD_AND_EXCLUSIVE, LicensingModel.EXCLUSIVE_ONLY]
PERCENT = st.decimals(0, 100, places=2)


def a_proposal(**different: Any) -> ExclusiveProposal:
    usual: dict[str, Any] = {
        "availability": ExclusiveAvailability.AVAILABLE,
        "contact_email": "buy@nova.test",
        "accepted_terms_version": LICENCE.current,
        "price_amount": Decimal("299.00"),
        "price_currency": CurrencyCode.USD,
    }
    return ExclusiveProposal(**(usual | different))


def found(
    exclusive: ExclusiveProposal | None, model: LicensingModel = LicensingModel.EXCLUSIVE_ONLY
) -> list[tuple[str, str]]:
    return problems_of(lambda problems: checked_offer(problems, model, exclusive))


def columns(**different: Any) -> dict[str, Any]:
    problems = Problems()
    taken = checked_offer(problems, LicensingModel.EXCLUSIVE_ONLY, a_proposal(**different))
    assert problems.found == []
    return taken


def under(place: str, code: str) -> list[tuple[str, str]]:
    return [(f"licensing.exclusive{place}", code)]


def test_a_standard_offer_is_just_that() -> None:
    problems = Problems()
    assert checked_offer(problems, LicensingModel.STANDARD, None) == {
        "licensing_model": LicensingModel.STANDARD
    }
    assert problems.found == []


def test_a_standard_offer_with_an_exclusive_is_refused() -> None:
    assert found(a_proposal(), LicensingModel.STANDARD) == under("", "MALFORMED")


@pytest.mark.parametrize("model", WITH_EXCLUSIVE)
def test_the_other_models_need_an_exclusive(model: LicensingModel) -> None:
    assert found(None, model) == under("", "REQUIRED")
    assert found(a_proposal(), model) == []


def test_an_exclusive_is_stored_in_cents_with_the_terms_that_were_reviewed() -> None:
    assert columns() == {
        "licensing_model": LicensingModel.EXCLUSIVE_ONLY,
        "exclusive_availability": ExclusiveAvailability.AVAILABLE,
        "accepted_terms_version": LICENCE.current,
        "contact_email": "buy@nova.test",
        "exclusive_price_minor": 29_900,
        "exclusive_currency": CurrencyCode.USD,
        "exclusive_terms": None,
    }


def test_all_problems_of_an_exclusive_are_found_at_once() -> None:
    wrong = a_proposal(
        availability=ExclusiveAvailability.SOLD,
        contact_email="nobody",
        accepted_terms_version="1999-01-01",
        price_amount=Decimal("0.99"),
        terms={"territory": " ", "royalty_percent": Decimal(101)},
    )
    assert found(wrong) == [
        ("licensing.exclusive.availability", "UNKNOWN_VALUE"),
        ("licensing.exclusive.accepted_terms_version", "TERMS_CHANGED"),
        ("licensing.exclusive.contact_email", "MALFORMED"),
        ("licensing.exclusive.price.amount", "OUT_OF_RANGE"),
        ("licensing.exclusive.terms.territory", "REQUIRED"),
        ("licensing.exclusive.terms.royalty_percent", "OUT_OF_RANGE"),
    ]


def test_old_terms_are_answered_with_the_current_ones() -> None:
    problems = Problems()
    checked_offer(problems, LicensingModel.EXCLUSIVE_ONLY, a_proposal(accepted_terms_version="old"))
    [refusal] = problems.found
    assert isinstance(refusal, TermsAreNotCurrent)
    assert refusal.current
    assert refusal.current.version == LICENCE.current


def test_only_a_private_offer_goes_without_a_price() -> None:
    none = {"price_amount": None, "price_currency": None}
    assert found(a_proposal(**none)) == under(".price", "REQUIRED")
    private = columns(availability=ExclusiveAvailability.PRIVATE, **none)
    assert "exclusive_price_minor" not in private


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_price_is_from_1_to_700000_with_two_decimals_at_most(amount: Decimal) -> None:
    problems = found(a_proposal(price_amount=amount))
    if not 1 <= amount <= 700_000:
        assert problems == under(".price.amount", "OUT_OF_RANGE")
    elif amount * 100 != int(amount * 100):
        assert problems == under(".price.amount", "MALFORMED")
    else:
        assert columns(price_amount=amount)["exclusive_price_minor"] == amount * 100


@given(PERCENT, PERCENT)
def test_shares_of_publishing_sum_to_100(producer: Decimal, licensee: Decimal) -> None:
    terms = {"producer_share_percent": producer, "licensee_share_percent": licensee}
    fair = producer + licensee == 100
    expected = [] if fair else under(".terms.licensee_share_percent", "OUT_OF_RANGE")
    assert found(a_proposal(terms=terms)) == expected


@given(PERCENT)
def test_the_share_that_is_missing_is_suggested(producer: Decimal) -> None:
    problems = Problems()
    offer = a_proposal(terms={"producer_share_percent": producer})
    checked_offer(problems, LicensingModel.EXCLUSIVE_ONLY, offer)
    suggested = [getattr(problem, "suggestion", None) for problem in problems.found]
    assert suggested == ([] if producer == 20 else [str(100 - producer)])


def test_a_use_granted_twice_is_refused_where_it_stands() -> None:
    twice = [LicencePermission.STREAMING, LicencePermission.BROADCAST, LicencePermission.STREAMING]
    assert found(a_proposal(terms={"permissions": twice})) == under(".terms.permissions.2", "REPEATED")


def test_an_exclusive_delivers_something() -> None:
    assert found(a_proposal(terms={"delivered_files": []})) == under(".terms.delivered_files", "REQUIRED")


def test_terms_are_read_back_as_they_were_written() -> None:
    terms = {
        "producer_share_percent": Decimal("35.5"),
        "licensee_share_percent": Decimal("64.5"),
        "royalty_percent": Decimal("2E+1"),
        "territory": "Canada",
        "permissions": [LicencePermission.STREAMING],
        "delivered_files": [AudioFormat.WAV],
    }
    read = TermsOfOffer.stored(columns(terms=terms)["exclusive_terms"])
    assert (read.producer_share_percent, read.licensee_share_percent) == (Decimal("35.5"), Decimal("64.5"))
    assert (str(read.royalty_percent), read.territory, read.governing_law) == (
        "20",
        "Canada",
        "Ontario, Canada",
    )
    assert (read.permissions, read.delivered_files) == ((LicencePermission.STREAMING,), (AudioFormat.WAV,))


def test_the_defaults_are_those_of_the_rule_book() -> None:
    terms = TermsOfOffer.stored(None)
    shares = (terms.producer_share_percent, terms.licensee_share_percent, terms.royalty_percent)
    assert shares == (Decimal(20), Decimal(80), Decimal(3))
