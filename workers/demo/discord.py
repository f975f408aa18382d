"""`./bp discord verify CODE`: types a slash command as somebody on the Discord of demo mode (D-4).

A stand-in: real interactions come from Discord. These are signed the same way, with the key of this installation.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from api.demo.discord import GUILD_ID, STAFF_ROLE_ID, signing_key
from workers.launcher.embedded import address, data_directory, secret_key
from workers.launcher.errors import StartError

_ANSWERS_WITHIN_S: Final = 10
_COMMANDS: Final = {
    "verify": ("2000000000000000001", "the producer", ()),
    "confirm": ("2000000000000000002", "a member of staff", (STAFF_ROLE_ID,)),
}
"""Who types which: id, name and roles on the server."""


def slash_command(name: str, code: str, *, guild: str = GUILD_ID, **member: Any) -> dict[str, Any]:
    """An interaction as Discord writes it, as far as anybody reads it.

    Args:
        member: `id`, `username` and `roles` of who typed it.
    """
    user = {"id": member["id"], "username": member["username"], "global_name": None, "bot": False}
    return {
        "id": "3000000000000000001",
        "application_id": "4000000000000000001",
        "type": 2,
        "version": 1,
        "token": "unused",
        "guild_id": guild,
        "channel_id": "5000000000000000001",
        "member": {"user": user, "roles": list(member["roles"]), "permissions": "0"},
        "data": {
            "id": "6000000000000000001",
            "name": name,
            "type": 1,
            "options": [{"name": "code", "type": 3, "value": code}],
        },
    }


def signed(key: Ed25519PrivateKey, body: bytes, *, timestamp: str) -> dict[str, str]:
    """The headers that Discord sends with a body."""
    return {
        "content-type": "application/json",
        "x-signature-timestamp": timestamp,
        "x-signature-ed25519": key.sign(timestamp.encode() + body).hex(),
    }


def main(arguments: Sequence[str]) -> int:
    """Type the command, and show what BeatPass says to it."""
    parser = argparse.ArgumentParser(prog="./bp discord", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("command", choices=sorted(_COMMANDS), help="verify: the producer; confirm: staff")
    parser.add_argument("code", help="as `verification.command` shows it")
    given = parser.parse_args(arguments)
    try:
        print(_typed(os.environ, given.command, given.code))
    except (StartError, URLError, OSError) as problem:
        print(f"bp: {problem}", file=sys.stderr)
        return 1
    return 0


def _typed(environment: Mapping[str, str], command: str, code: str) -> str:
    user, name, roles = _COMMANDS[command]
    secret = SecretStr(secret_key(data_directory(environment)))
    body = json.dumps(slash_command(command, code, id=user, username=name, roles=roles)).encode()
    where = f"{address(environment).url}/discord/interactions"
    request = Request(where, body, signed(signing_key(secret), body, timestamp=str(int(time.time()))))  # noqa: S310 -- http by construction
    try:
        with urlopen(request, timeout=_ANSWERS_WITHIN_S) as answer:  # noqa: S310 -- as above
            said: str = json.load(answer)["data"]["content"]
    except HTTPError as refused:
        with refused:
            return f"{refused.code}: {refused.read().decode(errors='replace')}"
    return said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
