"""Every mutation with every input spoiled: refused in words that point at it, or harmless, and never half done."""

import copy
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any, Final

import pytest

from api.terms import LICENCE
from db.ids import new_id, prefix_of
from tests.authorisation.table import ACTS
from tests.authorisation.world import VIEWERS, World, a_world
from tests.stage import Json, Somebody, Stage, mutation, settings_of, the_schema
from tests.tools.databases import on_postgres

pytestmark = pytest.mark.anyio

Path = tuple[str, ...]
_UNSEEN: Final = re.compile(r"Zq[^']*\\(x07|x1b|u202e|x85)")
"""What cannot be seen, as Python writes it where it shows a row."""
_TOO_LONG: Final = "x" * 20_001
"""The longest text that is taken anywhere has 5,000 characters."""
_SPOILED: Final[dict[str, tuple[Any, ...]]] = {
    "String": (
        "",
        " \t\n ",
        _TOO_LONG,
        "Zq\x07\x1b[31m\u202eb\u0085c",
        '<script>alert("1")</script>',
        "\0",
        "'; --",
        7,
    ),
    "URL": (
        "",
        "javascript:alert(1)",
        "https://",
        f"https://x.test/{_TOO_LONG}",
        "http://[",
        "\x1b://x",
        "//x.test",
    ),
    "CountryCode": ("", "Canada", "ca", "C4", _TOO_LONG, "\0"),
    "Int": (-1, 0, 2**31 - 1, 2**31, 1.5, "1"),
    "Decimal": ("-1", "0", " 6", "6_0", "\uff11", "NaN", "Infinity", "1e400", "1e-400", "0.001", "x", ""),
    "DateTime": ("", "yesterday", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    "Boolean": ("true", 1),
}
_NEVER_TAKEN: Final = (_TOO_LONG, "\0", "javascript:alert(1)", 7)
"""What no input of any mutation is for; neither is an id of something else, or of nothing."""


_READ_ONLY_WITH_OTHERS: Final = {("input", "currentPassword")}
"""Looked at where a new password comes with it."""
_EXCLUSIVE: Final[Json] = {
    "model": "STANDARD_AND_EXCLUSIVE",
    "exclusive": {
        "price": {"amount": "299.00", "currency": "USD"},
        "contactEmail": "buy@olga.test",
        "acceptedTermsVersion": LICENCE.current,
        "terms": {"territory": "Worldwide", "governingLaw": "Ontario"},
    },
}
_NAMED_ANEW: Final[dict[str, Path]] = {"openBeatRequest": ("input", "idempotencyKey")}
"""Else everything after the first that is harmless would be refused for its name."""
_ALSO_GIVEN: Final[dict[str, Callable[[World], Json]]] = {
    "updateProducer": lambda world: {
        "links": [{"network": "WEBSITE", "url": "https://olgabeats.com"}],
        "aboutPhotos": [{"source": {"photoId": world.ids["photo"]}, "caption": "Here"}],
    },
    "createProducer": lambda _: {"links": [{"network": "WEBSITE", "url": "https://olgabeats.com"}]},
    "createTrack": lambda _: {"licensing": _EXCLUSIVE},
    "openBeatRequest": lambda _: {"bpmMin": 90, "bpmMax": 90, "key": "C", "scale": "MAJOR"},
}
"""What the table's calls leave out, because it has inputs that are spoiled only where the rest is there."""


@pytest.fixture
async def stage(database_url: str, valkey_url: str, tmp_path: FilePath) -> AsyncGenerator[Stage]:
    """Where nothing is refused because the tokens of the month are used."""
    made = Stage(settings_of(database_url, valkey_url, tmp_path / "data", request_tokens_a_month=10_000))
    yield made
    await made.close()


def inputs_of(kind: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every leaf below an argument of a GraphQL type, with its type's name; a list is the leaf `[]` and its first item."""
    match type(kind).__name__:
        case "GraphQLNonNull":
            yield from inputs_of(kind.of_type, path)
        case "GraphQLList":
            yield path, "[]"
            yield from inputs_of(kind.of_type, (*path, "0"))
        case "GraphQLInputObjectType":
            for name, field in kind.fields.items():
                yield from inputs_of(field.type, (*path, name))
        case "GraphQLScalarType":
            yield path, kind.name
        case _:
            yield path, "enum"


def arguments_of(name: str) -> dict[str, Any]:
    mutations = the_schema()._schema.mutation_type  # pyright: ignore[reportPrivateUsage] -- Strawberry has no other door to it
    assert mutations
    known: dict[str, Any] = mutations.fields[name].args
    return {argument: given.type for argument, given in known.items()}


def spoiled(arguments: Json, path: Path, value: Any) -> Json:
    """The arguments with another value at this place; what leads there and is missing is made."""
    changed = copy.deepcopy(arguments)
    place: Any = changed
    for step, following in pairwise(path):
        place = _entered(place, step, following)
    if path[-1] == "0":
        place[:1] = [value]
    else:
        place[path[-1]] = value
    return changed


def _entered(place: Any, step: str, following: str) -> Any:
    empty: Any = [] if following == "0" else {}
    if step == "0":
        place[:1] = place[:1] or [empty]
        return place[0]
    if place.get(step) is None:
        place[step] = empty
    return place[step]


def given_at(arguments: Any, path: Path) -> Any:
    """What stands there; null where nothing does."""
    for step in path:
        here = 0 if step == "0" else step
        try:
            arguments = arguments[here]
        except (KeyError, IndexError, TypeError):
            return None
    return arguments


def bad_values(world: World, kind: str, known: Any) -> tuple[Any, ...]:
    """What to put in a place of this type.

    Args:
        known: What stands there in a good call.
    """
    if kind == "[]":
        return ([*(known or ["x"])][:1] * 501, [None])
    if kind == "ID":
        return _bad_ids(world, known)
    return _SPOILED.get(kind, ("NO_SUCH_VALUE", "", 1))


def _bad_ids(world: World, known: Any) -> tuple[Any, ...]:
    """Of another type, of nothing, of a deleted thing, and no id at all."""
    prefix = prefix_of(str(known)) or "trk"
    other = world.ids["track"] if prefix != "trk" else world.ids["upload"]
    gone = [world.ids["removed"]] if prefix == "trk" else []
    return (other, new_id(prefix), *gone, "not an id", "", _TOO_LONG, "\0", f"{prefix}_{'!' * 26}")


def who_may(world: World, name: str) -> Somebody | None:
    """Somebody whom the table lets do it: the owner of everything, before others."""
    allowed = [viewer for viewer in ("owner", "staff", *VIEWERS) if viewer not in ACTS[name].refused]
    return world.people[allowed[0]] if allowed else world.people["owner"]


async def codes_of(stage: Stage, who: Somebody | None, name: str, arguments: Json) -> list[str]:
    """Every code; the paths of a payload's errors begin with an argument."""
    answer = await stage.answer(who, mutation(name), **arguments)
    payload: Json = (answer.data or dict[str, Json]()).get(name) or {"errors": []}
    begins = {error["path"][0] for error in payload["errors"] if error["path"]}
    assert begins <= set(arguments_of(name)), (name, payload["errors"])
    return answer.codes + [error["code"] for error in payload["errors"]]


@on_postgres
async def test_a_spoiled_input_is_refused_or_harmless(stage: Stage) -> None:
    """On the engine that is stricter: it knows the lengths of texts, and takes no U+0000."""
    world = await a_world(stage.sessions)
    for name in sorted(ACTS):
        await spoil_every_input(stage, world, name)


async def spoil_every_input(stage: Stage, world: World, name: str) -> None:
    who = who_may(world, name)
    good = good_call(world, name, viewer_of(world, who))
    before = await stage.tables()
    for path, value, never_taken in bad_calls(world, name, good):
        call = (name, ".".join(path), str(value)[:40])
        codes = await codes_of(stage, who, name, spoiled(named_anew(name, good), path, value))
        after = await stage.tables()
        assert (call, "INTERNAL" in codes) == (call, False)
        assert (call, bool(codes) or not never_taken) == (call, True)
        assert (call, not codes or after == before) == (call, True)
        assert (call, _UNSEEN.search(str(after))) == (call, None)
        before = after
    if (
        name in _ALSO_GIVEN
    ):  # nothing but the spoiled place was wrong, and a harmless one may have used the upload
        assert set(await codes_of(stage, who, name, good)) <= {"UPLOAD_USED"}


def named_anew(name: str, good: Json) -> Json:
    """The call under a key that was not used yet."""
    place = _NAMED_ANEW.get(name)
    return spoiled(good, place, new_id("key")) if place else good


def good_call(world: World, name: str, viewer: str) -> Json:
    good = ACTS[name].arguments(world, viewer)
    if also := _ALSO_GIVEN.get(name):
        good = good | {"input": good["input"] | also(world)}
    return good


def bad_calls(world: World, name: str, good: Json) -> Iterator[tuple[Path, Any, bool]]:
    """Where to put which value in a call that is good otherwise, and whether it must be refused there."""
    for argument, kind in arguments_of(name).items():
        for path, leaf in inputs_of(kind, (argument,)):
            for value in bad_values(world, leaf, given_at(good, path)):
                never = (leaf == "ID" or value in _NEVER_TAKEN) and path not in _READ_ONLY_WITH_OTHERS
                yield path, value, never


def viewer_of(world: World, who: Somebody | None) -> str:
    return next((name for name, person in world.people.items() if person is who), "owner")


@on_postgres
async def test_a_mutation_without_its_arguments_is_no_operation(stage: Stage) -> None:
    world = await a_world(stage.sessions)
    async with stage.nothing_changes():
        for name in sorted(ACTS):
            good = ACTS[name].arguments(world, "owner")
            for argument in arguments_of(name):
                rest = {known: value for known, value in good.items() if known != argument}
                answer = await stage.answer(who_may(world, name), mutation(name), **rest)
                assert (name, argument, answer.codes) == (name, argument, ["BAD_REQUEST"])
