"""Lists of beat requests, and what they take."""

import strawberry

from db.vocabulary import BeatRequestOrderField, BeatRequestStatus, OrderDirection, WantedLicence
from schema.filters import DateTimeFilter, IdFilter, IntFilter, MoneyFilter, StringFilter
from schema.ground import absent
from schema.paging import Connection
from schema.requests import BeatRequest


@strawberry.type
class BeatRequestConnection(Connection[BeatRequest]):
    """A page."""


@strawberry.input
class BeatRequestStatusFilter:
    eq: BeatRequestStatus | None = absent()
    any_of: list[BeatRequestStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class WantedLicenceFilter:
    eq: WantedLicence | None = absent()
    any_of: list[WantedLicence] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class BeatRequestWhere:
    """Which requests; open ones unless asked otherwise."""

    search: str | None = absent()
    """Words of text, genre, tags and moods: all must be there, and the last one may be unfinished."""
    status: BeatRequestStatusFilter | None = absent()
    """By state; of DELETED ones only your own."""
    requester_id: IdFilter | None = absent()
    """Posted by these members; the id of your own account will do as well."""
    genre: StringFilter | None = absent()
    """By genre, letter case and accents ignored; a genre finds those within it."""
    bpm: IntFilter | None = absent()
    """Whose range of tempos meets this one; those that name none take every tempo."""
    wanted_licence: WantedLicenceFilter | None = absent()
    """By the licence wanted."""
    budget: MoneyFilter | None = absent()
    """By budget, in one currency."""
    expires_at: DateTimeFilter | None = absent()
    """By the end of their time."""


@strawberry.input
class BeatRequestOrder:
    field: BeatRequestOrderField
    direction: OrderDirection = OrderDirection.DESC
