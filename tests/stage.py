"""One BeatPass in this process: real database, real Valkey, real files; only the socket is left out."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import httpx
import strawberry
from graphql import GraphQLError, GraphQLField
from pydantic import SecretStr
from strawberry.types import ExecutionResult

from api.app import assemble, by_token, open_services
from api.auth.access import viewer_behind
from api.context import RequestContext
from api.graphql import build_schema
from api.http.explorer import Explorer
from api.masking import answerable
from api.settings import Settings
from api.viewer import Viewer
from db.session import Sessions
from tests.tools.rows import Tables, every_row

Json = dict[str, Any]
_ERROR = """__typename path code message ... on InvalidInput { minimum maximum suggestion }
  ... on NotPermitted { requiredRole requiredPlans { name } } ... on LimitReached { limit retryAt }
  ... on WrongState { object { __typename id } } ... on TermsChanged { current { version } }"""


class Somebody(Protocol):
    """Whoever has a token."""

    @property
    def token(self) -> str: ...


@cache
def the_schema() -> strawberry.Schema:
    """Built once: it has no state."""
    return build_schema(suggestions=False)


def settings_of(database_url: str, valkey_url: str, folder: Path, **different: Any) -> Settings:
    """Settings of an installation as in production."""
    usual: dict[str, Any] = {
        "mode": "production",
        "database_url": database_url,
        "redis_url": valkey_url,
        "broker_url": valkey_url.replace("db=0", "db=1"),
        "secret_key": SecretStr("k" * 40),
        "data_dir": folder,
        "public_url": "https://api.beatpass.test",
        "site_url": "https://beatpass.test",
    }
    return Settings(**(usual | different))


class Stage:
    """An installation, and how to speak to it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.services = open_services(settings)

    @property
    def sessions(self) -> Sessions:
        return self.services.sessions

    async def close(self) -> None:
        if self.services.payments is not None:
            await self.services.payments.close()
        await self.services.press.close()
        await self.services.live.close()
        await self.services.attempts.close()
        await self.services.sessions.close()

    async def viewer(self, who: Somebody | None) -> Viewer | None:
        days = self.settings.session_days
        return await viewer_behind(self.sessions, who.token, session_days=days) if who else None

    async def context(self, who: Somebody | None, *, peer: str = "192.0.2.1") -> RequestContext:
        async def viewer() -> Viewer | None:
            return await self.viewer(who)

        return RequestContext(
            services=self.services, viewer=await viewer(), reauthenticate=viewer, device="Tests", peer=peer
        )

    async def answer(self, who: Somebody | None, query: str, **variables: Any) -> "Answer":
        """Data and top-level errors of an operation."""
        context = await self.context(who, peer=variables.pop("peer", "192.0.2.1"))
        result = await the_schema().execute(query, variable_values=variables, context_value=context)
        return Answer(result.data, answerable(result.errors or []), context)

    async def ask(self, who: Somebody | None, query: str, **variables: Any) -> Any:
        """The data of an operation that has no top-level errors."""
        answer = await self.answer(who, query, **variables)
        assert not answer.errors, answer.errors
        return answer.data

    async def fault(self, who: Somebody | None, query: str, **variables: Any) -> str:
        """The code of the one top-level error of an operation."""
        [error] = (await self.answer(who, query, **variables)).errors
        return str((error.extensions or {})["code"])

    async def mutate(self, who: Somebody | None, name: str, answer: str = "", **arguments: Any) -> Any:
        """The payload of one mutation."""
        return (await self.ask(who, mutation(name, answer), **arguments))[name]

    async def refusals(self, who: Somebody | None, name: str, **arguments: Any) -> list[tuple[str, str]]:
        """Path and code of everything that a mutation refuses."""
        payload = await self.mutate(who, name, **arguments)
        return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]

    async def watch(self, who: Somebody | None, query: str, **variables: Any) -> AsyncGenerator["Answer"]:
        """What a subscription sends."""
        context = await self.context(who)
        results = await the_schema().stream(query, variable_values=variables, context_value=context)
        try:
            async for result in results:
                assert isinstance(result, ExecutionResult)  # nothing here is deferred
                yield Answer(result.data, answerable(result.errors or []), context)
        finally:
            await results.aclose()

    async def tables(self) -> Tables:
        """Every row of every table."""
        return await every_row(self.sessions, self.settings.database_url)

    @asynccontextmanager
    async def nothing_changes(self) -> AsyncGenerator[None]:
        """No row of any table, and no stored file, differs after the block."""
        before = await self.tables(), stored_files(self.settings.data_dir)
        yield
        assert (await self.tables(), stored_files(self.settings.data_dir)) == before


class Answer:
    """What an operation came to."""

    def __init__(
        self, data: Mapping[str, Any] | None, errors: Sequence[GraphQLError], context: RequestContext
    ) -> None:
        self.data: Any = data
        self.errors = list(errors)
        self.context = context

    @property
    def codes(self) -> list[str]:
        return [str((error.extensions or {})["code"]) for error in self.errors]


@asynccontextmanager
async def web_of(stage: Stage, base_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The web process of an installation, as in production, without the socket."""
    app = assemble(stage.settings, by_token(stage.settings), explorer=Explorer())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client,
    ):
        yield client


def mutation(name: str, answer: str = "") -> str:
    """A document that runs one mutation with its arguments as variables, and asks for all about its errors."""
    field = _mutation_field(name)
    arguments: dict[str, Any] = {**field.args}
    declared = ", ".join(f"${argument}: {given.type}" for argument, given in arguments.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in arguments)
    head, call = (f"({declared})", f"({passed})") if declared else ("", "")
    return f"mutation{head} {{ {name}{call} {{ {answer} errors {{ {_ERROR} }} }} }}"


def _mutation_field(name: str) -> GraphQLField:
    mutations = the_schema()._schema.mutation_type  # pyright: ignore[reportPrivateUsage] -- Strawberry has no other door to it
    assert mutations
    field: GraphQLField = mutations.fields[name]
    return field


def stored_files(folder: Path) -> dict[str, bytes]:
    """Everything that is stored, by its path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
