"""The schema assembled from the areas, and how an operation is let in, run and answered."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple, cast

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
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
from strawberry.utils.operation import get_operation_type

from api.accounts.resolvers import AccountsMutation, AccountsQuery
from api.auth.resolvers import AuthMutation, AuthQuery
from api.catalog.resolvers import CatalogMutation, CatalogQuery, CatalogSubscription
from api.collections.resolvers import CollectionsMutation, CollectionsQuery
from api.context import RequestContext
from api.events.resolvers import EventsMutation, EventsQuery
from api.licensing.licence_resolvers import LicencesMutation, LicencesQuery
from api.licensing.offer_resolvers import OffersMutation, OffersQuery
from api.limits import MAX_TOKENS, Verdict, judge
from api.masking import EXECUTION_S, answerable
from api.moderation.resolvers import ModerationMutation
from api.network.resolvers import NetworkMutation, NetworkQuery
from api.notifications.resolvers import NotificationsMutation, NotificationsSubscription
from api.payouts.resolvers import PayoutsMutation, PayoutsQuery, PayoutsSubscription
from api.plans.resolvers import PlansMutation, PlansQuery
from api.plays.resolvers import PlaysMutation
from api.pool.resolvers import PoolMutation
from api.privacy.resolvers import PrivacyMutation, PrivacyQuery, PrivacySubscription
from api.producers.resolvers import ProducersMutation, ProducersQuery, ProducersSubscription
from api.purchases.resolvers import PurchasesMutation, PurchasesQuery, PurchasesSubscription
from api.recon.resolvers import ReconMutation, ReconQuery, ReconSubscription
from api.requests.match_resolvers import MatchesQuery, MatchesSubscription
from api.requests.resolvers import RequestsMutation, RequestsQuery
from api.requests.submission_resolvers import SubmissionsMutation
from api.support.resolvers import SupportMutation
from api.takedowns.resolvers import TakedownsMutation
from api.uploads.resolvers import UploadsMutation, UploadsQuery, UploadsSubscription
from db.ids import prefix_of
from db.vocabulary import ApiTokenScope, RequestErrorCode
from schema.context import Info
from schema.describe import describe
from schema.enums import REQUEST_ERROR_CODE
from schema.errors import (
    InvalidInput,
    LimitReached,
    NotPermitted,
    ObjectNotFound,
    PriceChanged,
    TermsChanged,
    WrongState,
)
from schema.faults import RequestFault, unauthenticated
from schema.ground import Node
from schema.paging import LARGEST_SIZE
from schema.scalars import SCALARS

_CACHED_OPERATIONS: Final = 1000
_DID_YOU_MEAN: Final = import_module("graphql.pyutils.did_you_mean")
"""graphql-core's one switch for suggestions of every kind; Strawberry's own covers fields only."""
_MOST_SUGGESTIONS: Final = 5
_LONGEST_KEPT: Final = 16_384
_NUL: Final = re.compile(r"\\u(?:0000|\{0+\})|\0")
"""Postgres stores no U+0000, so it is refused wherever it may stand."""


@strawberry.type
class Query(
    AuthQuery,
    AccountsQuery,
    ProducersQuery,
    UploadsQuery,
    CatalogQuery,
    CollectionsQuery,
    ReconQuery,
    PrivacyQuery,
    RequestsQuery,
    MatchesQuery,
    LicencesQuery,
    PlansQuery,
    PurchasesQuery,
    PayoutsQuery,
    OffersQuery,
    NetworkQuery,
    EventsQuery,
):
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
class Mutation(
    AuthMutation,
    AccountsMutation,
    PrivacyMutation,
    ProducersMutation,
    UploadsMutation,
    CatalogMutation,
    CollectionsMutation,
    ReconMutation,
    RequestsMutation,
    NotificationsMutation,
    SubmissionsMutation,
    LicencesMutation,
    PlansMutation,
    PurchasesMutation,
    PoolMutation,
    PayoutsMutation,
    OffersMutation,
    PlaysMutation,
    NetworkMutation,
    EventsMutation,
    SupportMutation,
    ModerationMutation,
    TakedownsMutation,
):
    """A mutation answers its object and `errors`; where `errors` is not empty, nothing was changed and the object is null.

    In an update, a field left out stays, null clears it, a list replaces the whole list.
    """


@strawberry.type
class Subscription(
    ProducersSubscription,
    UploadsSubscription,
    CatalogSubscription,
    PurchasesSubscription,
    PayoutsSubscription,
    ReconSubscription,
    PrivacySubscription,
    NotificationsSubscription,
    MatchesSubscription,
):
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


def _prepared(query: str, schema: strawberry.Schema) -> _Prepared:
    """The same text is prepared once; one that is longer than people write is not kept."""
    return (_kept if len(query) <= _LONGEST_KEPT else _prepare)(query, schema)


def _prepare(query: str, schema: strawberry.Schema) -> _Prepared:
    """Parsed, held against the limits, and only then validated."""
    document = _parsed(query)
    core = core_of(schema)
    verdict = judge(document, frozenset(directive.name for directive in core.directives))
    if verdict.fault:
        return _Prepared(document, verdict, [verdict.fault])
    return _Prepared(document, verdict, validate_document(core, document, specified_rules))


_kept = lru_cache(_CACHED_OPERATIONS)(_prepare)


def _parsed(query: str) -> DocumentNode:
    """The document.

    Raises:
        GraphQLSyntaxError: It is none.
        RequestFault: It has no end, or a character that no database stores.
    """
    if _NUL.search(query):
        raise _no_nul()
    try:
        return parse(query, max_tokens=MAX_TOKENS)
    except RecursionError as error:
        raise RequestFault("The operation is nested too deeply.", RequestErrorCode.TOO_DEEP) from error


def is_subscription(query: str, operation_name: str | None) -> bool:
    """Whether the text asks for a stream; what cannot be read does not."""
    try:
        return get_operation_type(_parsed(query), operation_name) is OperationType.SUBSCRIPTION
    except (GraphQLError, RuntimeError):
        return False


class Door(SchemaExtension):
    """Lets operations in, and answers the errors of streams; `GraphQLOverHttp` answers those of single results."""

    async def on_operation(self) -> AsyncIterator[None]:
        asking: RequestContext = self.execution_context.context
        known = asking.viewer is not None
        self.execution_context.context = asking = await asking.of_operation()
        self._has_ended = known and asking.viewer is None
        yield

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        prepared = _prepared(context.query or "", context.schema)
        context.graphql_document = prepared.document
        ended: list[GraphQLError] = [unauthenticated()] if self._has_ended else []
        self._errors = ended or prepared.errors or _forbidden(context, prepared.verdict)
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = self._errors
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Of a subscription, this is its beginning."""
        async with asyncio.timeout(EXECUTION_S):
            yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        if result.errors:
            result.errors = answerable(result.errors)
        yield


