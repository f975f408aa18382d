"""Everything that differs between one installation and another: read once from `BEATPASS_*`."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """Settings of one process.

    `REDIS_URL` and the other names of hosting platforms are mapped by the Procfile, not here.
    """

    model_config = SettingsConfigDict(env_prefix="BEATPASS_", frozen=True, extra="ignore")

    mode: Literal["demo", "production"] = "production"
    database_url: str
    redis_url: str
    """Pub/sub and rate limits."""
    broker_url: str
    """Dramatiq's own database: its maintenance reads every key."""
    secret_key: SecretStr
    """Signs addresses that work without a header; at least 32 characters."""
    data_dir: Path = Path("data")
    """Local files, where no bucket is given."""
    storage_url: str = ""
    """`s3://bucket/prefix`; empty: `data_dir`."""
    public_url: str = "http://127.0.0.1:8000"
    """How clients reach this API: the start of every address it gives out."""
    site_url: str = ""
    """How people reach the site: the start of share addresses; empty: `public_url`."""
    session_days: int = 30
    upload_hours: int = 24
    """An upload that is neither finished nor used for so long is gone."""
    sign_in_attempts: int = 10
    """A quarter of an hour, for one e-mail or from one address."""
    signed_url_minutes: int = 60

    @cached_property
    def share_base(self) -> str:
        return (self.site_url or self.public_url).rstrip("/")
