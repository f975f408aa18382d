"""Words that every area uses."""

from enum import StrEnum


class OrderDirection(StrEnum):
    """Direction of a sort."""

    ASC = "ASC"
    """Smallest, oldest or A first."""
    DESC = "DESC"
    """Largest, newest or Z first."""


class CurrencyCode(StrEnum):
    """Currencies a price can have."""

    USD = "USD"
    """US dollar."""
    EUR = "EUR"
    """Euro."""
    GBP = "GBP"
    """Pound sterling."""
    CAD = "CAD"
    """Canadian dollar."""


class ImageSize(StrEnum):
    """Edge length a picture is wanted in."""

    SMALL = "SMALL"
    """160 px."""
    MEDIUM = "MEDIUM"
    """500 px."""
    LARGE = "LARGE"
    """1,200 px, never enlarged."""
