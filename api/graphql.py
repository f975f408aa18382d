"""The schema assembled from the areas, and how an operation is let in, run and answered."""

import asyncio
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

import strawberry
import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    lexicographic_sort_schema,
    parse,
    print_schema,
    specified_rules,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from api.auth.resolvers import AuthMutation, AuthQuery
from api.catalog.resolvers import CatalogMutation, CatalogQuery, CatalogSubscription
from api.context import RequestContext
from api.limits import MAX_TOKENS, Verdict, judge
from api.producers.resolvers import ProducersMutation, ProducersQuery, ProducersSubscription
from api.uploads.resolvers import UploadsMutation, UploadsQuery, UploadsSubscription
from db.ids import new_id, prefix_of
from db.queries.paging import AnchorDoesNotFit
from db.vocabulary import ApiTokenScope, RequestErrorCode
from schema.context import Info
from schema.describe import describe
from schema.enums import REQUEST_ERROR_CODE
from schema.errors import (
    InvalidInput,
    LimitReached,
    NotPermitted,
    ObjectNotFound,
    TermsChanged,
    WrongState,
)
from schema.faults import RequestFault
from schema.ground import Node
from schema.paging import LARGEST_SIZE
from schema.scalars import SCALARS

_log = structlog.get_logger(__name__)
_CACHED_OPERATIONS: Final = 1000


@strawberry.type
class Query(AuthQuery, ProducersQuery, UploadsQuery, CatalogQuery):
    """Everything that can be read.

    Ids are opaque; one of the wrong type is refused, an unknown or invisible one gives null.
    Null without an error means: not there, or not for you; abilities (`viewerCan`, `abilities`) say which.
    Lists page by cursor: `first` and `after`, or `last` and `before`; 1 to 100, 20 where neither is given.
    New enum values and new error types may appear: keep a default branch.
    """

    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """Any object by its id.

        Args:
            id: Of any type.
        """
        return await info.context.node(id)

    @strawberry.field
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        """Objects in the order of their ids, null where there is none.

        Args:
            ids: At most 100.
        """
        if len(ids) > LARGEST_SIZE:
            sentence = f"`ids` has {len(ids)} ids; at most {LARGEST_SIZE} are allowed."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="ids")
        return list(await asyncio.gather(*(info.context.node(one) for one in ids)))


@strawberry.type
class Mutation(AuthMutation, ProducersMutation, UploadsMutation, CatalogMutation):
    """A mutation answers its object and `errors`; where `errors` is not empty, nothing was changed and the object is null.

    In an update, a field left out stays, null clears it, a list replaces the whole list.
    """


@strawberry.type
class Subscription(ProducersSubscription, UploadsSubscription, CatalogSubscription):
    """Each `…Changed` sends the present state first: subscribe, and nothing is missed, also after a reconnect."""


class BeatPassSchema(strawberry.Schema):
    """The one schema of a process; who makes a second one of the same classes gets an error."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Logging is the business of `_answerable`."""


class _Prepared(NamedTuple):
    """A query text as far as it goes without knowing who asks."""

    document: DocumentNode
    verdict: Verdict
    errors: list[GraphQLError]


@lru_cache(_CACHED_OPERATIONS)
def _prepared(query: str, schema: strawberry.Schema) -> _Prepared:
    """Parsed, held against the limits, and only then validated."""
    document = parse(query, max_tokens=MAX_TOKENS)
    core = core_of(schema)
    verdict = judge(document, frozenset(directive.name for directive in core.directives))
    if verdict.fault:
        return _Prepared(document, verdict, [verdict.fault])
    return _Prepared(document, verdict, validate_document(core, document, specified_rules))


class Door(SchemaExtension):
    """Lets operations in, and answers the errors of streams; `GraphQLOverHttp` answers those of single results."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        context.parse_options["max_tokens"] = MAX_TOKENS
        try:
            prepared = _prepared(context.query or "", context.schema)
        except GraphQLSyntaxError:
            yield  # Strawberry parses again and answers the error
            return
        context.graphql_document = prepared.document
        self._errors = prepared.errors or _forbidden(context, prepared.verdict)
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = self._errors
        yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        if result.errors:
            result.errors = answerable(result.errors)
        yield


def answerable(errors: list[GraphQLError]) -> list[GraphQLError]:
    """Each error with its code; a bug of ours is logged and answered with nothing but the id of its log entry."""
    return [_answerable(error) for error in errors]


def _answerable(error: GraphQLError) -> GraphQLError:
    if error.extensions and "code" in error.extensions:
        return error
    cause = error.original_error
    if isinstance(cause, AnchorDoesNotFit):
        return _coded(error, "The cursor is not one of this list.", RequestErrorCode.BAD_CURSOR)
    if cause is None or isinstance(cause, GraphQLError):
        too_long = isinstance(error, GraphQLSyntaxError) and "tokens" in error.message
        return _coded(
            error, error.message, RequestErrorCode.TOO_COMPLEX if too_long else RequestErrorCode.BAD_REQUEST
        )
    return _internal(error, cause)


def _internal(error: GraphQLError, cause: BaseException) -> GraphQLError:
    error_id = new_id("err")
    _log.error("resolver failed", error_id=error_id, path=error.path, exc_info=cause)
    sentence = f"Something went wrong on our side. Quote {error_id} to support."
    return _coded(error, sentence, RequestErrorCode.INTERNAL, errorId=error_id)


def _coded(error: GraphQLError, message: str, code: RequestErrorCode, **more: str) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": code.value, **more}
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, error.original_error, extensions
    )


def _forbidden(context: ExecutionContext, verdict: Verdict) -> list[GraphQLError]:
    """What this viewer, or this mode, does not allow."""
    asking: RequestContext = context.context
    viewer = asking.viewer
    by_api_token = viewer is not None and prefix_of(viewer.access) == "tok"
    if verdict.introspects and asking.settings.mode == "production" and not by_api_token:
        return [RequestFault("Introspection needs an API token.", RequestErrorCode.FORBIDDEN)]
    reads_only = viewer is not None and viewer.scope is ApiTokenScope.READ
    if reads_only and context.operation_type is OperationType.MUTATION:
        return [RequestFault("This API token may only read.", RequestErrorCode.FORBIDDEN)]
    return []


def build_schema(*, suggestions: bool = True) -> strawberry.Schema:
    """The schema, described.

    Args:
        suggestions: Whether an unknown name is answered with similar ones.
    """
    schema = BeatPassSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[
            InvalidInput,
            LimitReached,
            NotPermitted,
            ObjectNotFound,
            TermsChanged,
            WrongState,
            REQUEST_ERROR_CODE,
        ],
        extensions=[Door],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not suggestions),
    )
    describe(core_of(schema))
    return schema


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema, for which Strawberry has no public name."""
    core: Any = vars(schema)["_schema"]
    return cast("GraphQLSchema", core)


def printed(schema: strawberry.Schema) -> str:
    """The sorted SDL, as committed in `schema/schema.graphql`; sorting at run time would lose the enum classes."""
    return print_schema(lexicographic_sort_schema(core_of(schema))) + "\n"


if __name__ == "__main__":
    sys.stdout.write(printed(build_schema()))
