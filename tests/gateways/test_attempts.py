"""How often something may be tried: narrow names before wide ones, and no more of many at once than are allowed."""

import asyncio

import pytest

from tests.stage import Stage

pytestmark = pytest.mark.anyio


async def test_what_is_refused_at_one_name_is_not_counted_at_the_next(stage: Stage) -> None:
    attempts = stage.services.attempts
    passed = [bool(await attempts.count("nova here", "nova")) for _ in range(200)]
    assert passed == [True] * 10 + [False] * 190
    elsewhere = [bool(await attempts.count(f"nova at {place}", "nova")) for place in range(91)]
    assert elsewhere == [True] * 90 + [False]


async def test_of_many_at_once_only_those_that_pass_use_up_what_others_share(stage: Stage) -> None:
    attempts = stage.services.attempts
    at_once = await asyncio.gather(*(attempts.count("nova here", "nova") for _ in range(60)))
    assert sum(map(bool, at_once)) == 10
    elsewhere = [bool(await attempts.count(f"nova at {place}", "nova")) for place in range(91)]
    assert elsewhere == [True] * 90 + [False]


async def test_a_refusal_says_whose_limit_it_was(stage: Stage) -> None:
    attempts = stage.services.attempts
    for place in range(99):
        assert (await attempts.count(f"nova at {place}", "nova")).limit == 0
    for _ in range(9):
        await attempts.count("nova here")
    assert await attempts.count("nova here", "nova")
    assert (await attempts.count("nova here", "nova")).limit == 10
    assert (await attempts.count("nova there", "nova")).limit == 100
