"""D-6: a handle is one profile's for ever, whatever its case; a former one leads on."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update as change

from db.clock import now
from db.models.producers import ProducerHandle
from tests.factories import a_listener, a_producer, a_track, an_application, staff
from tests.producers.profiles import errors_of, update
from tests.stage import Stage

pytestmark = pytest.mark.anyio

PAGE = "query($path: String!) { publicPage(path: $path) { canonicalPath node { id } } }"


async def found(stage: Stage, handle: str) -> str | None:
    query = "query($handle: String!) { producer(by: {handle: $handle}) { id } }"
    producer = (await stage.ask(None, query, handle=handle))["producer"]
    return str(producer["id"]) if producer else None


async def test_a_former_handle_leads_to_the_present_one(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    shown = (await update(stage, nova, nova.producer, handle="Nova_Keys"))["producer"]
    assert shown["handle"] == "Nova_Keys"
    for handle in (nova.handle, nova.handle.upper(), "nova_keys", "NOVA_KEYS"):
        assert await found(stage, handle) == nova.producer
        page = (await stage.ask(None, PAGE, path=f"/p/{handle}"))["publicPage"]
        assert page == {"canonicalPath": "/p/Nova_Keys", "node": {"id": nova.producer}}


async def test_a_present_or_former_handle_of_another_is_taken(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    await update(stage, kilo, kilo.producer, handle="wave")
    async with stage.nothing_changes():
        for handle in (kilo.handle, "WAVE"):
            assert errors_of(await update(stage, nova, nova.producer, handle=handle)) == [
                ("input.handle", "HANDLE_TAKEN")
            ]
        for wrong, code in ((None, "REQUIRED"), ("Staff", "MALFORMED"), ("no\x07va", "MALFORMED")):
            payload = await update(stage, nova, nova.producer, handle=wrong)
            assert errors_of(payload) == [("input.handle", code)]


async def test_a_change_of_case_and_the_way_back_are_free(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    for handle in ("nova-keys", "Nova-Keys", nova.handle, "nova-KEYS", "nova-KEYS"):
        assert (await update(stage, nova, nova.producer, handle=handle))["producer"]["handle"] == handle
    assert len([row for row in (await stage.tables())["producer_handle"] if nova.producer in row]) == 2


async def test_a_profile_takes_three_new_handles_in_a_month(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    for handle in ("nova-one", "nova-two", "nova-three"):
        assert errors_of(await update(stage, nova, nova.producer, handle=handle)) == []
    async with stage.nothing_changes():
        payload = await update(stage, nova, nova.producer, handle="nova-four")
    [error] = payload["errors"]
    assert (error["__typename"], error["code"], error["limit"]) == ("LimitReached", "TOO_MANY_ATTEMPTS", 4)
    assert error["retryAt"]
    assert errors_of(await update(stage, nova, nova.producer, handle="nova-two")) == []
    async with stage.sessions.writing() as session:
        await session.execute(change(ProducerHandle).values(since=now() - timedelta(days=31)))
    assert errors_of(await update(stage, nova, nova.producer, handle="nova-four")) == []


async def test_of_two_who_want_a_handle_at_once_one_gets_it(stage: Stage) -> None:
    people = [await a_producer(stage.sessions, name) for name in ("A", "B", "C")]
    payloads = await asyncio.gather(*(update(stage, one, one.producer, handle="midnight") for one in people))
    assert sorted(map(errors_of, payloads)) == [
        [],
        [("input.handle", "HANDLE_TAKEN")],
        [("input.handle", "HANDLE_TAKEN")],
    ]


async def test_a_new_profile_takes_no_former_handle(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    await update(stage, nova, nova.producer, handle="echo-park")
    await update(stage, nova, nova.producer, handle="elsewhere")
    ari = await a_listener(stage.sessions)
    request = await an_application(stage.sessions, ari, "Echo Park")
    await stage.mutate(sam, "reviewProducerRequest", id=request, input={"decision": "APPROVE"})
    me = (await stage.ask(ari, "{ me { producer { id handle } } }"))["me"]["producer"]
    assert me["handle"] == "echo-park-2"
    assert await found(stage, "echo-park-2") == me["id"]


async def test_a_producer_is_found_by_the_new_name_and_handle_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions, "Nova")
    track = await a_track(stage.sessions, nova)
    await update(stage, nova, nova.producer, name="Zephyr", handle="westwind")
    query = "query($text: String!) { searchSuggestions(text: $text) { label } }"
    for text in ("zephyr", "westwind"):
        assert {"label": "Zephyr"} in (await stage.ask(None, query, text=text))["searchSuggestions"]
    [job] = [row for row in (await stage.tables())["job"] if "INDEX_TRACKS" in row]
    assert nova.producer in job
    assert track
