"""Problems that a user can put right, as payloads carry them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.ids import PlanId
from db.vocabulary import ErrorCode, Role
from schema.context import Info
from schema.ground import Money, Node
from schema.terms import TermsVersion

if TYPE_CHECKING:
    from schema.plans import Plan


@strawberry.interface
class UserError:
    """Something the user can put right. All of an input's problems are reported together."""

    message: str
    """A sentence to show as it stands."""
    path: list[str]
    """From the argument's name down, list positions as digits: ["input", "artists", "0"]; empty: the whole request."""
    code: ErrorCode
    """To branch on and to translate by."""


@strawberry.type
class InvalidInput(UserError):
    """A value that breaks a rule."""

    minimum: Decimal | None = None
    """Lowest number or length allowed."""
    maximum: Decimal | None = None
    """Highest number or length allowed."""
    suggestion: str | None = None
    """A value that would pass, such as a cleaned title."""


@strawberry.type
class ObjectNotFound(UserError):
    """The object named by an id is not there, or not for you."""


@strawberry.type
class NotPermitted(UserError):
    """The account lacks a role, a plan or the ownership."""

    plan_ids: strawberry.Private[tuple[PlanId, ...]] = ()
    required_role: Role | None = None
    """Role that would be needed."""

    @strawberry.field
    async def required_plans(self, info: Info) -> list[Annotated["Plan", strawberry.lazy("schema.plans")]]:
        """Plans that would do, cheapest first."""
        return await info.context.loaders.plans.load_many(self.plan_ids)


@strawberry.type
class WrongState(UserError):
    """The object is in a state that forbids this, such as sold or already reviewed."""

    object_id: strawberry.Private[str | None] = None

    @strawberry.field
    async def object(self, info: Info) -> Node | None:
        """The object as it is now."""
        return None if self.object_id is None else await info.context.node(self.object_id)


@strawberry.type
class LimitReached(UserError):
    """Too often, too many or too soon."""

    limit: int
    """How many are allowed."""
    retry_at: datetime | None = None
    """When it works again; null where waiting does not help."""


@strawberry.type
class PriceChanged(UserError):
    """The total is no longer the one the buyer agreed to."""

    current_total: Money
    """Ask the buyer again with this."""


@strawberry.type
class TermsChanged(UserError):
    """The terms accepted are not the current ones."""

    current: TermsVersion
    """Show this and ask again."""
