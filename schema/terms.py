"""Terms that people accept."""

from datetime import datetime
from typing import Protocol, Self

import strawberry

from db.ids import AccountId
from db.queries.terms import AcceptanceRow
from db.vocabulary import TermsDocument
from schema.context import Info


class TermsText(Protocol):
    """What a version of terms says."""

    @property
    def version(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def markdown(self) -> str: ...
    @property
    def changes(self) -> str | None: ...


@strawberry.type
class TermsVersion:
    """A version of the platform's terms."""

    version: str
    """Names it; pass it back as accepted."""
    published_at: datetime
    """Valid from."""
    markdown: str
    """The text."""
    changes: str | None
    """Since the version before."""

    @classmethod
    def of(cls, text: TermsText) -> Self:
        return cls(
            version=text.version,
            published_at=text.published_at,
            markdown=text.markdown,
            changes=text.changes,
        )


@strawberry.type
class TermsAcceptance:
    """That an account accepted a version of terms."""

    document: TermsDocument
    """Which terms."""
    version: str
    """Which text of them."""
    accepted_at: datetime
    """The first time."""

    @classmethod
    def of(cls, row: AcceptanceRow) -> Self:
        return cls(document=row.document, version=row.version, accepted_at=row.accepted_at)


@strawberry.type
class WhatWasAccepted:
    """What an account has to say of terms."""

    account_id: strawberry.Private[AccountId]

    @strawberry.field
    async def accepted_terms(self, info: Info) -> list[TermsAcceptance]:
        """Terms that it accepted, the latest first: of use, and of licences that it grants or has."""
        return await info.context.loaders.accepted_terms.load(self.account_id)