def _forbidden(context: ExecutionContext, verdict: Verdict) -> list[GraphQLError]:
    """What this viewer, or this mode, does not allow."""
    if _holds_nul(context.variables):
        return [_no_nul()]
    asking: RequestContext = context.context
    viewer = asking.viewer
    by_api_token = viewer is not None and prefix_of(viewer.access) == "tok"
    if verdict.introspects and asking.settings.mode == "production" and not by_api_token:
        return [RequestFault("Introspection needs an API token.", RequestErrorCode.FORBIDDEN)]
    reads_only = viewer is not None and viewer.scope is ApiTokenScope.READ
    if reads_only and context.operation_type is OperationType.MUTATION:
        return [RequestFault("This API token may only read.", RequestErrorCode.FORBIDDEN)]
    return []


def _holds_nul(variables: Any) -> bool:
    """By a list of what is left to look at, for the input may be nested deeper than Python calls."""
    left = [variables]
    while left:
        value = left.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict | list):
            left.extend(cast("Iterable[Any]", value.values() if isinstance(value, dict) else value))
    return False


def _no_nul() -> RequestFault:
    return RequestFault("The character U+0000 is not taken anywhere.", RequestErrorCode.BAD_REQUEST)


def build_schema(*, suggestions: bool = True) -> strawberry.Schema:
    """The schema, described.

    Args:
        suggestions: Whether an unknown name is answered with similar ones; from now on, in this whole process.
    """
    setattr(_DID_YOU_MEAN, "MAX_LENGTH", _MOST_SUGGESTIONS if suggestions else 0)  # noqa: B010 -- a module has no type
    schema = BeatPassSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[
            InvalidInput,
            LimitReached,
            NotPermitted,
            ObjectNotFound,
            PriceChanged,
            TermsChanged,
            WrongState,
            REQUEST_ERROR_CODE,
        ],
        extensions=[Door],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    describe(core_of(schema))
    _print_one_of(core_of(schema))
    return schema


def _print_one_of(core: GraphQLSchema) -> None:
    """Strawberry holds inputs to @oneOf, but does not tell graphql-core, which prints the schema."""
    for named in core.type_map.values():
        definition = named.extensions.get("strawberry-definition")
        if isinstance(named, GraphQLInputObjectType) and getattr(definition, "is_one_of", False):
            named.is_one_of = True


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema, for which Strawberry has no public name."""
    core: Any = vars(schema)["_schema"]
    return cast("GraphQLSchema", core)


def printed(schema: strawberry.Schema) -> str:
    """The sorted SDL, as committed in `schema/schema.graphql`; sorting at run time would lose the enum classes."""
    return print_schema(lexicographic_sort_schema(core_of(schema))) + "\n"


if __name__ == "__main__":
    sys.stdout.write(printed(build_schema()))
