"""Accounts, the roles they hold, the ways they are signed in, and what proves whose an e-mail address is."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, ApiTokenId, PictureId, ProofId, SessionId
from db.table import Table
from db.vocabulary import ApiTokenScope, ProofKind, Role, SessionTransport

ONE_AT_A_TIME = text("ended_at IS NULL AND kind IN ('PROVE_EMAIL', 'RESET_PASSWORD', 'CHANGE_EMAIL')")
KEPT = text("ended_at IS NULL AND kind = 'RESTORE_EMAIL'")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Account(Table, table=True):
    id: AccountId = own_id("acc")
    email: str = Field(max_length=254)
    """As typed at sign-up; `email_key` finds it."""
    email_key: str = Field(max_length=254, unique=True)
    """Case-folded, so that no two accounts differ by case alone (D-1)."""
    password_hash: str = Field(max_length=200)
    display_name: str = Field(max_length=60)
    email_verified_at: datetime | None = instant(default=None)
    """When a link sent to `email` was opened; null: nobody knows whose inbox that is (D-80)."""
    picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    suspended_at: datetime | None = instant(default=None)
    """Since when staff suspend it; null: they do not. `Suspension` says why (D-83)."""
    created_at: datetime = instant(default_factory=now)
    deleted_at: datetime | None = instant(default=None)
    """Since then nobody is behind it: what others hold under its id stays, and it is told nothing (D-81)."""


class RoleGrant(Table, table=True):
    """A role from its giving to its taking: the roles held now are the rows without an end (D-1)."""

    __table_args__ = (
        Index(
            "role_grant_held",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        one_of("role", Role),
    )

    id: str = own_id("rol")
    account_id: AccountId = id_of(foreign_key="account.id")
    role: Role = word(Role)
    granted_at: datetime = instant(default_factory=now)
    granted_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    grant_reason: str | None = None
    withdrawn_at: datetime | None = instant(default=None)
    withdrawn_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    withdrawal_reason: str | None = None


class Session(Table, table=True):
    """A signed-in browser or app; only the hash of its token is kept."""

    __table_args__ = (one_of("transport", SessionTransport),)

    id: SessionId = own_id("ses")
    account_id: AccountId = id_of(foreign_key="account.id", index=True)
    token_sha256: str = Field(unique=True, max_length=64)
    transport: SessionTransport = word(SessionTransport)
    device: str = Field(max_length=200)
    created_at: datetime = instant(default_factory=now)
    last_seen_at: datetime = instant(default_factory=now)
    ended_at: datetime | None = instant(default=None)


class ApiToken(Table, table=True):
    """A token for a program; only its hash is kept."""

    __table_args__ = (one_of("scope", ApiTokenScope),)

    id: ApiTokenId = own_id("tok")
    account_id: AccountId = id_of(foreign_key="account.id", index=True)
    name: str = Field(max_length=100)
    scope: ApiTokenScope = word(ApiTokenScope)
    token_sha256: str = Field(unique=True, max_length=64)
    created_at: datetime = instant(default_factory=now)
    last_used_at: datetime | None = instant(default=None)
    expires_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)


class AccountProof(Table, table=True):
    """A letter to an address, and what the link in it does, once (D-80).

    Whoever ends one sets `ended_at` on condition that it is null, so of two uses at once one wins.
    """

    __table_args__ = (
        Index(
            "account_proof_one_at_a_time",
            "account_id",
            "kind",
            unique=True,
            sqlite_where=ONE_AT_A_TIME,
            postgresql_where=ONE_AT_A_TIME,
        ),
        Index("account_proof_of", "account_id", "kind", "created_at"),
        Index("account_proof_kept", "address_key", sqlite_where=KEPT, postgresql_where=KEPT),
        Index("account_proof_expiry", "expires_at"),
        one_of("kind", ProofKind),
    )

    id: ProofId = own_id("prf")
    account_id: AccountId = id_of(foreign_key="account.id")
    kind: ProofKind = word(ProofKind)
    address: str = Field(max_length=254)
    """Where the letter goes, and what is proved by opening its link."""
    address_key: str = Field(max_length=254)
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    """Of the token in the link; null until the letter is written."""
    created_at: datetime = instant(default_factory=now)
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    """Used, or put away by another one."""
