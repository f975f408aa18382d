"""D-64: genres whose beat requests are not told."""

import asyncio
from typing import Any

import pytest

from tests.factories import Person, a_listener, a_producer, staff
from tests.notifications.office import switch
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
UPDATE = "updateNotificationPreferences"


async def mute(stage: Stage, who: Person, genres: Any, **more: Any) -> Any:
    given = {"mutedGenres": genres, **more}
    return await stage.mutate(who, UPDATE, "account { mutedGenres }", input=given)


async def muted(stage: Stage, who: Person) -> list[str]:
    found: list[str] = (await stage.ask(who, "{ me { mutedGenres } }"))["me"]["mutedGenres"]
    return found


async def test_a_list_replaces_the_list_and_nothing_or_none_clears_it(stage: Stage) -> None:
    ari, bo = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bo")
    await mute(stage, bo, ["Soul"])
    first = await mute(stage, ari, ["trap", " Fast\u200b  Folk ", "r&b"])
    assert first == {"account": {"mutedGenres": ["Fast Folk", "R&B", "Trap"]}, "errors": []}
    async with stage.nothing_changes():
        await stage.mutate(ari, UPDATE, input={})
        await stage.mutate(ari, UPDATE, input={"preferences": []})
    assert (await mute(stage, ari, ["Trap", "Pop"]))["account"] == {"mutedGenres": ["Pop", "Trap"]}
    assert (await mute(stage, ari, []))["account"] == {"mutedGenres": []}
    await mute(stage, ari, ["Trap"])
    assert (await mute(stage, ari, None))["account"] == {"mutedGenres": []}
    assert await muted(stage, bo) == ["Soul"]


@on_sqlite
async def test_all_that_is_wrong_with_genres_and_switches_is_told_at_once(stage: Stage) -> None:
    uma = await a_producer(stage.sessions)
    await mute(stage, uma, ["Trap"])
    wrong = {
        "mutedGenres": ["Pop", "", "x" * 41, "POP"],
        "preferences": [
            switch("MATCHING_REQUEST", "LIVE", enabled=False),
            switch("SECURITY", "LIVE", enabled=False),
        ],
    }
    async with stage.nothing_changes():
        assert await stage.refusals(uma, UPDATE, input=wrong) == [
            ("input.preferences.0", "VERIFIED_PRODUCER_REQUIRED"),
            ("input.preferences.1", "CANNOT_BE_SWITCHED"),
            ("input.mutedGenres.1", "REQUIRED"),
            ("input.mutedGenres.2", "TOO_LONG"),
            ("input.mutedGenres.3", "REPEATED"),
        ]
        many = {"mutedGenres": [f"Genre {number}" for number in range(101)]}
        assert await stage.refusals(uma, UPDATE, input=many) == [("input.mutedGenres", "TOO_LONG")]
    assert len((await mute(stage, uma, many["mutedGenres"][:100]))["account"]["mutedGenres"]) == 100


@on_sqlite
async def test_genres_that_fold_to_nothing_or_to_the_same_beginning_are_kept_as_one(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    long = "\ufdfa" * 20
    assert (await mute(stage, ari, ["\u0301x", "\u0301", "\u0302", f"{long}a", f"{long}b"]))["errors"] == []
    assert len(await muted(stage, ari)) == 3


@on_sqlite
@pytest.mark.parametrize("genres", [7, [None], [["Trap"]], ["a\0b"]])
async def test_genres_of_another_form_are_a_bad_request(stage: Stage, genres: Any) -> None:
    ari = await a_listener(stage.sessions)
    query = f"mutation($input: UpdateNotificationPreferencesInput!) {{ {UPDATE}(input: $input) {{ errors {{ message }} }} }}"
    async with stage.nothing_changes():
        assert await stage.fault(ari, query, input={"mutedGenres": genres}) == "BAD_REQUEST"


async def test_of_two_lists_set_at_once_one_is_kept_whole(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    lists = [["Pop", "Trap"], ["Rock", "Soul"]]
    await asyncio.gather(*(mute(stage, ari, genres) for genres in lists))
    assert await muted(stage, ari) in lists


@on_sqlite
async def test_staff_see_what_others_muted(stage: Stage) -> None:
    ari, sam = await a_listener(stage.sessions), await staff(stage.sessions)
    await mute(stage, ari, ["Trap"])
    query = "query($id: ID!) { node(id: $id) { ... on Account { mutedGenres } } }"
    assert (await stage.ask(sam, query, id=ari.account))["node"] == {"mutedGenres": ["Trap"]}
