"""Discord's part in demo mode: a key pair and a server of this installation's own, so that the badge can be had (D-4).

The key follows from the installation's secret; `workers/demo/discord.py` signs with it what Discord would send.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from api.settings import Settings

GUILD_ID: Final = "1000000000000000001"
STAFF_ROLE_ID: Final = "1000000000000000002"


def signing_key(secret: SecretStr) -> Ed25519PrivateKey:
    """What Discord would keep to itself."""
    seed = hmac.digest(secret.get_secret_value().encode(), b"discord of demo mode", hashlib.sha256)
    return Ed25519PrivateKey.from_private_bytes(seed)


def with_demo_discord(settings: Settings) -> Settings:
    """The settings, with a Discord of this machine where no real one is set up."""
    if settings.discord_public_key:
        return settings
    public = signing_key(settings.secret_key).public_key().public_bytes_raw().hex()
    return settings.model_copy(
        update={
            "discord_public_key": public,
            "discord_guild_id": GUILD_ID,
            "discord_staff_role_ids": STAFF_ROLE_ID,
        }
    )
