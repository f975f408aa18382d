"""Objects are as the SDK's own classes say: what may be missing is null, what must be there is, nothing else is.

The classes are those of the pinned SDK, so that what the sandbox answers is what the SDK was made for.
"""

from types import NoneType
from typing import Any, Final, NamedTuple, get_args, get_origin

from api.sandbox import sdk
from api.sandbox.trees import Json, is_list, is_object

ONLY_ASKED_FOR: Final = frozenset(
    {
        ("checkout.session", "line_items"),
        ("charge", "refunds"),
        ("customer", "sources"),
        ("customer", "subscriptions"),
        ("customer", "tax"),
        ("customer", "tax_ids"),
        ("invoice", "payments"),
        ("product", "deleted"),
    }
)
"""Fields that Stripe leaves out unless they are expanded."""
_VARIANTS: Final = frozenset({"payment_method", "charge.payment_method_details"})
"""Objects with one field for each of many types, of which only its own is there."""
_MARKS: Final = frozenset({"deleted"})
"""Fields that only a removed object has."""


class ShapeError(Exception):
    """The sandbox made an object that the SDK does not know: a bug of ours."""


class _Field(NamedTuple):
    """What a class says of a field; of a map of objects the SDK can read no null."""

    nullable: bool
    inner: type[Any] | None
    is_map: bool


_KNOWN: Final[dict[type[Any], dict[str, _Field]]] = {}


def whole(body: Json) -> Json:
    """The object with every field that its class has.

    Raises:
        ShapeError: A field is missing that cannot be null, or is unknown to the class.
    """
    return _filled(body, class_of(body["object"]), body["object"])


def knows(kind: str, name: str) -> bool:
    """Whether objects of a kind have a field."""
    return name in _fields(class_of(kind))


def class_of(kind: str) -> type[Any]:
    """The SDK's class for what says `object: kind`."""
    found = sdk.resource_class(kind)
    if found is None:
        raise ShapeError(f"the SDK has no class for {kind}")
    return found


def _filled(body: Json, shape: type[Any], place: str) -> Json:
    fields = _fields(shape)
    if unknown := body.keys() - fields.keys():
        raise ShapeError(f"{place} has no {', '.join(sorted(unknown))}")
    return {
        name: _value(body, name, field, place)
        for name, field in fields.items()
        if name in body or _stands(name, field, place)
    }


def _stands(name: str, field: _Field, place: str) -> bool:
    if field.is_map or (place in _VARIANTS and field.inner):
        return False
    return name not in _MARKS and (place, name) not in ONLY_ASKED_FOR


def _value(body: Json, name: str, field: _Field, place: str) -> Any:
    if name not in body:
        if not field.nullable:
            raise ShapeError(f"{place} needs {name}")
        return None
    value = body[name]
    if field.inner is None:
        return value
    return _inner(value, field.inner, f"{place}.{name}")


def _inner(value: Any, shape: type[Any], place: str) -> Any:
    """What stands inside; an object of a kind of its own was filled when it was made."""
    if is_list(value):
        return [_inner(one, shape, place) for one in value]
    if is_object(value) and "object" not in value:
        return _filled(value, shape, place)
    return value


def _fields(shape: type[Any]) -> dict[str, _Field]:
    """The fields of a class, found once."""
    if shape not in _KNOWN:
        _KNOWN[shape] = _found_fields(shape)
    return _KNOWN[shape]


def _found_fields(shape: type[Any]) -> dict[str, _Field]:
    maps: list[str] = vars(shape).get("_inner_class_dicts", [])
    notes = {
        name: note
        for ancestor in reversed(shape.__mro__)
        if issubclass(ancestor, sdk.any_object())
        for name, note in vars(ancestor).get("__annotations__", {}).items()
    }
    return {
        name: _Field(_nullable(note), _inner_class(note), name in maps)
        for name, note in notes.items()
        if not name.startswith("_") and name != "OBJECT_NAME"
    }


def _nullable(note: Any) -> bool:
    return NoneType in get_args(note) or note is Any


def _inner_class(note: Any) -> type[Any] | None:
    """The class that stands inside of another and has no name of its own."""
    if isinstance(note, type) and get_origin(note) is None and issubclass(note, sdk.any_object()):
        return None if issubclass(note, sdk.untyped_object()) else note
    found = (_inner_class(part) for part in get_args(note))
    return next((one for one in found if one), None)
