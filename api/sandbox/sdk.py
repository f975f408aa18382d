"""What the sandbox reads of the pinned SDK. It is loaded when the first call comes: a start should not wait for it."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def folder() -> Path:
    """Where the SDK's own text is."""
    found = find_spec("stripe")
    assert found
    assert found.origin
    return Path(found.origin).parent


def parameters(module: str, name: str) -> type[Any]:
    """A typed dictionary of `stripe.params`."""
    found: type[Any] = getattr(import_module(module), name)
    return found


@cache
def option_names() -> frozenset[str]:
    """What every typed dictionary inherits and no request carries: it is sent in headers."""
    return frozenset(import_module("stripe._request_options").RequestOptions.__annotations__)


@cache
def any_object() -> type[Any]:
    """The ancestor of all resource classes."""
    found: type[Any] = import_module("stripe._stripe_object").StripeObject
    return found


@cache
def untyped_object() -> type[Any]:
    """What may stand in place of a dictionary whose names are anybody's choice."""
    found: type[Any] = import_module("stripe._stripe_object").UntypedStripeObject
    return found


@cache
def resource_class(kind: str) -> type[Any] | None:
    """The class of what says `object: kind`."""
    classes = import_module("stripe._object_classes")
    found: type[Any] = classes.get_object_class("V1" if kind in classes.OBJECT_CLASSES else "V2", kind)
    return None if found is any_object() else found
