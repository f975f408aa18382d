"""Top-level errors: sign-in, limits and malformed requests, each with its code; never a user's mistake."""

from typing import Any, NoReturn

from graphql import GraphQLError

from db.vocabulary import RequestErrorCode


class RequestFault(GraphQLError):  # noqa: N818 -- a fault of the request, not of the program
    """An error outside any payload.

    Args:
        message: A sentence for the developer of the client.
        code: Stands in `extensions.code`.
        argument: The query argument it is about.
        more: Further extensions, such as `retryAt`.
    """

    def __init__(
        self, message: str, code: RequestErrorCode, *, argument: str | None = None, **more: Any
    ) -> None:
        about = {"argument": argument} if argument else {}
        super().__init__(message, extensions={"code": code.value, **about, **more})


def unauthenticated() -> RequestFault:
    return RequestFault(
        "Sign in first: no token came with the request, or it has ended.", RequestErrorCode.UNAUTHENTICATED
    )


def not_in_person() -> RequestFault:
    sentence = "An API token cannot do this: it needs somebody who is signed in."
    return RequestFault(sentence, RequestErrorCode.FORBIDDEN)


def not_over_money() -> RequestFault:
    sentence = "This moves money: of API tokens, only those with the scope FULL can do it."
    return RequestFault(sentence, RequestErrorCode.FORBIDDEN)


def wrong_id_type(argument: str, expected: str) -> RequestFault:
    sentence = f"`{argument}` takes the id of a {expected}."
    return RequestFault(sentence, RequestErrorCode.WRONG_ID_TYPE, argument=argument)


def not_verified() -> NoReturn:
    """End a subscription that is for verified producers.

    Raises:
        RequestFault: Always (FORBIDDEN).
    """
    raise RequestFault("Only verified producers hear of matches.", RequestErrorCode.FORBIDDEN)


def no_producer() -> NoReturn:
    """End a subscription to what only producers have.

    Raises:
        RequestFault: Always (FORBIDDEN).
    """
    raise RequestFault("Only approved producers have this.", RequestErrorCode.FORBIDDEN)


def not_there() -> NoReturn:
    """End a subscription to something that is not there, or not for the viewer.

    Raises:
        RequestFault: Always (BAD_REQUEST); a query answers null instead.
    """
    sentence = "There is no such object, or it is not for you."
    raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST, argument="id")
