"""What producers' months came to, once they are over (D-56)."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import ProducerId, StatementId
from db.table import Table
from db.vocabulary import CurrencyCode


class Statement(Table, table=True):
    """A producer's month in one currency: never changed. Its lines are the journals that were entered in it."""

    __table_args__ = (
        Index("statement_once", "producer_id", "period", "currency", unique=True),
        one_of("currency", CurrencyCode),
    )

    id: StatementId = own_id("stm")
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    period: str = Field(max_length=7)
    """The month, UTC, in which its lines were entered, such as 2027-03."""
    currency: CurrencyCode = word(CurrencyCode)
    opening_minor: int = Field(sa_type=BigInteger)
    """What the month before ended with."""
    closing_minor: int = Field(sa_type=BigInteger)
    made_at: datetime = instant(default_factory=now)
