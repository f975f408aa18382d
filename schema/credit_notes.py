"""Papers that money of a purchase went back."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.receipts import CreditNoteRow
from db.vocabulary import CreditCause, CurrencyCode
from schema.context import Info
from schema.ground import Money, SignedUrl


@strawberry.type
class CreditNote:
    """Paper that money of a purchase went back, with a number of its own; it never changes."""

    row: strawberry.Private[CreditNoteRow]
    number: str
    """Counted on from receipt to receipt, without a gap."""
    cause: CreditCause
    """Why."""
    amount: Money
    """With tax; below zero where a note is put right, for the money is here again."""
    tax: Money
    """Part of the amount, in proportion; over all notes never more than was paid."""
    happened_at: datetime
    """When the money went back, or came."""
    issued_at: datetime
    """When this was written."""

    @classmethod
    def of(cls, row: CreditNoteRow, currency: CurrencyCode) -> Self:
        return cls(
            row=row,
            number=row.numbered,
            cause=row.cause,
            amount=Money.of(row.total_minor, currency),
            tax=Money.of(row.tax_minor, currency),
            happened_at=row.happened_at,
            issued_at=row.issued_at,
        )

    @strawberry.field
    def pdf(self, info: Info) -> SignedUrl:
        """Seller, buyer, tax and number, as paper."""
        return info.context.addresses.credit_note(self.row.purchase_id, self.row.id)
