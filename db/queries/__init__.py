"""Every SELECT. Who reads one table knows them all: a row that names another table cannot be written without it."""

from db.models.all import METADATA

__all__ = ["METADATA"]
