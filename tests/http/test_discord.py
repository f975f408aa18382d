"""D-4: what Discord sends, signed by a real key pair, byte for byte as it travels."""

import json
import time
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError
from sqlalchemy import update
from sqlmodel import col
from starlette.applications import Starlette

from api.http.discord import discord_routes
from api.settings import Settings
from db.clock import now
from db.models.producers import ProducerRequest
from tests.factories import Beatmaker, a_producer, staff
from tests.moderation.desk import log
from tests.stage import Json, Stage
from workers.demo.discord import signed, slash_command

pytestmark = pytest.mark.anyio

GUILD, STAFF_ROLE = "81384788765712384", "41771983423143936"
KEY = Ed25519PrivateKey.generate()
CHALLENGE = """{ me { roles producerRequests { nodes { id status reviewReason discordUserId
  verification { command confirmedAt } history { status reason } } } } }"""


def moment(seconds: int = 0) -> str:
    """A timestamp so many seconds from now."""
    return str(int(time.time()) + seconds)


class Discord:
    """Sends interactions to a BeatPass."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(
        self, interaction: Any, *, key: Ed25519PrivateKey = KEY, timestamp: str | None = None, **headers: str
    ) -> httpx.Response:
        body = interaction if isinstance(interaction, bytes) else json.dumps(interaction).encode()
        signature = signed(key, body, timestamp=moment() if timestamp is None else timestamp)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.post("/discord/interactions", content=body, headers=signature | given)

    async def type(
        self, name: str, code: str, *, by: str = "1", staff: bool = False, guild: str = GUILD
    ) -> str:
        """What is said to somebody who types a command."""
        roles = [STAFF_ROLE] if staff else []
        answer = await self.send(
            slash_command(name, code, guild=guild, id=by, username=f"user{by}", roles=roles)
        )
        message = answer.json()
        assert (answer.status_code, message["type"], message["data"]["flags"]) == (200, 4, 64)
        assert message["data"]["allowed_mentions"] == {"parse": []}
        return str(message["data"]["content"])


@pytest.fixture
async def discord(stage: Stage) -> AsyncGenerator[Discord]:
    settings = stage.settings.model_copy(
        update={
            "discord_public_key": KEY.public_key().public_bytes_raw().hex(),
            "discord_guild_id": GUILD,
            "discord_staff_role_ids": f"1234, {STAFF_ROLE}",
        }
    )
    app = Starlette(routes=discord_routes(settings, stage.sessions))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://api.beatpass.test"
    ) as client:
        yield Discord(client)


async def ask_for_badge(stage: Stage, who: Beatmaker) -> str:
    """The code that the producer is shown."""
    answer = "request { verification { command } }"
    payload = await stage.mutate(who, "submitProducerRequest", answer, input={"kind": "GET_VERIFIED"})
    return str(payload["request"]["verification"]["command"]).removeprefix("/verify ")


async def request_of(stage: Stage, who: Beatmaker) -> Json:
    request: Json = (await stage.ask(who, CHALLENGE))["me"]["producerRequests"]["nodes"][0]
    return request


async def test_a_ping_is_answered_with_a_pong(discord: Discord) -> None:
    answer = await discord.send({"id": "1", "application_id": "2", "type": 1, "token": "t", "version": 1})
    assert (answer.status_code, answer.json()) == (200, {"type": 1})


async def test_what_discord_did_not_sign_is_answered_401_and_changes_nothing(
    stage: Stage, discord: Discord
) -> None:
    code = await ask_for_badge(stage, await a_producer(stage.sessions))
    command = slash_command("verify", code, guild=GUILD, id="1", username="nova", roles=[])
    body = json.dumps(command).encode()
    signature = signed(KEY, body, timestamp=moment())["x-signature-ed25519"]
    wrong = [
        await discord.send(command, key=Ed25519PrivateKey.generate()),
        await discord.send(command, x_signature_ed25519="00" * 64),
        await discord.send(command, x_signature_ed25519="not hex"),
        await discord.send(command, x_signature_ed25519=""),
        await discord.send(command, x_signature_timestamp=moment(-1)),
        await discord.send(body + b" ", x_signature_ed25519=signature),
        await discord.send({"type": 1}, key=Ed25519PrivateKey.generate()),
    ]
    async with stage.nothing_changes():
        assert [answer.status_code for answer in wrong] == [401] * len(wrong)


@pytest.mark.parametrize(
    ("seconds", "status"), [(-3600, 401), (-310, 401), (-280, 200), (280, 200), (310, 401), (10**12, 401)]
)
async def test_a_stale_request_is_refused_however_well_it_is_signed(
    discord: Discord, seconds: int, status: int
) -> None:
    answer = await discord.send({"type": 1}, timestamp=moment(seconds))
    assert answer.status_code == status


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1e9", "1" * 4000])
async def test_a_timestamp_that_is_none_is_refused(discord: Discord, timestamp: str) -> None:
    assert (await discord.send({"type": 1}, timestamp=timestamp)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b'"PING"', b'{"type": 99}', b'{"type": 3}', b'{"type": 2}', b'{"type": "x"}',
     b'{"type": 2, "data": {"name": 5}}', b'{"type": 1, "data": {"name": "verify"}}', b"\xff\xfe"],
)  # fmt: skip
async def test_a_signed_body_that_is_no_command_is_answered_400(discord: Discord, body: bytes) -> None:
    assert (await discord.send(body)).status_code == 400


async def test_a_body_without_end_is_not_read(discord: Discord) -> None:
    assert (await discord.send(b" " * 70_000)).status_code == 413


async def test_the_code_typed_and_confirmed_on_discord_gives_the_badge(
    stage: Stage, discord: Discord
) -> None:
    nova = await a_producer(stage.sessions)
    code = await ask_for_badge(stage, nova)
    assert "knows now that it is you" in await discord.type("verify", f" {code.lower()} ", by="77")
    proved = await request_of(stage, nova)
    assert (proved["status"], proved["discordUserId"]) == ("PENDING", "77")
    assert proved["verification"]["confirmedAt"] is not None
    async with stage.nothing_changes():
        assert "knows now" in await discord.type("verify", code, by="77")
        assert "Somebody else" in await discord.type("verify", code, by="78")
        assert "Only staff" in await discord.type("confirm", code, by="77")
    assert await discord.type("confirm", code, by="9", staff=True) == "Done: the producer has the badge."
    given = await request_of(stage, nova)
    reason = "Confirmed on Discord by user9."
    [entry] = await log(stage, await staff(stage.sessions), objectId={"eq": given["id"]})
    assert (entry["action"], entry["reason"]) == ("APPROVE", reason)
    assert (entry["actor"], entry["actorName"]) == (None, "user9 (9) on Discord")
    assert (given["status"], given["reviewReason"]) == ("APPROVED", reason)
    assert given["history"] == [
        {"status": "PENDING", "reason": None},
        {"status": "APPROVED", "reason": reason},
    ]
    assert (await stage.ask(nova, CHALLENGE))["me"]["roles"] == ["LISTENER", "PRODUCER", "VERIFIED_PRODUCER"]
    async with stage.nothing_changes():
        assert "unknown" in await discord.type("confirm", code, by="9", staff=True)
        assert "unknown" in await discord.type("verify", code, by="77")


async def test_a_code_that_nobody_has_typed_is_not_confirmed(stage: Stage, discord: Discord) -> None:
    code = await ask_for_badge(stage, await a_producer(stage.sessions))
    async with stage.nothing_changes():
        assert "has not been typed" in await discord.type("confirm", code, staff=True)


async def test_who_is_suspended_gets_no_badge_meanwhile(stage: Stage, discord: Discord) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    code, why = await ask_for_badge(stage, nova), {"reason": "We look."}
    assert "knows now that it is you" in await discord.type("verify", code, by="77")
    asked = (await request_of(stage, nova))["id"]
    assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=why) == []
    approved = {"decision": "APPROVE", "reason": None}
    async with stage.nothing_changes():
        assert "suspended" in await discord.type("confirm", code, by="9", staff=True)
        refused = await stage.refusals(sam, "reviewProducerRequest", id=asked, input=approved)
        assert refused == [("id", "ACCOUNT_SUSPENDED")]
    assert await stage.refusals(sam, "reinstateAccount", id=nova.account, input=why) == []
    assert await discord.type("confirm", code, by="9", staff=True) == "Done: the producer has the badge."


async def test_a_code_that_ended_or_never_was_is_told_so(stage: Stage, discord: Discord) -> None:
    nova = await a_producer(stage.sessions)
    code = await ask_for_badge(stage, nova)
    await end_the_code(stage, nova)
    async with stage.nothing_changes():
        assert "has ended" in await discord.type("verify", code)
        for other in ("ABCDEFGHJK", "", "x" * 5000, "\u0000", "'; DROP TABLE account; --"):
            assert "unknown" in await discord.type("verify", other)


async def end_the_code(stage: Stage, who: Beatmaker) -> None:
    async with stage.sessions.writing() as session:
        asked = update(ProducerRequest).where(col(ProducerRequest.account_id) == who.account)
        await session.execute(asked.values(code_expires_at=now() - timedelta(seconds=1)))


async def test_commands_count_on_our_server_only(stage: Stage, discord: Discord) -> None:
    code = await ask_for_badge(stage, await a_producer(stage.sessions))
    in_private = slash_command("verify", code, guild=GUILD, id="1", username="nova", roles=[])
    user = in_private.pop("member")["user"]
    in_private |= {"guild_id": None, "user": user}
    async with stage.nothing_changes():
        assert "on the BeatPass server" in await discord.type("verify", code, guild="999")
        assert "on the BeatPass server" in (await discord.send(in_private)).json()["data"]["content"]
        assert "no such command" in await discord.type("ban", code, staff=True)


async def test_without_a_key_there_is_no_endpoint_and_a_key_needs_its_server(stage: Stage) -> None:
    assert discord_routes(stage.settings, stage.sessions) == []
    given: dict[str, Any] = stage.settings.model_dump() | {"discord_public_key": "ab" * 32}
    with pytest.raises(ValidationError, match="GUILD_ID"):
        Settings(**given)
