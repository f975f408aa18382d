"""Handles, applications, e-mails, folded text and ids."""

import string
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.rules import checked_email, email_key, known_keys
from api.gateways.mail import Mail, written
from api.mailboxes import LONGEST_ADDRESS
from api.producers.handles import handle_for
from api.producers.rules import checked_application
from api.refusals import Problems, Refused
from api.texts import checked_text
from db.folding import folded
from db.ids import new_id, prefix_of
from tests.rules.judging import problems_of, refused_by

GOOD: dict[str, str | None] = {
    "producer_name": "Nova Keys",
    "beats_url": "https://soundcloud.com/nova",
    "first_name": "Nova",
    "last_name": "Keys",
    "instagram": None,
    "label": None,
}
_LETTER: Final = Mail(
    "ntf_1", "Ari", "ari@beatpass.test", "S", "P", "<p>H</p>", datetime(2026, 11, 24, tzinfo=UTC)
)


def found(**different: str | None) -> list[tuple[str, str]]:
    application = GOOD | different
    return problems_of(lambda problems: checked_application(problems, application))


def test_a_good_application_is_taken_without_blanks_around_its_words() -> None:
    taken = checked_application(
        Problems(), GOOD | {"producer_name": "  Nova  Keys ", "instagram": "@nova.keys", "label": " "}
    )
    assert (taken.producer_name, taken.instagram, taken.label) == ("Nova Keys", "nova.keys", None)


def test_everything_missing_is_told_at_once() -> None:
    nothing = dict.fromkeys(GOOD, None)
    needed = ("producer_name", "beats_url", "first_name", "last_name")
    assert found(**nothing) == [(name, "REQUIRED") for name in needed]


def test_everything_wrong_is_told_at_once() -> None:
    wrong = {
        "producer_name": "x" * 61,
        "beats_url": "ftp://x.y",
        "instagram": "no spaces",
        "label": "x" * 101,
    }
    assert found(**wrong) == [
        ("producer_name", "TOO_LONG"),
        ("beats_url", "MALFORMED"),
        ("instagram", "MALFORMED"),
        ("label", "TOO_LONG"),
    ]


@pytest.mark.parametrize(
    "address", ["nova", "https://localhost", "https://[", "javascript:alert(1)", "https://"]
)
def test_a_link_must_be_the_address_of_a_public_page(address: str) -> None:
    assert found(beats_url=address) == [("beats_url", "MALFORMED")]


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Nova Keys", "nova-keys"),
        ("BEYONCÉ!", "beyonce"),
        ("夜", "producer"),
        ("--a--", "a"),
        ("admin", "admin-2"),
    ],
)
def test_a_handle_looks_like_its_name(name: str, handle: str) -> None:
    assert handle_for(name, ()) == handle


def test_a_taken_handle_is_counted_on() -> None:
    assert handle_for("Nova", {"nova"}) == "nova-2"
    assert handle_for("Nova", {"nova", "nova-2", "nova-4"}) == "nova-3"


@given(st.text(max_size=60), st.integers(0, 8))
def test_a_handle_is_always_free_and_fits_its_column(name: str, taken: int) -> None:
    known: set[str] = set()
    for _ in range(taken + 1):
        handle = handle_for(name, known)
        assert handle not in known
        assert len(handle) <= 40
        assert set(handle) <= {*string.ascii_lowercase, *string.digits, "-"}
        known.add(handle)


