"""Descriptions for the printed schema, taken from where a reader of the code finds them.

The string below an attribute describes it, a class's or resolver's docstring describes that, and the `Args:` section
of a resolver's docstring describes its arguments. What reads the same on every occurrence stands once, here.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)
from strawberry.types.field import StrawberryField

_EVERYWHERE: Final = {
    "id": "Global id.",
    "errors": "Why nothing was done; empty on success.",
    "first": "Page size, 1 to 100.",
    "last": "Page size, 1 to 100, counted from the end.",
    "after": "Cursor of the item before the page.",
    "before": "Cursor of the item behind the page.",
    "where": "Which ones.",
    "orderBy": "Sort.",
    "edges": "Items with cursors.",
    "nodes": "Items.",
    "pageInfo": "Where the page stands.",
    "totalCount": "All that match; counted only when selected.",
    "cursor": "Pass as `after` or `before`.",
    "node": "The item.",
    "eq": "Exactly.",
    "in": "Any of these; at most 100.",
    "gte": "At least.",
    "lte": "At most.",
    "field": "By what.",
    "direction": "Which way.",
    "input": "What to do.",
}
_BY_ENDING: Final = {
    "Payload": "Answer of the mutation.",
    "Input": "Input of the mutation.",
    "Connection": "A page.",
    "Edge": "An item in its place.",
    "Filter": "Conditions; all given ones must hold.",
    "Where": "Which ones; all given conditions must hold.",
    "Order": "Sort; ties by id.",
}
_OURS: Final = {"schema", "db", "api"}
_ARGUMENT: Final = re.compile(r"^    (\w+): (.+)$", re.MULTILINE)


def describe(schema: GraphQLSchema) -> None:
    """Give every type, field, argument and enum value of ours its description, in place."""
    for named in schema.type_map.values():
        if not named.name.startswith("__"):
            _describe_type(named)


def _describe_type(named: GraphQLNamedType) -> None:
    origin = _origin(named)
    own = origin and origin.__doc__ if _has_own_docstring(origin) else None
    named.description = named.description or own or _by_ending(named.name)
    if isinstance(named, GraphQLEnumType) and origin:
        _describe_values(named, origin)
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in named.fields.items():
            _describe_field(name, field, origin)


def _describe_values(named: GraphQLEnumType, origin: type) -> None:
    sentences = _attribute_sentences(origin)
    for name, value in named.values.items():
        value.description = sentences.get(name)


def _describe_field(name: str, field: GraphQLField | GraphQLInputField, origin: type | None) -> None:
    definition = field.extensions.get("strawberry-definition")
    python_name = definition.python_name if isinstance(definition, StrawberryField) else name
    resolver = _resolver(definition)
    text = inspect.getdoc(resolver) if resolver else _inherited_sentence(origin, python_name)
    field.description = _first_paragraph(text) or _EVERYWHERE.get(name)
    if isinstance(field, GraphQLField):
        _describe_arguments(field.args, text or "")


def _describe_arguments(arguments: dict[str, GraphQLArgument], docstring: str) -> None:
    sentences = {_camel(name): sentence for name, sentence in _ARGUMENT.findall(docstring)}
    for name, argument in arguments.items():
        argument.description = sentences.get(name) or _EVERYWHERE.get(name)


def _origin(named: GraphQLNamedType) -> type | None:
    definition = named.extensions.get("strawberry-definition")
    return getattr(definition, "origin", None) or getattr(definition, "wrapped_cls", None)


def _resolver(definition: object) -> Callable[..., Any] | None:
    base: Any = getattr(definition, "base_resolver", None)
    return base.wrapped_func if base else None


def _has_own_docstring(origin: type | None) -> bool:
    """Dataclasses make up a docstring, the signature; it is not one of ours."""
    return bool(origin and origin.__doc__ and not origin.__doc__.startswith(f"{origin.__name__}("))


def _inherited_sentence(origin: type | None, attribute: str) -> str | None:
    return next(
        (found for base in _bases(origin) if (found := _attribute_sentences(base).get(attribute))), None
    )


def _bases(origin: type | None) -> Iterator[type]:
    ours = (type, Enum)
    return (base for base in (origin.__mro__ if origin else ()) if base not in ours and base is not object)


@cache
def _attribute_sentences(origin: type) -> dict[str, str]:
    """Attribute name → the string that stands below it in the class body."""
    statements = _class_bodies(origin.__module__).get(origin.__name__, [])
    pairs = pairwise(statements)
    return {name: text for one, next_one in pairs if (name := _target(one)) and (text := _string(next_one))}


@cache
def _class_bodies(module: str) -> dict[str, list[ast.stmt]]:
    """Class name → its statements, for the modules of ours; a module is parsed once."""
    if module.partition(".")[0] not in _OURS:
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {statement.name: statement.body for statement in tree.body if isinstance(statement, ast.ClassDef)}


def _target(statement: ast.stmt) -> str | None:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _string(statement: ast.stmt) -> str | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _first_paragraph(text: str | None) -> str | None:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()) if text else None


def _by_ending(name: str) -> str | None:
    return next((sentence for ending, sentence in _BY_ENDING.items() if name.endswith(ending)), None)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)
