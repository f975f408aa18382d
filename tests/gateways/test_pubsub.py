"""News between processes: nobody who listens goes deaf, and an interruption costs one more look."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from api.gateways.pubsub import PubSub, Wakes
from tests.tools import valkey

pytestmark = pytest.mark.anyio
_PATIENCE_S = 5


@pytest.fixture
async def live(valkey_url: str) -> AsyncGenerator[PubSub]:
    made = PubSub(valkey_url)
    yield made
    await made.close()


async def news(wakes: Wakes) -> frozenset[str]:
    async with asyncio.timeout(_PATIENCE_S):
        return await wakes.next()


async def test_who_listens_hears_the_ids_that_came_meanwhile(live: PubSub) -> None:
    async with live.listening("topic") as wakes:
        await live.publish(["topic one", "topic two", "another three"])
        heard = await news(wakes)
        while heard < {"one", "two"}:
            heard |= await news(wakes)
        assert heard == {"one", "two"}


async def test_what_is_published_once_listening_has_begun_is_heard(live: PubSub, valkey_url: str) -> None:
    for turn in range(20):
        async with live.listening(f"topic{turn}") as wakes:
            valkey.ask(valkey_url, "PUBLISH", f"beatpass:topic{turn}", "now")
            assert await news(wakes) == {"now"}


async def test_a_listener_who_comes_while_the_last_one_goes_is_not_deaf(live: PubSub) -> None:
    for _ in range(20):
        first = live.listening("topic")
        await first.__aenter__()
        second = live.listening("topic")
        _, wakes = await asyncio.gather(first.__aexit__(None, None, None), second.__aenter__())
        await live.publish(["topic here"])
        assert await news(wakes) == {"here"}
        await second.__aexit__(None, None, None)


async def test_after_an_interruption_everybody_looks_again_and_goes_on_hearing(
    live: PubSub, valkey_url: str
) -> None:
    async with live.listening("topic") as wakes:
        valkey.ask(valkey_url, "CLIENT", "KILL", "TYPE", "pubsub")
        assert await news(wakes) == {""}
        await live.publish(["topic again"])
        assert await news(wakes) == {"again"}
