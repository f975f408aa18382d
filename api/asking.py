"""Between GraphQL and the verbs: what a request offers to a resolver, and how a refusal becomes an answer.

The one place that turns `Refused` into payload errors. Resolvers use it; verbs never do.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final, Protocol, cast

import strawberry
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types.field import StrawberryField

from api.gateways.attempts import Attempts
from api.gateways.payments import Payments
from api.gateways.pubsub import PubSub
from api.refusals import (
    InvalidValue,
    InWrongState,
    ManyRefused,
    NotAllowed,
    NotFound,
    Refused,
    TermsAreNotCurrent,
    TooMuch,
    TotalIsAnother,
    check_id,
)
from api.settings import Settings
from api.suspension import OPEN, AccountIsSuspended
from api.viewer import Viewer
from db.ids import ProducerId, prefix_of
from db.session import Sessions
from db.vocabulary import ApiTokenScope
from schema.context import Context
from schema.errors import (
    InvalidInput,
    LimitReached,
    NotPermitted,
    ObjectNotFound,
    PriceChanged,
    TermsChanged,
    UserError,
    WrongState,
)
from schema.faults import not_in_person, not_over_money, unauthenticated, wrong_id_type
from schema.ground import Money
from schema.terms import TermsVersion


class Request(Context, Protocol):
    """One request, with the tools that resolvers hand to verbs and processes."""

    @property
    def viewer(self) -> Viewer | None: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def live(self) -> PubSub: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def payments(self) -> Payments | None: ...
    @property
    def plays(self) -> Any: ...  # PlayDesk, which stands above this module
    @property
    def settings(self) -> Settings: ...
    @property
    def device(self) -> str: ...
    @property
    def peer(self) -> str: ...
    def keep_in_cookie(self, token: str | None) -> None: ...
    def became(self, viewer: Viewer) -> None: ...
    @property
    def presets(self) -> Any: ...  # CoverPresets, which stand above this module
    async def unsettled_tracks(self, of: ProducerId) -> frozenset[str]: ...
    def watch(self, *topics: str) -> AsyncGenerator[frozenset[str]]: ...


Info = strawberry.Info[Request, None]


def signed_in(info: Info) -> Viewer:
    """Who asks.

    Raises:
        RequestFault: Nobody is signed in (UNAUTHENTICATED).
    """
    if info.context.viewer is None:
        raise unauthenticated()
    return info.context.viewer


def in_person(info: Info) -> Viewer:
    """Who asks, for what changes the ways into an account: a person who is signed in, and no program.

    Raises:
        RequestFault: Nobody is signed in (UNAUTHENTICATED), or an API token asks (FORBIDDEN).
    """
    viewer = signed_in(info)
    if prefix_of(viewer.access) == "tok":
        raise not_in_person()
    return viewer


def over_money(info: Info) -> Viewer:
    """Who asks, for what moves money or says where it goes: no program whose token does not reach so far.

    Raises:
        RequestFault: Nobody is signed in (UNAUTHENTICATED), or a token for less asks (FORBIDDEN).
    """
    viewer = signed_in(info)
    if not viewer.scope.reaches(ApiTokenScope.FULL):
        raise not_over_money()
    return viewer


def id_of_type(argument: str, value: str, prefix: str, name: str) -> str:
    """A query's id argument, checked for its type.

    Raises:
        RequestFault: It is the id of something else (WRONG_ID_TYPE).
    """
    if prefix_of(value) not in {None, prefix}:
        raise wrong_id_type(argument, name)
    return value


def id_given(argument: str, value: str, prefix: str, name: str) -> str:
    """A mutation's id, checked for its type.

    Raises:
        IdOfAnotherType: It is the id of something else.
    """
    check_id(value, prefix, name, (argument,))
    return value


class _Answering(FieldExtension):
    """Answers a refusal as the payload's errors, with paths from the argument's name down."""

    def __init__(self) -> None:
        self._payload: Callable[..., object] = UserError
        self._arguments: frozenset[str] = frozenset()

    def apply(self, field: StrawberryField) -> None:
        self._payload = cast("Callable[..., object]", field.type)
        self._arguments = frozenset(argument.python_name for argument in field.arguments)

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        info.context.forget()  # an earlier mutation of the same request may have changed what was loaded
        try:
            _let_in(info)
            return await next_(source, info, **kwargs)
        except Refused as refusal:
            return self._payload(errors=[self._error(refusal)])
        except ManyRefused as many:
            return self._payload(errors=[self._error(refusal) for refusal in many.problems])

    def _error(self, refusal: Refused) -> UserError:
        inside = refusal.path and refusal.path[0] not in self._arguments
        return user_error(refusal, path=["input", *refusal.path] if inside else list(refusal.path))


def _let_in(info: strawberry.Info) -> None:
    """A suspended account passes the few doors that are open to it.

    Raises:
        AccountIsSuspended: This one is not.
    """
    viewer = info.context.viewer
    if viewer is not None and viewer.suspended and info.field_name not in OPEN:
        raise AccountIsSuspended


def mutation(resolver: Callable[..., Awaitable[Any]]) -> Any:
    """A mutation whose verb may refuse."""
    return strawberry.mutation(resolver, extensions=[_Answering()])


def user_error(refusal: Refused, *, path: list[str]) -> UserError:
    """The error of a payload that says this refusal."""
    place = [_camel(part) for part in path]
    make = next(make for kind, make in _ERRORS if isinstance(refusal, kind))
    return make(refusal, {"message": refusal.message, "path": place, "code": refusal.code})


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def _invalid(refusal: Any, shared: dict[str, Any]) -> UserError:
    facts: dict[str, Any] = {
        name: getattr(refusal, name, None) for name in ("minimum", "maximum", "suggestion")
    }
    return InvalidInput(**shared, **facts)


def _not_permitted(refusal: Any, shared: dict[str, Any]) -> UserError:
    return NotPermitted(**shared, required_role=refusal.required_role, plan_ids=refusal.required_plans)


_ERRORS: Final[tuple[tuple[type[Refused], Callable[[Any, dict[str, Any]], UserError]], ...]] = (
    (NotFound, lambda _, shared: ObjectNotFound(**shared)),
    (NotAllowed, _not_permitted),
    (InWrongState, lambda r, shared: WrongState(**shared, object_id=r.object_id)),
    (TooMuch, lambda r, shared: LimitReached(**shared, limit=r.limit, retry_at=r.retry_at)),
    (TermsAreNotCurrent, lambda r, shared: TermsChanged(**shared, current=TermsVersion.of(r.current))),
    (TotalIsAnother, lambda r, shared: PriceChanged(**shared, current_total=Money.showing(r.current))),
    (InvalidValue, _invalid),
    (Refused, _invalid),
)
