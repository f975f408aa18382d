"""Everything that differs between one installation and another: read once from `BEATPASS_*`."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.session import sqlalchemy_url

_REDIS_NAMES: Final = ("redis_url", "BEATPASS_REDIS_URL", "REDIS_URL")
_MAIL_SCHEMES: Final = frozenset({"smtp", "smtps", "file"})


class Settings(BaseSettings):
    """Settings of one process, from `BEATPASS_*`; hosting platforms' DATABASE_URL and REDIS_URL are taken too."""

    model_config = SettingsConfigDict(
        env_prefix="BEATPASS_", frozen=True, extra="ignore", populate_by_name=True
    )

    mode: Literal["demo", "production"] = "production"
    database_url: Annotated[str, AfterValidator(sqlalchemy_url)] = Field(
        validation_alias=AliasChoices("BEATPASS_DATABASE_URL", "DATABASE_URL")
    )
    redis_url: str = Field(validation_alias=AliasChoices("BEATPASS_REDIS_URL", "REDIS_URL"))
    """Pub/sub and rate limits."""
    broker_url: str = ""
    """Dramatiq's own database, for its maintenance reads every key; left out: number 1 beside `redis_url`."""
    secret_key: Annotated[SecretStr, Field(min_length=32)]
    """Signs addresses that work without a header."""
    data_dir: Path = Path("data")
    """Local files, where no bucket is given."""
    storage_url: str = ""
    """`s3://bucket/prefix`; empty: `data_dir`."""
    public_url: str = "http://127.0.0.1:8000"
    """How clients reach this API: the start of every address it gives out."""
    site_url: str = ""
    """How people reach the site: the start of share addresses; empty: `public_url`."""
    smtp_url: SecretStr = SecretStr("")
    """Where e-mail goes: `smtp://user:password@host:587?starttls=require`, `smtps://…`, or a folder, `file:///…`.

    Empty: none is sent. STARTTLS is used where it is offered; `require` sends nothing without it.
    """
    mail_from: str = ""
    """`BeatPass <hello@example.org>`; an SMTP server needs it."""
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8
    """Of the day in UTC, when e-mails that can wait go out."""
    community_url: str = "https://discord.gg/beatpass"
    """Way into the Discord community, where verification is completed (D-4)."""
    discord_public_key: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{64})?$")] = ""
    """Of the Discord application, in hex: what its interactions are signed with. Empty: none are answered."""
    discord_guild_id: str = ""
    """The community's server; commands typed elsewhere are refused."""
    discord_staff_role_ids: str = ""
    """Roles there whose members confirm badges, separated by commas."""
    stripe_secret_key: SecretStr = SecretStr("")
    """Of the Stripe account that takes payments. Empty: there are no plans to pay for, no sales and no payouts."""
    stripe_api_url: str = ""
    """Where Stripe's API is, if not at Stripe: the sandbox of `./bp run`."""
    stripe_webhook_secret: SecretStr = SecretStr("")
    """What Stripe signs events of our own account with; two, separated by a comma, while it is being rotated."""
    stripe_connect_webhook_secret: SecretStr = SecretStr("")
    """What it signs events of producers' payout accounts with, likewise."""
    stripe_taxes: bool = False
    """Have the provider reckon taxes on bills; it has to be set up for that."""
    seller_name: str = "BeatPass"
    """Who sells, as receipts name them (D-82)."""
    seller_address: str = ""
    """Where they are, its lines separated by `|`."""
    seller_tax_number: str = ""
    """Under which they pay taxes, such as `GST/HST 12345 6789 RT0001`; empty: they have none."""
    seller_email: str = "contact@beatpass.ca"
    """Where buyers ask about a receipt."""
    plan_path: str = "/graphql"
    """Of the site: where somebody comes back to who paid for a plan, unless the client says otherwise."""
    payment_grace_days: Annotated[int, Field(ge=0)] = 7
    """How long a plan goes on whose bill could not be paid (D-50)."""
    reservation_minutes: Annotated[int, Field(ge=1)] = 30
    """How long an exclusive is kept for a buyer who has not paid (D-43); it is off sale meanwhile."""
    refund_hours: Annotated[int, Field(ge=0)] = 24
    """How long a purchase made in error can be undone (D-47)."""
    pool_wait_hours: Annotated[int, Field(ge=0)] = 6
    """From the end of a month to its closing, for payments and plays of its last minutes (D-52)."""
    minimum_payout_minor: Annotated[int, Field(ge=1)] = 1000
    """Of each currency, in cents: less is carried over (D-54)."""
    payout_weekday: Annotated[int, Field(ge=0, le=6)] = 0
    """When everybody who can be paid is: 0 is Monday, of UTC."""
    payout_review_days: Annotated[int, Field(ge=0)] = 3
    """How long nothing is paid by itself after a payout came back, or once another account than before is set up."""
    payout_reminder_days: Annotated[int, Field(ge=0)] = 3
    """How long earnings wait before their producer is reminded to set payouts up."""
    payout_path: str = "/graphql"
    """Of the site: where somebody comes back to from the set-up of payouts, unless the client says otherwise."""
    session_days: int = 30
    upload_hours: int = 24
    """An upload that is neither finished nor used for so long is gone."""
    sign_in_attempts: int = 10
    """A quarter of an hour, for one e-mail from one address; ten times as many for either alone."""
    signed_url_minutes: int = 60
    scan_cool_down_minutes: int = 60
    """Between two scans of one track or sample that somebody asks for (D-32)."""
    scans_a_day: int = 20
    """That one account may ask for; the day is UTC's."""
    request_tokens_a_month: Annotated[int, Field(ge=1)] = 1
    """Beat request tokens of everybody who has no larger plan; the month is UTC's (D-60)."""
    matching_notices_a_day: int = 5
    """Of beat requests that an account is told at once (D-64); further ones wait in its list and its e-mail of the day."""
    contact_requests_a_day: Annotated[int, Field(ge=1)] = 20
    """That one producer may send (D-72); who asks many more does not know them."""
    contact_again_days: Annotated[int, Field(ge=0)] = 30
    """From a decline until the same producer may ask again."""
    support_days: Annotated[int, Field(ge=1)] = 3
    """Working days within which support means to answer (D-72)."""
    support_priority_days: Annotated[int, Field(ge=1)] = 1
    """The same for verified producers (D-5)."""
    support_reopen_days: Annotated[int, Field(ge=0)] = 14
    """How long a closed ticket is opened again by what its owner writes."""
    support_tickets_a_day: Annotated[int, Field(ge=1)] = 5
    """That one account may open, or one e-mail without an account; so many letters go to who never asked for one."""
    support_guest_tickets_an_hour: Annotated[int, Field(ge=1)] = 10
    """That may be opened without an account from one network address: each is a letter, to whatever e-mail was entered."""
    exports_a_day: Annotated[int, Field(ge=1)] = 2
    """Archives of its data that one account may ask for (D-81)."""
    deletion_days: Annotated[int, Field(ge=0)] = 7
    """From asking for the deletion of an account to doing it (D-81)."""
    rescan_days: int = 30
    """After so long a published track is compared with the whole catalogue again."""

    @model_validator(mode="before")
    @classmethod
    def _broker_beside_redis(cls, given: dict[str, Any]) -> dict[str, Any]:
        redis_url = next((given[name] for name in _REDIS_NAMES if given.get(name)), None)
        return {"broker_url": _database_1(redis_url), **given} if redis_url else given

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Self:
        scheme = urlsplit(self.smtp_url.get_secret_value()).scheme
        if self.sends_email and scheme not in _MAIL_SCHEMES:
            raise ValueError("smtp_url starts with smtp://, smtps:// or file:///")
        if scheme in {"smtp", "smtps"} and not self.mail_from:
            raise ValueError("mail_from says who e-mails come from; an SMTP server needs it")
        return self

    @property
    def sends_email(self) -> bool:
        return bool(self.smtp_url.get_secret_value())

    @model_validator(mode="after")
    def _discord_has_a_server(self) -> Self:
        if self.discord_public_key and not self.discord_guild_id:
            raise ValueError("BEATPASS_DISCORD_PUBLIC_KEY needs BEATPASS_DISCORD_GUILD_ID beside it")
        return self

    @model_validator(mode="after")
    def _webhooks_have_a_key(self) -> Self:
        secrets = (self.stripe_webhook_secret, self.stripe_connect_webhook_secret)
        if any(one.get_secret_value() for one in secrets) and not self.takes_payments:
            raise ValueError(
                "a webhook secret needs BEATPASS_STRIPE_SECRET_KEY beside it: events are read anew"
            )
        return self

    @property
    def takes_payments(self) -> bool:
        return bool(self.stripe_secret_key.get_secret_value())

    @cached_property
    def discord_staff_roles(self) -> frozenset[str]:
        return frozenset(role.strip() for role in self.discord_staff_role_ids.split(",") if role.strip())

    @cached_property
    def sites(self) -> frozenset[str]:
        """Hosts that public paths stand on, with their ports."""
        return frozenset(urlsplit(one).netloc.lower() for one in (self.share_base, self.public_url))

    @cached_property
    def share_base(self) -> str:
        return (self.site_url or self.public_url).rstrip("/")


def _database_1(redis_url: str) -> str:
    """The same server's database number 1."""
    if redis_url.startswith("unix:"):
        return f"{redis_url.partition('?')[0]}?db=1"
    return urlunsplit(urlsplit(redis_url)._replace(path="/1"))
