"""What the deletion of an account would mean: read as it stands, changing nothing (D-81)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.payouts.balances import money_in_the_end
from api.payouts.till import Terms
from api.privacy.obstacles import (
    BalanceLeft,
    Obstacle,
    Unsettled,
    balances_left,
    obstacles,
    stays_owed,
)
from db.clock import now
from db.ids import AccountId
from db.queries import accounts, deletions, personal, producers
from db.queries.personal import Person
from db.vocabulary import Role

_GOES: Final[Mapping[str, str]] = {
    "track": "tracks, with their audio where nobody holds a licence to it",
    "collection": "collections",
    "beat_request": "beat requests",
    "submission": "offers to beat requests",
    "follow": "follows, of yours and of your profile",
    "contact": "contacts",
    "event_rsvp": "seats at events, and places in line",
    "support_ticket": "support tickets",
    "notification": "notifications",
    "about_photo": "about photos",
    "upload": "uploaded files",
    "producer_request": "applications",
    "duplicate_appeal": "appeals",
    "play": "plays, one by one",
    "session": "sessions",
    "api_token": "API tokens",
}
"""What is counted, in words."""
_STAYS: Final[Mapping[str, str]] = {
    "licence": "licences that you were granted, to a deleted account",
    "purchase": "purchases, without your name",
    "invoice": "bills, without the papers",
    "statement": "statements of months, under the number of a deleted profile",
    "payout": "payouts, under the number of a deleted profile",
    "takedown_step": "answers to takedown notices, without your name",
}
STAGE_NAME: Final = "the name and handle that your work was published under, in licences to others and in what others were shown"


@dataclass(frozen=True)
class Part:
    """Some of what there is; a count of null: it is not counted."""

    what: str
    count: int | None


@dataclass(frozen=True)
class Preview:
    """All that whoever is about to delete an account should know."""

    obstacles: list[Obstacle]
    balances: list[BalanceLeft]
    goes: list[Part]
    stays: list[Part]

    @property
    def needs_acknowledgement(self) -> bool:
        return bool(stays_owed(self.balances))


async def person_of(session: AsyncSession, account: AccountId) -> Person:
    owned = await producers.producers_of(session, [account])
    return Person(account, owned[0].id if owned else None)


async def previewed(session: AsyncSession, person: Person, terms: Terms) -> Preview:
    standing, left = await standing_of(session, person, terms)
    goes = await _parts(session, person, _GOES)
    stays = await _parts(session, person, _STAYS)
    stage_name = [Part(STAGE_NAME, None)] if person.producer else []
    return Preview(standing, left, goes, [*stays, *stage_name])


async def standing_of(
    session: AsyncSession, person: Person, terms: Terms
) -> tuple[list[Obstacle], list[BalanceLeft]]:
    """What stands in the way now, and what becomes of the money."""
    money = await money_in_the_end(session, person.producer, terms) if person.producer else None
    found = await deletions.under_way(session, person, refundable_since=now() - terms.refundable_for)
    staff = await accounts.holders_of(session, Role.STAFF)
    unsettled = Unsettled(**found._asdict(), only_staff=staff == [person.account])
    return obstacles(unsettled), balances_left(money.by_currency if money else {})


async def _parts(session: AsyncSession, person: Person, words: Mapping[str, str]) -> list[Part]:
    counted = {table: await personal.count(session, table, person) for table in words}
    return [Part(words[table], count) for table, count in counted.items() if count]
