"""Discord's interactions endpoint: `/verify CODE` by a producer, `/confirm CODE` by staff (D-4).

The wire format is Discord's: https://discord.com/developers/docs/interactions/receiving-and-responding. Every request is
signed with Ed25519 over its timestamp and body; Discord itself tries wrong signatures now and then, and expects 401.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.producers.proof import CommunityMember, confirm_code, type_code
from api.refusals import Refused
from api.settings import Settings
from db.clock import now
from db.session import Sessions

_MAX_BODY_BYTES: Final = 64 * 1024
"""A slash command takes about 2 KiB."""
_FRESH_S: Final = 300
"""Discord's own clients give up after 3 s; the rest is for clocks that differ. Older: a replay."""
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_PING: Final = 1
_COMMAND: Final = 2
_PONG: Final[dict[str, Any]] = {"type": 1}
_MESSAGE: Final = 4
_FOR_ONE_PAIR_OF_EYES: Final = 64


class _User(BaseModel):
    id: str
    username: str


class _Member(BaseModel):
    user: _User
    roles: list[str]


class _Option(BaseModel):
    name: str
    value: str | int | float | bool = ""


class _Command(BaseModel):
    name: str
    options: list[_Option] = []


class _Interaction(BaseModel):
    """What is read of an interaction; the rest is Discord's business."""

    type: int
    guild_id: str | None = None
    member: _Member | None = None
    data: _Command | None = None


def discord_routes(settings: Settings, sessions: Sessions) -> list[Route]:
    """The endpoint, where a Discord application is set up."""
    if not settings.discord_public_key:
        return []
    return [Route("/discord/interactions", DiscordInteractions(settings, sessions).answer, methods=["POST"])]


class _NotTaken(Exception):  # noqa: N818 -- an answer, not a fault
    """The request is none of Discord's, or none that is answered.

    Attributes:
        status: Of the HTTP answer.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class DiscordInteractions:
    """Answers one interaction at a time; what it may change is what the verbs allow."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(settings.discord_public_key))
        self._settings = settings
        self._sessions = sessions

    async def answer(self, request: Request) -> Response:
        """401 for what Discord did not sign just now, 400 for what is no interaction."""
        try:
            interaction = await self._interaction(request)
        except _NotTaken as reason:
            return JSONResponse({"message": str(reason)}, status_code=reason.status)
        if interaction.data is None:
            return JSONResponse(_PONG)
        return _said(await self._obey(interaction, interaction.data))

    async def _interaction(self, request: Request) -> _Interaction:
        """A ping, which has no data, or a slash command."""
        body = await _body_of(request)
        if not self._is_from_discord(request.headers, body):
            raise _NotTaken(401, "This request is not signed by Discord, or not now.")
        try:
            interaction = _Interaction.model_validate_json(body)
        except ValidationError as error:
            raise _NotTaken(400, "This is no interaction.") from error
        if interaction.type != (_PING if interaction.data is None else _COMMAND):
            raise _NotTaken(400, "Only slash commands are answered here.")
        return interaction

    def _is_from_discord(self, headers: Headers, body: bytes) -> bool:
        timestamp = headers.get("x-signature-timestamp", "")
        try:
            signature = bytes.fromhex(headers.get("x-signature-ed25519", ""))
            self._key.verify(signature, timestamp.encode() + body)
        except (ValueError, InvalidSignature):
            return False
        signed_at = int(timestamp) if _SECONDS.fullmatch(timestamp) else 0
        return abs(now().timestamp() - signed_at) <= _FRESH_S

    async def _obey(self, interaction: _Interaction, command: _Command) -> str:
        """What is said to the person who typed it."""
        if interaction.member is None or interaction.guild_id != self._settings.discord_guild_id:
            return "Type this on the BeatPass server."
        known = _COMMANDS.get(command.name)
        if known is None:
            return "BeatPass has no such command."
        do, done = known
        member = self._member(interaction.member)
        code = next((str(option.value) for option in command.options if option.name == "code"), "")
        try:
            async with self._sessions.writing() as session:
                await do(session, member, code=code)
        except Refused as refused:
            return refused.message
        return done

    def _member(self, member: _Member) -> CommunityMember:
        is_staff = not self._settings.discord_staff_roles.isdisjoint(member.roles)
        return CommunityMember(member.user.id, member.user.username, is_staff=is_staff)


_COMMANDS: Final[dict[str, tuple[Callable[..., Awaitable[None]], str]]] = {
    "verify": (type_code, "Thank you: BeatPass knows now that it is you. Staff confirm the badge next."),
    "confirm": (confirm_code, "Done: the producer has the badge."),
}


async def _body_of(request: Request) -> bytes:
    """The whole body, refused as soon as it is known to be too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise _NotTaken(413, f"The body is longer than {_MAX_BODY_BYTES} bytes.")
    return bytes(body)


def _said(sentence: str) -> Response:
    """A message that only the one who typed sees, and that calls nobody."""
    data: dict[str, Any] = {
        "content": sentence,
        "flags": _FOR_ONE_PAIR_OF_EYES,
        "allowed_mentions": {"parse": []},
    }
    return JSONResponse({"type": _MESSAGE, "data": data})
