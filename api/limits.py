"""How much one operation may ask for: counted on the parsed document, before anything is validated or run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault

MAX_TOKENS: Final = 2000
MAX_DEPTH: Final = 12
MAX_ALIASES: Final = 30
MAX_DIRECTIVES: Final = 20
MAX_ROOT_FIELDS: Final = 20
_MAX_VISITS: Final = 20_000
"""Fragments that spread fragments can make a short document huge; more than this is refused unseen."""


@dataclass
class _Count:
    """What a walk through an operation has met."""

    aliases: int = 0
    directives: int = 0
    depth: int = 0
    visits: int = 0
    introspects: bool = False
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict[str, FragmentDefinitionNode])


@dataclass(frozen=True)
class Verdict:
    """What the limits say of a document.

    Attributes:
        fault: Why it is refused; null if it is not.
        introspects: It asks for the schema itself.
    """

    fault: RequestFault | None
    introspects: bool


def judge(document: DocumentNode, known_directives: frozenset[str]) -> Verdict:
    """Hold a document against the limits."""
    try:
        introspects = [
            _judge_operation(operation, document, known_directives) for operation in _operations(document)
        ]
    except RequestFault as fault:
        return Verdict(fault, introspects=False)
    return Verdict(None, introspects=any(introspects))


def _judge_operation(
    operation: OperationDefinitionNode, document: DocumentNode, known_directives: frozenset[str]
) -> bool:
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    count = _Count(fragments=fragments)
    _meet_directives(count, operation.directives or (), known_directives)
    _walk(count, operation.selection_set, known_directives, depth=1, inside=frozenset())
    roots = sum(1 for _ in _root_fields(operation.selection_set, fragments, frozenset()))
    for found, limit, what in (
        (count.aliases, MAX_ALIASES, "aliases"),
        (roots, MAX_ROOT_FIELDS, "root fields"),
    ):
        if found > limit:
            raise _too_complex(f"The operation has {found} {what}; at most {limit} are allowed.")
    return count.introspects


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _walk(
    count: _Count,
    selections: SelectionSetNode | None,
    known_directives: frozenset[str],
    *,
    depth: int,
    inside: frozenset[str],
) -> None:
    for node in selections.selections if selections else ():
        _meet(count, node.directives or (), known_directives)
        if isinstance(node, FieldNode):
            _meet_field(count, node, depth)
            if not node.name.value.startswith("__"):
                _walk(count, node.selection_set, known_directives, depth=depth + 1, inside=inside)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            fragment = count.fragments.get(name) if name not in inside else None
            following = fragment.selection_set if fragment else None
            _walk(count, following, known_directives, depth=depth, inside=inside | {name})
        else:
            _walk(count, getattr(node, "selection_set", None), known_directives, depth=depth, inside=inside)


def _meet(count: _Count, directives: "tuple[DirectiveNode, ...]", known: frozenset[str]) -> None:
    count.visits += 1
    if count.visits > _MAX_VISITS:
        raise _too_complex("The fragments of the operation spread too far.")
    _meet_directives(count, directives, known)


def _meet_directives(count: _Count, directives: "tuple[DirectiveNode, ...]", known: frozenset[str]) -> None:
    for directive in directives:
        count.directives += 1
        if directive.name.value not in known:
            sentence = f"Unknown directive '@{directive.name.value}'."
            raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST)
    if count.directives > MAX_DIRECTIVES:
        raise _too_complex(f"The operation has more than {MAX_DIRECTIVES} directives.")


def _meet_field(count: _Count, node: FieldNode, depth: int) -> None:
    count.aliases += node.alias is not None
    count.introspects = count.introspects or node.name.value in {"__schema", "__type"}
    if depth > MAX_DEPTH:
        sentence = f"The operation is nested more than {MAX_DEPTH} levels deep."
        raise RequestFault(sentence, RequestErrorCode.TOO_DEEP)


def _root_fields(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], inside: frozenset[str]
) -> Iterator[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in fragments and name not in inside:
                yield from _root_fields(fragments[name].selection_set, fragments, inside | {name})
        else:
            yield from _root_fields(node.selection_set, fragments, inside)  # type: ignore[attr-defined]  # an inline fragment


def _too_complex(sentence: str) -> RequestFault:
    return RequestFault(sentence, RequestErrorCode.TOO_COMPLEX)
