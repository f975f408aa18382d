"""Errors as a client may see them: each with its code, and none that shows how we are made."""

from typing import Final

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from db.ids import new_id
from db.queries.paging import AnchorDoesNotFit
from db.vocabulary import RequestErrorCode

_log = structlog.get_logger(__name__)
EXECUTION_S: Final = 10


def answerable(errors: list[GraphQLError]) -> list[GraphQLError]:
    """Each error with its code; a bug of ours is logged and answered with nothing but the id of its log entry."""
    return [_answerable(error) for error in errors]


def _answerable(error: GraphQLError) -> GraphQLError:
    if error.extensions and "code" in error.extensions:
        return error
    known = _known(error)
    return _coded(error, *known) if known else _internal(error)


def _known(error: GraphQLError) -> tuple[str, RequestErrorCode] | None:
    """What to say of an error that is no fault of ours."""
    match error.original_error:
        case None | GraphQLError():
            too_long = isinstance(error, GraphQLSyntaxError) and "tokens" in error.message
            return error.message, RequestErrorCode.TOO_COMPLEX if too_long else RequestErrorCode.BAD_REQUEST
        case AnchorDoesNotFit():
            return "The cursor is not one of this list.", RequestErrorCode.BAD_CURSOR
        case TimeoutError() if error.path is None:
            return f"The operation ran longer than {EXECUTION_S} s.", RequestErrorCode.TIMED_OUT
        case CannotGetOperationTypeError() | InvalidOperationTypeError():
            sentence = "Name an operation of the document; and one that changes something is sent by POST."
            return sentence, RequestErrorCode.BAD_REQUEST
        case _:
            return None


def _internal(error: GraphQLError) -> GraphQLError:
    error_id = new_id("err")
    _log.error("resolver failed", error_id=error_id, path=error.path, exc_info=error.original_error)
    sentence = f"Something went wrong on our side. Quote {error_id} to support."
    return _coded(error, sentence, RequestErrorCode.INTERNAL, errorId=error_id)


def _coded(error: GraphQLError, message: str, code: RequestErrorCode, **more: str) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": code.value, **more}
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, error.original_error, extensions
    )
