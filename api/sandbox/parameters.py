"""Every request is held against the SDK's own types of its parameters: unknown, missing and mistyped ones are refused.

Older endpoints send forms, in which everything is text: numbers and truth are read by the type that is wanted.
"""

import types
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import (
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import typing_extensions

from api.sandbox import sdk
from api.sandbox.errors import AnsweredError, malformed, not_given
from api.sandbox.trees import Json, is_list, is_object

_NAMES: Final = {"StripeContext": object, "Mapping": Mapping, "Any": Any}
"""Of the options that every typed dictionary inherits and no request carries."""
_WRAPPERS: Final = (Required, NotRequired, typing_extensions.Required, typing_extensions.NotRequired)
_UNIONS: Final = (Union, types.UnionType)
_TRUTH: Final = {"true": True, "false": False}


class Field:
    """One parameter: its type, and whether it must be there."""

    def __init__(self, note: Any) -> None:
        origin = get_origin(note)
        self.required = origin not in (NotRequired, typing_extensions.NotRequired)
        self.type = get_args(note)[0] if origin in _WRAPPERS else note


Fields = dict[str, Field]
_KNOWN: Final[dict[type[Any], Fields]] = {}


class _Nothing(TypedDict):
    """Of an endpoint without parameters."""


def checked(values: Json, wanted: type[Any] | None, *, text: bool) -> Json:
    """The values as the type has them.

    Args:
        values: What was sent.
        wanted: The typed dictionary of the endpoint.
        text: Whether they come from a form.

    Raises:
        AnsweredError: One is unknown, missing or of another type.
    """
    return _object(values, wanted or _Nothing, "", text=text)


def fields_of(kind: type[Any]) -> Fields:
    """The parameters of a typed dictionary, without the options that are sent in headers; found once."""
    if kind not in _KNOWN:
        _KNOWN[kind] = _found_fields(kind)
    return _KNOWN[kind]


def _found_fields(kind: type[Any]) -> Fields:
    notes = get_type_hints(kind, localns=dict(_NAMES), include_extras=True)
    inherits = notes.keys() >= sdk.option_names()
    return {
        name: Field(note) for name, note in notes.items() if not (inherits and name in sdk.option_names())
    }


def _object(values: Json, kind: type[Any], place: str, *, text: bool) -> Json:
    fields = fields_of(kind)
    for name in values:
        if name not in fields:
            where = _inside(place, name)
            raise malformed(f"Received unknown parameter: {where}", param=where, code="parameter_unknown")
    for name, field in fields.items():
        if field.required and name not in values:
            where = _inside(place, name)
            raise not_given(where)
    return {
        name: _value(value, fields[name].type, _inside(place, name), text=text)
        for name, value in values.items()
    }


def _value(value: Any, kind: Any, place: str, *, text: bool) -> Any:
    origin = get_origin(kind)
    if origin in _UNIONS:
        return _one_of(value, get_args(kind), place, text=text)
    if origin is Literal:
        return _literal(value, get_args(kind), place)
    if origin in (list, dict) or hasattr(kind, "__required_keys__"):
        return _tree(value, kind, place, text=text)
    return _leaf(value, kind, place, text=text)


def _tree(value: Any, kind: Any, place: str, *, text: bool) -> Any:
    """A list, a map of names of anybody's choice, or an object of known names."""
    if get_origin(kind) is list:
        if not is_list(value):
            raise _mistyped("array", value, place)
        [inner] = get_args(kind)
        return [_value(one, inner, f"{place}[{number}]", text=text) for number, one in enumerate(value)]
    if not is_object(value):
        raise _mistyped("object", value, place)
    if get_origin(kind) is dict:
        inner = get_args(kind)[1]
        return {name: _value(one, inner, _inside(place, name), text=text) for name, one in value.items()}
    return _object(value, kind, place, text=text)


def _one_of(value: Any, kinds: tuple[Any, ...], place: str, *, text: bool) -> Any:
    """The first type that fits. Words that are listed are all there are: the SDK's `| str` is for those to come."""
    listed = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    kept = [kind for kind in kinds if not (kind is str and any(listed)) and not _is_no_type(kind)]
    if value is None and types.NoneType in kinds:
        return None
    problem: AnsweredError | None = None
    for kind in sorted(kept, key=_patience):
        try:
            return _value(value, kind, place, text=text)
        except AnsweredError as refused:
            if problem is None or _is_nearer(value, kind):
                problem = refused
    assert problem, place
    raise problem


def _is_no_type(kind: Any) -> bool:
    """Null, and what the SDK lets be passed beside a dictionary: over the wire they are the same."""
    return kind is types.NoneType or get_origin(kind) is sdk.untyped_object()


def _patience(kind: Any) -> int:
    """Words first: an empty one means to clear; text last, for everything is text in a form."""
    return {Literal: 0}.get(get_origin(kind), 2 if kind is str else 1)


def _is_nearer(value: Any, kind: Any) -> bool:
    """Whether a type's complaint says more than the one before: it wants what was sent."""
    origin = get_origin(kind)
    if isinstance(value, dict):
        return origin is dict or hasattr(kind, "__required_keys__")
    if isinstance(value, list):
        return origin is list
    return origin is Literal and any(get_args(kind))


def _literal(value: Any, words: tuple[Any, ...], place: str) -> Any:
    if value in words:
        return value
    choices = ", ".join(str(word) for word in words if word != "")
    if value == "":
        message = f"You passed an empty string for '{place}'."
        raise malformed(message, param=place, code="parameter_invalid_empty")
    raise malformed(f"Invalid {place}: must be one of {choices}", param=place, code=None)


def _leaf(value: Any, kind: Any, place: str, *, text: bool) -> Any:
    if kind is bool:
        return _truth(value, place, text=text)
    if kind is int:
        return _whole_number(value, place)
    if kind in (float, Decimal):
        return _number(value, place)
    if kind is str:
        if not isinstance(value, str):
            raise _mistyped("string", value, place)
        return value
    raise TypeError(f"{place} has a type that is not known here: {kind}")


def _truth(value: Any, place: str, *, text: bool) -> bool:
    found = _TRUTH.get(value) if text and isinstance(value, str) else value
    if not isinstance(found, bool):
        raise _mistyped("boolean", value, place)
    return found


def _whole_number(value: Any, place: str) -> int:
    """Newer endpoints send large ones as text, older ones all of them."""
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise malformed(f"Invalid integer: {value}", param=place, code="parameter_invalid_integer")


def _number(value: Any, place: str) -> Any:
    try:
        return str(Decimal(str(value)))
    except InvalidOperation as error:
        raise _mistyped("decimal", value, place) from error


def _mistyped(wanted: str, value: Any, place: str) -> AnsweredError:
    if value == "":
        message = f"You passed an empty string for '{place}'."
        return malformed(message, param=place, code="parameter_invalid_empty")
    return malformed(f"Invalid {wanted}: {_shown(value)}", param=place, code=None)


def _shown(value: Any) -> str:
    return str(value)[:80]


def _inside(place: str, name: str) -> str:
    return f"{place}[{name}]" if place else name
