"""D-6: what a handle, a role and a complete profile are."""

from datetime import timedelta
from typing import Any

import pytest

from api.producers.completeness import completeness_of
from api.producers.errors import HandlesChangeTooOften
from api.producers.handles import HANDLES_COUNT_FOR, MOST_HANDLES, Handle, checked_handle, refuse_another
from api.producers.rules import checked_profile
from db.clock import now
from tests.rules.judging import problems_of, refused_by, told


@pytest.mark.parametrize("handle", ["nova", "Nova-Keys", "nova_keys_2", "808", "a" * 30])
def test_a_handle_is_found_whatever_its_case(handle: str) -> None:
    assert checked_handle(f" {handle} ") == Handle(handle, handle.lower())


@pytest.mark.parametrize(
    ("handle", "code"),
    [
        (None, "REQUIRED"),
        ("  ", "REQUIRED"),
        ("no", "TOO_SHORT"),
        ("a" * 31, "TOO_LONG"),
        ("nova keys", "MALFORMED"),
        ("-nova", "MALFORMED"),
        ("nova-", "MALFORMED"),
        ("no--va", "MALFORMED"),
        ("nova.json", "MALFORMED"),
        ("nova/../x", "MALFORMED"),
        ("nоva", "MALFORMED"),  # noqa: RUF001 -- a Cyrillic o
        ("\u212aeys", "MALFORMED"),
        ("nova\u200b", "MALFORMED"),
        ("nova\0", "MALFORMED"),
        ("<b>nova</b>", "MALFORMED"),
        ("٣٤٥", "MALFORMED"),
        ("Admin", "MALFORMED"),
        ("beatpass", "MALFORMED"),
        ("pro_01k9zzzzzzzzzzzzzzzzzzzzzz", "MALFORMED"),
    ],
)
def test_what_is_no_handle_is_refused(handle: str | None, code: str) -> None:
    assert [told(one) for one in refused_by(lambda: checked_handle(handle))] == [("", code)]


def test_a_handle_of_other_letters_is_proposed_in_ours() -> None:
    [refused] = refused_by(lambda: checked_handle("Beyoncé Keys!"))
    assert getattr(refused, "suggestion", None) == "beyonce-keys"


def test_a_profile_takes_so_many_handles_in_a_month_and_the_next_when_the_first_is_old() -> None:
    moment = now()
    taken = [moment - timedelta(days=days) for days in (29, 20, 10, 1)]
    assert not refused_by(lambda: refuse_another(taken[1:], moment))
    assert not refused_by(lambda: refuse_another([moment - timedelta(days=31), *taken[1:]], moment))
    [refused] = refused_by(lambda: refuse_another(taken, moment))
    assert isinstance(refused, HandlesChangeTooOften)
    assert (refused.limit, refused.retry_at) == (MOST_HANDLES, taken[0] + HANDLES_COUNT_FOR)


def columns_of(**given: Any) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    assert problems_of(lambda problems: taken.update(checked_profile(problems, given))) == []
    return taken


def test_facts_are_kept_without_what_cannot_be_seen_and_markup_stays_text() -> None:
    assert columns_of(name=" Nova\u200b  Keys ", bio=" <b>Dark</b>\r\n\x07beats ", city="\tMontréal ") == {
        "name": "Nova Keys",
        "bio": "<b>Dark</b>\nbeats",
        "city": "Montréal",
    }


def test_null_and_blank_clear_what_may_be_empty() -> None:
    assert columns_of(bio=None, city=" ", roles=None, links=None) == {
        "bio": None, "city": None, "roles": [], "links": [],
    }  # fmt: skip


def test_everything_wrong_with_a_profile_is_told_at_once() -> None:
    given: dict[str, Any] = {
        "name": None,
        "bio": "x" * 2001,
        "city": "x" * 101,
        "roles": ["producer", "Producer", "x" * 31, " ", "a", "b"],
    }
    assert problems_of(lambda problems: checked_profile(problems, given)) == [
        ("name", "REQUIRED"),
        ("bio", "TOO_LONG"),
        ("city", "TOO_LONG"),
        ("roles", "TOO_LONG"),
        ("roles.1", "REPEATED"),
        ("roles.2", "TOO_LONG"),
        ("roles.3", "REQUIRED"),
    ]


@pytest.mark.parametrize(
    ("there", "percent", "missing"),
    [
        ((), 0, ("pictureUploadId", "bio", "city", "roles", "links")),
        (("bio", "links"), 40, ("pictureUploadId", "city", "roles")),
        (("picture_id", "bio", "city", "roles", "links"), 100, ()),
    ],
)
def test_completeness_names_the_inputs_that_are_missing(
    there: tuple[str, ...], percent: int, missing: tuple[str, ...]
) -> None:
    nothing: dict[str, Any] = {"picture_id": None, "bio": None, "city": None, "roles": [], "links": []}
    found = completeness_of(nothing | {key: ["something"] for key in there})
    assert (found.percent, found.missing) == (percent, missing)
