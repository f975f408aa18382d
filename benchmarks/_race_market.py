"""What races are run for: tracks that can be bought exclusively, and people who want them, made in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlmodel import col

from benchmarks.search import BATCH, Catalogue, settle, upload_of
from db.bookkeeping import STRIPE_CASH
from db.clock import now
from db.ids import AccountId, FingerprintId, TrackId, UploadId, new_id
from db.models.accounts import Account
from db.models.fingerprints import Fingerprint
from db.models.jobs import Job
from db.models.ledger import ProducerBalance
from db.models.licences import Licence
from db.models.purchases import Purchase
from db.models.tracks import Track, TrackCredit, TrackLabel
from db.models.uploads import Upload
from db.queries import ledger
from db.searching import labels_of
from db.session import Sessions
from db.vocabulary import CurrencyCode, FingerprintStatus, JobKind, LicenceKind, PurchaseStatus, TrackStatus
from tests.factories import Beatmaker, a_producer, an_exclusive

PRODUCERS: Final = 20
BUYERS: Final = 3
"""At once, for one track."""
AT_A_TIME: Final = 100
"""Races between two looks; each account is in one of them, so nobody is told that too much is kept for them."""
_CHEAPEST_MINOR: Final = 5_000
_PRICES: Final = 900


@dataclass(frozen=True)
class Race:
    """A track that nobody has wanted before.

    Attributes:
        late: Who asks while it is being sold.
    """

    track: TrackId
    buyers: tuple[AccountId, ...]
    late: AccountId


@dataclass(frozen=True)
class Sold:
    """What is in the database of exclusives that went all the way.

    Attributes:
        twice: Tracks with more than one licence that nobody revoked.
        again: Events that were not settled at the first attempt.
    """

    completed: int
    licences: int
    twice: int
    prices_minor: int
    owed_minor: int
    cash_minor: int
    events: int
    again: int


async def open_market(sessions: Sessions, url: str, count: int) -> list[Race]:
    """As many fresh tracks as that, at prices from 50 to 950 USD, and who races for each."""
    producers = [await a_producer(sessions, f"Producer {number}") for number in range(PRODUCERS)]
    people = await _people(sessions, AT_A_TIME * (BUYERS + 1))
    catalogue, tracks = Catalogue(), list[TrackId]()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        tracks += await _published(sessions, catalogue, [(producers[n % PRODUCERS], n) for n in numbers])
    await settle(sessions, url)
    return [_race(track, people, number % AT_A_TIME) for number, track in enumerate(tracks)]


def _race(track: TrackId, people: Sequence[AccountId], place: int) -> Race:
    *buyers, late = people[place * (BUYERS + 1) : (place + 1) * (BUYERS + 1)]
    return Race(track, tuple(buyers), late)


async def _people(sessions: Sessions, count: int) -> list[AccountId]:
    people = [AccountId(new_id("acc")) for _ in range(count)]
    rows = [
        {
            "id": one,
            "email": f"{one}@beatpass.test",
            "email_key": f"{one}@beatpass.test".casefold(),
            "password_hash": "none",
            "display_name": f"Buyer {number}",
            "created_at": now(),
        }
        for number, one in enumerate(people)
    ]
    async with sessions.writing() as session:
        await session.execute(insert(Account), rows)
    return people


async def _published(
    sessions: Sessions, catalogue: Catalogue, numbered: Sequence[tuple[Beatmaker, int]]
) -> list[TrackId]:
    rows = [_rows(catalogue, of, number) for of, number in numbered]
    async with sessions.writing() as session:
        for place, table in enumerate((Upload, Track, TrackCredit, Fingerprint)):
            await session.execute(insert(table), [row[place] for row in rows])
        await session.execute(insert(TrackLabel), [label for row in rows for label in row[4]])
    return [row[1]["id"] for row in rows]


def _rows(catalogue: Catalogue, of: Beatmaker, number: int) -> tuple[Any, ...]:
    upload = UploadId(new_id("upl"))
    price = {"exclusive_price_minor": _CHEAPEST_MINOR + number % _PRICES * 100}
    track = catalogue.track(of, upload) | an_exclusive(**price) | {"status": TrackStatus.PUBLISHED}
    own = {"number": track["number"], "status": track["status"]}
    labels = [own | {"kind": kind, "folded": key, "label": label} for kind, key, label in labels_of(track)]
    credit = {"track_id": track["id"], "producer_id": of.producer, "position": 0}
    return upload_of(upload, of), track, credit, _fingerprint(track), labels


def _fingerprint(track: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": FingerprintId(new_id("fpr")),
        "track_id": track["id"],
        "status": FingerprintStatus.VERIFIED_UNIQUE,
        "sha256": track["audio_sha256"],
        "posted": False,
    }


async def what_was_sold(sessions: Sessions) -> Sold:
    """All of it, and where the money is."""
    held = col(Licence.kind) == LicenceKind.EXCLUSIVE, col(Licence.revoked_at).is_(None)
    by_track = select(func.count().label("n")).where(*held).group_by(col(Licence.track_id)).subquery()
    done = col(Purchase.status) == PurchaseStatus.COMPLETED
    reads = col(Job.kind) == JobKind.READ_PAYMENT_EVENT
    async with sessions.reading() as session:
        completed = await session.scalar(select(func.count()).select_from(Purchase).where(done))
        prices = await session.scalar(select(func.sum(col(Purchase.price_minor))).where(done))
        licences = await session.scalar(select(func.count()).select_from(Licence).where(*held))
        twice = await session.scalar(select(func.count()).select_from(by_track).where(by_track.c.n > 1))
        owed = await session.scalar(select(func.sum(col(ProducerBalance.balance_minor))))
        events = await session.scalar(select(func.count()).select_from(Job).where(reads))
        again = await session.scalar(
            select(func.count()).select_from(Job).where(reads, col(Job.attempts) > 1)
        )
        cash = (await ledger.balances(session, [STRIPE_CASH])).get((STRIPE_CASH, CurrencyCode.USD), 0)
    return Sold(
        completed or 0,
        licences or 0,
        twice or 0,
        int(prices or 0),
        int(owed or 0),
        -cash,
        events or 0,
        again or 0,
    )
