"""Errors as Stripe answers them."""

from typing import Any, Final

Facts = dict[str, Any]

_BAD_REQUEST: Final = "invalid_request_error"


class AnsweredError(Exception):
    """An answer that is an error.

    Attributes:
        kept: Whether it is the first answer to an idempotency key: an endpoint had begun its work.
        stays: Whether what the endpoint did before stays done.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = _BAD_REQUEST,
        kept: bool = True,
        stays: bool = False,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.stays = stays
        self.body = {"type": kind, "message": message, **facts}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> AnsweredError:
    """A request whose words are understood and whose meaning is not possible."""
    facts: Facts = {**_given(param=param, code=code)}
    return AnsweredError(message, **facts)


def malformed(message: str, *, param: str | None, code: str | None) -> AnsweredError:
    """A request that no endpoint has begun to work on: its parameters do not fit."""
    facts: Facts = {**_given(param=param, code=code)}
    return AnsweredError(message, kept=False, **facts)


def not_given(param: str) -> AnsweredError:
    """A parameter that cannot be left out is."""
    return malformed(f"Missing required param: {param}.", param=param, code="parameter_missing")


def not_positive(param: str) -> AnsweredError:
    """A number that must be above zero is not."""
    return invalid("Invalid positive integer", param=param, code="parameter_invalid_integer")


def missing(kind: str, which: str, *, param: str = "id") -> AnsweredError:
    """There is no such object, or it belongs to another account."""
    return AnsweredError(
        f"No such {kind}: '{which}'", status=404, param=param, code="resource_missing", kept=True
    )


def declined(code: str, message: str, **facts: Any) -> AnsweredError:
    """A card that does not pay."""
    return AnsweredError(
        message, status=402, kind="card_error", code="card_declined", decline_code=code, **facts
    )


def unserved(what: str, *, param: str | None = None) -> AnsweredError:
    """Stripe can do it and the sandbox cannot."""
    return malformed(f"The sandbox does not serve {what}.", param=param, code="sandbox_unserved")


def _given(**facts: str | None) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value is not None}