@pytest.mark.parametrize("email", ["a@b.ca", " Nova@Beat.Pass ", "n+1@beat-pass.example"])
def test_an_email_is_taken_without_blanks_around_it(email: str) -> None:
    assert checked_email(email) == email.strip()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nova",
        "a@b",
        "a@@b.ca",
        "a b@c.ca",
        "a\x00@b.ca",
        "a@b.c",
        "x" * 65 + "@b.ca",
        "ö" * 33 + "@b.ca",
        "a..b@c.ca",
        ".a@b.ca",
        "a.@b.ca",
        "<script>@b.ca",
        '"a b"@c.ca',
        "a,b@c.ca",
        "a@-x.org",
        "a@x-.org",
        "a@x_y.org",
        "a@b..ca",
        "a@b.ca.",
        "a@[192.0.2.1]",
        "a@192.0.2.1",
        "a@b.42",
        f"a@{'b' * 64}.ca",
        "bomb@example.org\u200b",
        "bomb@exam\u00adple.org",
        "bo\u200bmb@example.org",
        "bomb\u2060@example.org",
        "bomb\u00a0@example.org",
        "bomb\ufe0f@example.org",
        "bomb\u3164@example.org",
        "bomb\u2800@example.org",
        "bo\u3002mb@example.org",
        "bo\uff20mb@example.org",
        "bomb@example.org\u202e",
        "bomb@exa\uff0fmple.org",
        "bomb@\U0001f4a3.org",
        f"a@{'b' * 250}.ca",
    ],
)
def test_what_cannot_be_an_email_is_refused(email: str) -> None:
    assert [refusal.code for refusal in refused_by(lambda: checked_email(email))] == ["MALFORMED"]


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [
        (" Nova@Beat.Pass ", "nova@beat.pass", "Nova@Beat.Pass"),
        ("bomb@\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.org", "bomb@example.org", "bomb@example.org"),
        ("bomb@example\u3002org", "bomb@example.org", "bomb@example.org"),
        ("\uff42omb@example.org", "bomb@example.org", "\uff42omb@example.org"),
        ("bomb@example\ufe0f.org", "bomb@example.org", "bomb@example.org"),
        ("jo\u0308rg@example.org", "jörg@example.org", "jo\u0308rg@example.org"),
        ("a@MÜLLER.example", "a@xn--mller-kva.example", "a@müller.example"),
        ("a@xn--mller-kva.example", "a@xn--mller-kva.example", "a@xn--mller-kva.example"),
        ("a@straße.example", "a@xn--strae-oqa.example", "a@straße.example"),
    ],
)
def test_an_inbox_has_one_key_however_its_address_is_written(typed: str, key: str, shown: str) -> None:
    assert (email_key(typed), checked_email(typed)) == (key, shown)
    assert email_key(shown) == key


@given(st.text(max_size=20), st.text(max_size=20))
def test_letters_go_where_the_key_says(local: str, domain: str) -> None:
    try:
        taken = checked_email(f"{local}@{domain}.ca")
    except Refused:
        return
    message = written(replace(_LETTER, to_address=taken), "BeatPass <hello@beatpass.test>")
    [to] = message["To"].addresses
    assert to.domain.lower() == email_key(taken).rpartition("@")[2]


def test_what_was_kept_under_an_earlier_key_is_found_by_it() -> None:
    assert known_keys(" A@Müller.example") == ("a@xn--mller-kva.example", "a@müller.example")
    assert known_keys("Bomb@example.org\u200b") == ("bomb@example.org\u200b",)
    assert known_keys("Nova@Beat.Pass") == ("nova@beat.pass",)


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=250))
def test_what_finds_an_email_fits_its_column(local: str, domain: str) -> None:
    try:
        taken = checked_email(f"{local}@{domain}.ca")
    except Refused:
        return
    assert len(email_key(taken)) <= LONGEST_ADDRESS


def test_an_email_that_grows_when_its_case_is_dropped_is_refused() -> None:
    assert refused_by(lambda: checked_email(f"nova@{'ß' * 200}.ca"))


@pytest.mark.parametrize(
    ("text", "same"),
    [("Beyoncé", "beyonce"), ("LO-FI", "lo-fi"), ("  R&B \t soul ", "r&b soul"), ("Straße", "strasse")],
)
def test_folded_text_has_no_case_no_accents_and_single_spaces(text: str, same: str) -> None:
    assert folded(text) == same


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=80))
def test_checked_text_is_seen_on_one_line(text: str) -> None:
    if not refused_by(lambda: checked_text(text, longest=60)):
        taken = checked_text(text, longest=60)
        assert taken.isprintable()
        assert taken == " ".join(taken.split())


def test_ids_carry_their_type_and_sort_by_time() -> None:
    first = new_id("trk")
    time.sleep(0.002)
    second = new_id("trk")
    assert first < second
    assert prefix_of(first) == "trk"


@pytest.mark.parametrize(
    "value", ["", "trk", "trk_", "trk_1", "trk_" + "u" * 26, "0" * 26, "trk_" + "0" * 27]
)
def test_what_is_no_id_has_no_type(value: str) -> None:
    assert prefix_of(value) is None


def test_a_thousand_ids_differ() -> None:
    assert len({new_id("trk") for _ in range(1000)}) == 1000
