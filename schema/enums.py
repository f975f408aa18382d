"""The vocabulary's words, made known to GraphQL; their descriptions stand with the words."""

from enum import StrEnum
from typing import Any, Final

import strawberry

from db import vocabulary
from db.vocabulary import RequestErrorCode

for _word in vars(vocabulary).values():
    if isinstance(_word, type) and issubclass(_word, StrEnum) and _word is not StrEnum:
        strawberry.enum(_word)

REQUEST_ERROR_CODE: Final[Any] = vars(RequestErrorCode)["__strawberry_definition__"]
"""No field has it: it says what stands in `extensions.code`."""
