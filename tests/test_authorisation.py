"""Who sees and may do what: every field, mutation and subscription of the schema, as everybody."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any, cast

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, extend_schema, get_named_type, is_leaf_type, parse

from db.vocabulary import ApiTokenScope
from tests.authorisation.table import ACTS, CALLS, DOORS, SILENCE, STREAMS, VALUE, Door, Stream
from tests.authorisation.world import VIEWERS, World, a_world
from tests.factories import an_api_token
from tests.stage import Json, Somebody, Stage, mutation, the_schema
from tests.tools.databases import on_sqlite

MOVES_MONEY = (
    "buyExclusive",
    "cancelPurchase",
    "changePlan",
    "closePeriod",
    "refundPurchase",
    "requestPayout",
    "setPayoutHold",
    "setPlanRenewal",
    "startPayoutOnboarding",
    "subscribeToPlan",
)
_SILENT_AFTER_S = 0.3
_PATIENCE_S = 30


def core_schema() -> GraphQLSchema:
    schema: GraphQLSchema = the_schema()._schema  # pyright: ignore[reportPrivateUsage] -- Strawberry has no other door to it
    return schema


def fields_of(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """Every field of every type that can be asked for; answers of mutations belong to who asked."""
    return {(kind.name, field) for kind in _objects(schema) for field in kind.fields}


def _objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        of_a_mutation = kind.name.endswith("Payload")
        is_error = any(interface.name == "UserError" for interface in kind.interfaces)
        if not of_a_mutation and not is_error:
            yield kind


def in_the_table() -> set[tuple[str, str]]:
    seen = {(door.of, field) for door in DOORS for field in door.who_sees()}
    done = {("Mutation", name) for name in ACTS}
    return seen | done | {("Subscription", stream.of) for stream in STREAMS}


def test_the_table_has_every_field_mutation_and_subscription() -> None:
    assert fields_of(core_schema()) - in_the_table() == set()


def test_the_table_has_nothing_that_is_not_there() -> None:
    assert in_the_table() - fields_of(core_schema()) == set()


@pytest.mark.parametrize("kind", ["Query", "Track", "Account", "Mutation", "Subscription"])
def test_a_field_that_somebody_adds_is_missed(kind: str) -> None:
    grown = extend_schema(core_schema(), parse(f"extend type {kind} {{ secret: Int }}"), assume_valid=True)
    assert fields_of(grown) - in_the_table() == {(kind, "secret")}


@pytest.mark.anyio
async def test_everybody_sees_what_the_table_says_and_nothing_more(stage: Stage) -> None:
    world = await a_world(stage.sessions)
    for door in DOORS:
        for viewer in VIEWERS:
            if code := door.faults.get(viewer):
                assert (door.way, await fault_at(stage, world, door, viewer)) == (door.way, code)
                continue
            seen = await values_seen(stage, world, door, viewer)
            meant = {field for field, who in door.who_sees().items() if viewer in who}
            assert (viewer, door.of, door.way, seen) == (viewer, door.of, door.way, meant)


async def values_seen(stage: Stage, world: World, door: Door, viewer: str) -> set[str]:
    """The fields that have a value; the others are null, or the object is not there."""
    data = await stage.ask(world.people[viewer], _query(door, world), **world.ids)
    objects = [{"here": "Query"} | data] if door.of == "Query" else list(_found(data))
    fields = door.who_sees()
    return {field for one in objects for field, value in one.items() if field in fields and value is not None}


async def fault_at(stage: Stage, world: World, door: Door, viewer: str) -> str:
    """The code of a door that answers nothing at all."""
    return await stage.fault(world.people[viewer], _query(door, world), **world.ids)


def _query(door: Door, world: World) -> str:
    return _document("query", door.way.replace("{}", f"here: __typename {_selection(door)}"), world)


def _selection(door: Door) -> str:
    return " ".join(_select(door.of, field) for field in door.who_sees())


def _select(kind: str, field: str) -> str:
    call = CALLS.get((kind, field), field)
    of = core_schema().type_map[kind]
    assert isinstance(of, GraphQLObjectType)
    leaf = is_leaf_type(get_named_type(of.fields[field].type))
    return call if leaf else f"{call} {{ __typename }}"


def _found(data: Any) -> Iterator[Json]:
    """The objects at the end of a way."""
    if isinstance(data, dict) and "here" in data:
        yield cast("Json", data)
        return
    for part in _parts(data):
        yield from _found(part)


def _parts(data: Any) -> list[Any]:
    if isinstance(data, dict):
        return list(cast("Json", data).values())
    return data if isinstance(data, list) else []  # pyright: ignore[reportUnknownVariableType] -- any JSON


def _document(kind: str, selection: str, world: World) -> str:
    names = set(re.findall(r"\$(\w+)", selection)) & set(world.ids)
    strings = {"path", "number"} | set(re.findall(r"after: \$(\w+)", selection))
    declared = ", ".join(f"${name}: {'String' if name in strings else 'ID'}!" for name in sorted(names))
    return f"{kind}({declared}) {{ {selection} }}" if declared else f"{kind} {{ {selection} }}"


@pytest.mark.anyio
async def test_what_somebody_may_not_do_is_refused_as_the_table_says_and_changes_nothing(
    stage: Stage,
) -> None:
    world = await a_world(stage.sessions)
    async with stage.nothing_changes():
        for name, act in ACTS.items():
            for viewer, code in act.refused.items():
                came = await attempt(stage, world.people[viewer], name, act.arguments(world, viewer))
                assert (name, viewer, came) == (name, viewer, [code])


@pytest.mark.anyio
@on_sqlite
@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if len(act.refused) < len(VIEWERS)])
async def test_what_somebody_may_do_is_done(stage: Stage, name: str) -> None:
    world, act = await a_world(stage.sessions), ACTS[name]
    for viewer in sorted(set(VIEWERS) - set(act.refused)):
        before = await stage.tables()
        came = await attempt(stage, world.people[viewer], name, act.arguments(world, viewer))
        assert (viewer, came) == (viewer, [])
        assert await stage.tables() != before


@pytest.mark.anyio
@on_sqlite
async def test_programs_move_money_only_where_their_token_reaches_so_far(stage: Stage) -> None:
    """What a session is answered, a token for all is answered too; one that may write is not even asked what about."""
    world = await a_world(stage.sessions)
    staff = world.people["staff"]
    assert staff
    writer, whole = [
        await an_api_token(stage.sessions, staff, scope)
        for scope in (ApiTokenScope.WRITE, ApiTokenScope.FULL)
    ]
    for name in MOVES_MONEY:
        given = ACTS[name].arguments(world, "staff")
        async with stage.nothing_changes():
            assert (name, await attempt(stage, writer, name, given)) == (name, ["FORBIDDEN"])
        assert (name, "FORBIDDEN" in await attempt(stage, whole, name, given)) == (name, False)


async def attempt(stage: Stage, who: Somebody | None, name: str, arguments: dict[str, Any]) -> list[str]:
    """The codes that a mutation is refused with, wherever they stand."""
    answer = await stage.answer(who, mutation(name), **arguments)
    payload: Json = (answer.data or dict[str, Json]()).get(name) or {"errors": []}
    return answer.codes + [error["code"] for error in payload["errors"]]


@pytest.mark.anyio
async def test_everybody_hears_what_the_table_says(stage: Stage) -> None:
    world = await a_world(stage.sessions)
    for stream in STREAMS:
        for viewer in VIEWERS:
            meant = stream.hears.get(viewer, VALUE)
            heard = await first_heard(
                stage, world, stream, viewer, patience_s=_SILENT_AFTER_S if meant == SILENCE else _PATIENCE_S
            )
            assert (stream.asks, viewer, heard) == (stream.asks, viewer, meant)


async def first_heard(stage: Stage, world: World, stream: Stream, viewer: str, *, patience_s: float) -> str:
    query = _document("subscription", f"{stream.asks} {{ id }}", world)
    async with aclosing(stage.watch(world.people[viewer], query, **world.ids)) as answers:
        try:
            answer = await asyncio.wait_for(anext(answers), patience_s)
        except TimeoutError:
            return SILENCE
    return answer.codes[0] if answer.codes else VALUE
