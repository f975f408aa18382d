"""Days and amounts as papers say them. Pure."""

from datetime import UTC, datetime

from db.money import Amount


def shown_day(moment: datetime) -> str:
    """Such as 5 Nov 2026, in Coordinated Universal Time."""
    day = moment.astimezone(UTC)
    return f"{day.day} {day:%b %Y}"


def shown_amount(amount: Amount) -> str:
    """Such as 1,234.50; the minus sign is as wide as a digit."""
    return f"{amount.decimal:,.2f}".replace("-", "\N{MINUS SIGN}")
