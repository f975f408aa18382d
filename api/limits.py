"""How much one operation may ask for: counted on the parsed document, before anything is validated or run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from db.vocabulary import RequestErrorCode
from schema.faults import RequestFault
from schema.paging import DEFAULT_SIZE, LARGEST_SIZE

MAX_TOKENS: Final = 2000
MAX_DEPTH: Final = 12
MAX_ALIASES: Final = 30
MAX_DIRECTIVES: Final = 20
MAX_ROOT_FIELDS: Final = 20
MAX_OPERATIONS: Final = 10
MAX_SELECTIONS: Final = 200
"""Side by side: validation compares each with each."""
MAX_OBJECTS: Final = 10_000
_MAX_VISITS: Final = 20_000
"""Fragments that spread fragments can make a short document huge; more than this is refused unseen."""


@dataclass(frozen=True)
class _Place:
    """Where a walk stands: how deep, in which fragments, and how many objects there may be of it."""

    depth: int = 1
    inside: frozenset[str] = frozenset()
    objects: int = 1

    def below(self, node: FieldNode) -> "_Place":
        return _Place(self.depth + 1, self.inside, self.objects * max(_page_size(node), 1))

    def within(self, fragment: str) -> "_Place":
        return _Place(self.depth, self.inside | {fragment}, self.objects)


@dataclass
class _Count:
    """What a walk through a document has met."""

    known_directives: frozenset[str]
    fragments: dict[str, FragmentDefinitionNode]
    aliases: int = 0
    directives: int = 0
    visits: int = 0
    introspects: bool = False


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
    count = _Count(known_directives, _fragments(document))
    try:
        _judge_operations(count, list(_operations(document)))
    except RequestFault as fault:
        return Verdict(fault, introspects=False)
    return Verdict(None, introspects=count.introspects)


def _judge_operations(count: _Count, operations: list[OperationDefinitionNode]) -> None:
    """One budget of visits for the whole document, the other limits for each operation."""
    if len(operations) > MAX_OPERATIONS:
        raise _too_complex(
            f"The document has {len(operations)} operations; at most {MAX_OPERATIONS} are allowed."
        )
    for operation in operations:
        count.aliases = count.directives = 0
        _meet_directives(count, operation.directives or ())
        _walk(count, operation.selection_set, _Place())
        roots = sum(1 for _ in _root_fields(operation.selection_set, count.fragments, frozenset()))
        for found, limit, what in (
            (count.aliases, MAX_ALIASES, "aliases"),
            (roots, MAX_ROOT_FIELDS, "root fields"),
        ):
            if found > limit:
                raise _too_complex(f"The operation has {found} {what}; at most {limit} are allowed.")


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def _operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def _walk(count: _Count, selections: SelectionSetNode | None, place: _Place) -> None:
    nodes = selections.selections if selections else ()
    if len(nodes) > MAX_SELECTIONS:
        raise _too_complex(f"{len(nodes)} fields stand side by side; at most {MAX_SELECTIONS} are allowed.")
    for node in nodes:
        _meet(count, node.directives or ())
        if isinstance(node, FieldNode):
            _meet_field(count, node, place)
            if not node.name.value.startswith("__"):
                _walk(count, node.selection_set, place.below(node))
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            fragment = count.fragments.get(name) if name not in place.inside else None
            _walk(count, fragment.selection_set if fragment else None, place.within(name))
        else:
            _walk(count, getattr(node, "selection_set", None), place)


def _meet(count: _Count, directives: tuple[DirectiveNode, ...]) -> None:
    count.visits += 1
    if count.visits > _MAX_VISITS:
        raise _too_complex("The fragments of the document spread too far.")
    _meet_directives(count, directives)


def _meet_directives(count: _Count, directives: tuple[DirectiveNode, ...]) -> None:
    for directive in directives:
        count.directives += 1
        if directive.name.value not in count.known_directives:
            sentence = f"Unknown directive '@{directive.name.value}'."
            raise RequestFault(sentence, RequestErrorCode.BAD_REQUEST)
    if count.directives > MAX_DIRECTIVES:
        raise _too_complex(f"The operation has more than {MAX_DIRECTIVES} directives.")


def _meet_field(count: _Count, node: FieldNode, place: _Place) -> None:
    count.aliases += node.alias is not None
    count.introspects = count.introspects or node.name.value in {"__schema", "__type"}
    if place.depth > MAX_DEPTH:
        sentence = f"The operation is nested more than {MAX_DEPTH} levels deep."
        raise RequestFault(sentence, RequestErrorCode.TOO_DEEP)
    if place.below(node).objects > MAX_OBJECTS:
        sentence = f"Pages within pages could bring more than {MAX_OBJECTS} objects; ask for smaller ones."
        raise RequestFault(sentence, RequestErrorCode.QUERY_TOO_EXPENSIVE)


def _page_size(node: FieldNode) -> int:
    """How many objects a field may bring: its page size, the largest one where a variable says it, or one."""
    for argument in node.arguments or ():
        if argument.name.value in {"first", "last"} and not isinstance(argument.value, NullValueNode):
            given = argument.value.value if isinstance(argument.value, IntValueNode) else str(LARGEST_SIZE)
            return min(int(given), LARGEST_SIZE) if len(given) < 5 else LARGEST_SIZE
    below = node.selection_set.selections if node.selection_set else ()
    names = {child.name.value for child in below if isinstance(child, FieldNode)}
    return DEFAULT_SIZE if names & {"nodes", "edges"} else 1


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
