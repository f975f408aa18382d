"""The base of every table: its name is the class's in snake case."""

import re

from sqlalchemy.orm import declared_attr
from sqlmodel import SQLModel


class Table(SQLModel):
    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 -- SQLAlchemy hands over the class  # pyright: ignore[reportIncompatibleVariableOverride] -- SQLAlchemy documents this form
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
