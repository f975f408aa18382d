"""D-42: terms that producers keep."""

import asyncio
from typing import Any

import pytest

from api.licensing.presets import MOST_PRESETS
from tests.factories import a_listener, a_producer, staff
from tests.licensing.offers import a_preset
from tests.stage import Somebody, Stage

pytestmark = pytest.mark.anyio
LIST = "{ licencePresets { id name terms { territory royaltyPercent deliveredFiles conditions } } }"
NODE = "query($id: ID!) { node(id: $id) { ... on LicencePreset { name } } }"


async def presets(stage: Stage, who: Somebody | None) -> Any:
    return (await stage.ask(who, LIST))["licencePresets"]


async def create(stage: Stage, who: Somebody, **input: Any) -> list[tuple[str, str]]:
    return await stage.refusals(who, "createLicencePreset", input={"terms": {}, **input})


async def test_a_preset_is_kept_with_all_its_terms(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    assert await presets(stage, nova) == []
    await a_preset(stage, nova, "Zwei", territory="Canada", deliveredFiles=["WAV"])
    await a_preset(stage, nova, "eins")
    shown = await presets(stage, nova)
    assert [(one["name"], one["terms"]["territory"], one["terms"]["deliveredFiles"]) for one in shown] == [
        ("eins", "Worldwide", ["WAV", "MP3_320"]),
        ("Zwei", "Canada", ["WAV"]),
    ]
    assert {one["terms"]["royaltyPercent"] for one in shown} == {"3"}
    assert len(shown[0]["terms"]["conditions"]) == 3


async def test_presets_are_for_their_producer_alone(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    preset = await a_preset(stage, nova)
    assert (await stage.ask(nova, NODE, id=preset))["node"] == {"name": "Usual"}
    for other in (None, kilo, await a_listener(stage.sessions), await staff(stage.sessions)):
        assert (await stage.ask(other, NODE, id=preset))["node"] is None
    assert await presets(stage, kilo) == []
    assert await presets(stage, await a_listener(stage.sessions)) is None
    async with stage.nothing_changes():
        changed = {"name": "Mine"}
        assert await stage.refusals(kilo, "updateLicencePreset", id=preset, input=changed) == [
            ("id", "NOT_FOUND")
        ]
        assert await stage.refusals(kilo, "deleteLicencePreset", id=preset) == [("id", "NOT_FOUND")]


async def test_a_name_is_taken_once_whatever_its_case(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await a_preset(stage, nova, "Usual")
    async with stage.nothing_changes():
        assert await create(stage, nova, name=" usual ") == [("input.name", "REPEATED")]
    assert await create(stage, kilo, name="Usual") == []


async def test_all_that_is_wrong_is_told_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        wrong = {"royaltyPercent": "101", "territory": " "}
        assert await create(stage, nova, name=" ", terms=wrong) == [
            ("input.name", "REQUIRED"),
            ("input.terms.royaltyPercent", "OUT_OF_RANGE"),
            ("input.terms.territory", "REQUIRED"),
        ]
        assert await create(stage, nova, name="x" * 61) == [("input.name", "TOO_LONG")]
        uneven = {"producerSharePercent": "30"}
        assert await create(stage, nova, name="x", terms=uneven) == [
            ("input.terms.licenseeSharePercent", "OUT_OF_RANGE")
        ]


async def test_a_preset_is_changed_in_name_or_in_terms(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    preset = await a_preset(stage, nova, "Usual", territory="Canada", royaltyPercent="5")
    await a_preset(stage, nova, "Other")
    answer = "preset { name terms { territory royaltyPercent } }"
    renamed = await stage.mutate(nova, "updateLicencePreset", answer, id=preset, input={"name": "USUAL"})
    assert renamed["preset"] == {"name": "USUAL", "terms": {"territory": "Canada", "royaltyPercent": "5"}}
    other_terms = {"terms": {"territory": "Ireland"}}
    changed = await stage.mutate(nova, "updateLicencePreset", answer, id=preset, input=other_terms)
    assert changed["preset"] == {"name": "USUAL", "terms": {"territory": "Ireland", "royaltyPercent": "3"}}
    async with stage.nothing_changes():
        taken = {"name": "other"}
        refused = await stage.refusals(nova, "updateLicencePreset", id=preset, input=taken)
        assert refused == [("input.name", "REPEATED")]
        assert await stage.refusals(nova, "updateLicencePreset", id=preset, input={}) == []


async def test_a_deleted_preset_is_gone(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    preset = await a_preset(stage, nova)
    payload = await stage.mutate(nova, "deleteLicencePreset", "deletedPresetId", id=preset)
    assert payload == {"deletedPresetId": preset, "errors": []}
    assert await presets(stage, nova) == []
    assert await stage.refusals(nova, "deleteLicencePreset", id=preset) == [("id", "NOT_FOUND")]


async def test_who_is_no_producer_keeps_no_terms(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        assert await create(stage, ari, name="Mine") == [("", "PRODUCER_REQUIRED")]


async def test_two_who_save_at_once_share_neither_a_name_nor_the_last_place(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    same = await asyncio.gather(*(create(stage, nova, name="Same") for _ in range(3)))
    assert sorted(same) == [[], [("input.name", "REPEATED")], [("input.name", "REPEATED")]]
    for number in range(MOST_PRESETS - 2):
        await a_preset(stage, nova, f"Preset {number}")
    last = await asyncio.gather(*(create(stage, nova, name=name) for name in ("One", "Other")))
    assert sorted(last) == [[], [("", "TOO_LONG")]]
    assert len(await presets(stage, nova)) == MOST_PRESETS
