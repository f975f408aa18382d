"""Accepting terms is kept with version and time (D-82)."""

from typing import Any

import pytest

from api.terms import LICENCE, PLATFORM
from db.clock import now
from tests.catalog.entering import created
from tests.factories import Person, a_listener, a_producer, a_track
from tests.licences.licensed import a_subscriber
from tests.stage import Stage

pytestmark = pytest.mark.anyio
ACCEPTED = "acceptedTerms { document version acceptedAt }"
USE = {"document": "PLATFORM", "version": PLATFORM.current}
LICENCES = {"document": "LICENCE", "version": LICENCE.current}
OFFER = {
    "model": "STANDARD_AND_EXCLUSIVE",
    "exclusive": {
        "price": {"amount": "299.00", "currency": "USD"},
        "contactEmail": "nova@example.org",
        "acceptedTermsVersion": LICENCE.current,
    },
}
NEW = {"email": "mara@example.org", "password": "correct horse", "displayName": "Mara"}


async def accepted(stage: Stage, who: Person) -> list[Any]:
    """What somebody has accepted, and when."""
    found: list[Any] = (await stage.ask(who, f"{{ me {{ {ACCEPTED} }} }}"))["me"]["acceptedTerms"]
    return found


def without_time(found: list[Any]) -> list[Any]:
    return [{name: value for name, value in one.items() if name != "acceptedAt"} for one in found]


async def accept(stage: Stage, who: Person, version: str) -> Any:
    answer = f"account {{ {ACCEPTED} }}"
    return await stage.mutate(who, "acceptPlatformTerms", answer, input={"version": version})


async def test_terms_of_use_are_read_by_everybody(stage: Stage) -> None:
    query = "query($v: String) { platformTerms(version: $v) { version markdown changes } }"
    current = (await stage.ask(None, query))["platformTerms"]
    assert (current["version"], current["changes"]) == (PLATFORM.current, None)
    assert current["markdown"].startswith("# Terms of use of BeatPass")
    assert (await stage.ask(None, query, v="2020-01-01"))["platformTerms"] is None


async def test_the_first_acceptance_of_a_version_stays(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    before = now()
    payload = await accept(stage, ari, PLATFORM.current)
    [one] = payload["account"]["acceptedTerms"]
    assert (payload["errors"], without_time([one])) == ([], [USE])
    assert before.isoformat() <= one["acceptedAt"].replace("Z", "+00:00") <= now().isoformat()
    async with stage.nothing_changes():
        assert (await accept(stage, ari, PLATFORM.current))["account"]["acceptedTerms"] == [one]


async def test_terms_that_are_not_current_are_shown_anew_and_nothing_is_kept(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        [error] = (await accept(stage, ari, "2020-01-01"))["errors"]
    assert (error["code"], error["path"], error["current"]) == (
        "TERMS_CHANGED",
        ["input", "version"],
        {"version": PLATFORM.current},
    )


async def test_who_signs_up_may_accept_them_there(stage: Stage) -> None:
    given = NEW | {"acceptedTermsVersion": PLATFORM.current}
    payload = await stage.mutate(None, "signUp", f"account {{ {ACCEPTED} }}", input=given)
    assert without_time(payload["account"]["acceptedTerms"]) == [USE]


async def test_nobody_signs_up_with_terms_that_have_changed(stage: Stage) -> None:
    async with stage.nothing_changes():
        refused = await stage.refusals(None, "signUp", input=NEW | {"acceptedTermsVersion": "2020-01-01"})
    assert refused == [("input.acceptedTermsVersion", "TERMS_CHANGED")]


async def test_an_offer_a_licence_and_a_track_keep_which_licence_terms_were_accepted(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_subscriber(stage.sessions)
    track = await a_track(stage.sessions, nova)
    assert await accepted(stage, nova) == []
    assert await stage.refusals(nova, "setTrackLicensing", id=track, input=OFFER) == []
    assert without_time(await accepted(stage, nova)) == [LICENCES]
    assert await stage.refusals(ari, "licenseTrack", trackId=track) == []
    assert without_time(await accepted(stage, ari)) == [LICENCES]


async def test_a_new_track_with_an_offer_keeps_it_too(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await created(stage, nova, licensing=OFFER)
    assert without_time(await accepted(stage, nova)) == [LICENCES]
