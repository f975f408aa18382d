"""D-42: the agreement says what the offer says, and its hash names these very letters."""

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.licensing.agreements import AgreementFacts, agreement_text, sha256_of
from api.terms import LICENCE

FACTS: Final = AgreementFacts(
    title="Night Drive",
    artists=["Nova", "Ari"],
    audio_sha256="ab" * 32,
    producer="Nova Keys",
    licensee="Lee",
    terms_version=LICENCE.current,
    exclusive={},
    price_minor=29_900,
    currency="USD",
)
STANDARD: Final = replace(FACTS, exclusive=None, price_minor=None, currency=None)
OTHERS: Final[dict[str, Any]] = {
    "title": "Night Ride",
    "artists": ["Nova"],
    "audio_sha256": "cd" * 32,
    "producer": "Nova",
    "licensee": None,
    "terms_version": "2026-11-01",
    "exclusive": {"territory": "Canada"},
    "price_minor": 29_901,
    "currency": "EUR",
}


def particulars(facts: AgreementFacts) -> dict[str, str]:
    rows = [line for line in agreement_text(facts).splitlines() if line.startswith("| ") and line != "| | |"]
    return dict(line.strip("| ").split(" | ", 1) for line in rows)


def test_an_exclusive_agreement_says_all_that_was_agreed() -> None:
    changes = {
        "producer_share_percent": "35.5",
        "licensee_share_percent": "64.5",
        "royalty_percent": "0",
        "territory": "Canada",
        "governing_law": "Ireland",
        "permissions": ["STREAMING", "BROADCAST"],
        "delivered_files": ["WAV"],
    }
    assert particulars(replace(FACTS, exclusive=changes)) == {
        "Work": "“Night Drive”",
        "Artists": "Nova, Ari",
        "Recording, SHA-256": "ab" * 32,
        "Producer": "Nova Keys",
        "Licensee": "Lee",
        "Price": "299.00 USD",
        "Publishing": "35.5 % producer, 64.5 % licensee",
        "Royalty": "0 % of net income, to the producer",
        "Territory": "Canada",
        "Term": "Perpetual",
        "Governing law": "Ireland",
        "Permitted uses": "Streaming services; Broadcast on radio and television",
        "Not permitted": "Performance for profit; Registration with Content ID and its like",
        "Files": "WAV as uploaded",
        "Earlier licences": "None",
        "Licence terms": f"BeatPass, version {LICENCE.current}; see the annex",
    }


def test_an_exclusive_agreement_says_how_many_standard_licences_stay() -> None:
    shown = particulars(replace(FACTS, standard_licences=3))
    assert shown["Earlier licences"] == "3 standard licences, which stay valid"


def test_what_nobody_said_is_the_default() -> None:
    shown = particulars(FACTS)
    assert shown["Publishing"] == "20 % producer, 80 % licensee"
    assert (shown["Royalty"], shown["Territory"], shown["Governing law"]) == (
        "3 % of net income, to the producer",
        "Worldwide",
        "Ontario, Canada",
    )
    assert "Not permitted" not in shown
    assert shown["Files"] == "WAV as uploaded, MP3 of 320 kbit/s"


def test_nothing_granted_is_said_so() -> None:
    shown = particulars(replace(FACTS, exclusive={"permissions": [], "delivered_files": []}))
    assert (shown["Permitted uses"], shown["Files"]) == ("None of those that can be granted", "None")


def test_who_is_not_known_yet_and_what_is_not_agreed_is_said_so() -> None:
    shown = particulars(replace(FACTS, licensee=None, price_minor=None, currency=None))
    assert (shown["Licensee"], shown["Price"]) == ("Whoever completes the purchase", "As the two agree")


def test_a_standard_agreement_has_no_price_of_its_own() -> None:
    text = agreement_text(STANDARD)
    assert text.startswith("# Standard licence agreement\n")
    assert particulars(STANDARD)["Price"] == "Covered by the licensee's plan"
    assert "- Live performances up to 50 attendees." in text


@pytest.mark.parametrize("version", ["2026-11-01", "2026-11-28"])
def test_the_terms_that_were_accepted_are_its_annex_to_the_letter(version: str) -> None:
    text = agreement_text(replace(FACTS, terms_version=version))
    found = LICENCE.of(version)
    assert found
    annex = text[text.index("## Annex: ") :].replace("## Annex: ", "## ", 1).replace("##", "#")
    assert annex == found.markdown


def test_the_same_facts_are_the_same_text() -> None:
    again = AgreementFacts.read(FACTS.written)
    assert again == FACTS
    assert sha256_of(agreement_text(again)) == sha256_of(agreement_text(FACTS))


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_fact_is_another_text(name: str) -> None:
    different = replace(FACTS, **{name: OTHERS[name]})
    assert sha256_of(agreement_text(different)) != sha256_of(agreement_text(FACTS))


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_no_name_adds_a_line_to_the_particulars(title: str, licensee: str) -> None:
    text = agreement_text(replace(FACTS, title=title, licensee=licensee))
    assert len(text.splitlines()) == len(agreement_text(FACTS).splitlines())
    assert text.count("\n| ") == agreement_text(FACTS).count("\n| ")


def test_a_name_is_taken_for_no_markdown() -> None:
    shown = particulars(replace(FACTS, licensee="*Lee* | # `x`"))
    assert shown["Licensee"] == r"\*Lee\* \| \# \`x\`"
