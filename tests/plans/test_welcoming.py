"""D-70: verified producers hear of a new subscriber who follows them, or came by one of their links; once."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from db.ids import JobId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.producers import Follow, Producer, Referral
from db.vocabulary import JobKind, JobState, NotificationKind
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track, a_verified_producer
from tests.plans.shop import Shop
from tests.stage import Stage
from tests.tools.databases import on_sqlite
from tests.working import tools_of
from workers.actors.payments import tell_of_subscriber
from workers.transaction import perform

pytestmark = pytest.mark.anyio


async def told(shop: Shop) -> list[tuple[str, str]]:
    async with shop.stage.sessions.reading() as session:
        rows = select(Notification).where(col(Notification.kind) == NotificationKind.NEW_SUBSCRIBERS)
        return sorted((row.account_id, row.title) for row in await session.scalars(rows))


async def tell(shop: Shop) -> None:
    async with shop.stage.sessions.reading() as session:
        waits = col(Job.kind) == JobKind.TELL_OF_SUBSCRIBER, col(Job.state) == JobState.READY
        waiting = list(await session.scalars(select(col(Job.id)).where(*waits)))
    for job in waiting:
        await perform(tools_of(shop.stage), JobId(job), tell_of_subscriber)


async def follow(stage: Stage, who: Person, *whom: Beatmaker) -> None:
    async with stage.sessions.writing() as session:
        session.add_all(Follow(account_id=who.account, producer_id=one.producer) for one in whom)


async def referrals(stage: Stage) -> list[str]:
    async with stage.sessions.reading() as session:
        return [row.producer_id for row in await session.scalars(select(Referral))]


async def sign_up(stage: Stage, link: str | None) -> list[str]:
    given = {"email": "ari@example.org", "password": "a long password", "displayName": "Ari"}
    return [
        error["code"]
        for error in (
            await stage.mutate(None, "signUp", input=given | ({"referredBy": link} if link else {}))
        )["errors"]
    ]


async def test_who_is_followed_or_has_sent_somebody_hears_once_that_they_pay(shop: Shop) -> None:
    sessions = shop.stage.sessions
    ari, followed, sent = (
        await a_listener(sessions, "Ari"),
        await a_verified_producer(sessions, "Nova"),
        await a_verified_producer(sessions, "Kilo"),
    )
    unverified, _ = await a_producer(sessions, "Uma"), await a_verified_producer(sessions, "Stranger")
    await follow(shop.stage, ari, followed, unverified)
    async with sessions.writing() as session:
        session.add(Referral(account_id=ari.account, producer_id=sent.producer))
    await shop.begin(ari, "Plus")
    await tell(shop)
    assert await told(shop) == []
    await shop.pay(ari)
    await shop.hear()
    await tell(shop)
    everybody = sorted((one.account, "Ari has subscribed") for one in (followed, sent))
    assert await told(shop) == everybody
    await shop.renew(ari, renews=False)
    shop.seller.advance(days=32)
    await shop.hear()
    await shop.subscribed(ari, "Pro")
    await tell(shop)
    assert await told(shop) == everybody


@on_sqlite
@pytest.mark.parametrize("kind", ["p", "t"])
async def test_a_share_link_that_led_to_signing_up_is_kept(stage: Stage, kind: str) -> None:
    nova = await a_verified_producer(stage.sessions, "Nova")
    await a_track(stage.sessions, nova, slug="night-drive-x7f2")
    async with stage.sessions.reading() as session:
        handle = (await session.get_one(Producer, nova.producer)).handle
    name = {"p": handle.upper(), "t": "night-drive-x7f2"}[kind]
    assert await sign_up(stage, f"https://beatpass.test/{kind}/{name}?utm=x") == []
    assert await referrals(stage) == [nova.producer]


@on_sqlite
@pytest.mark.parametrize(
    "link", [None, "https://beatpass.test/p/nobody", "https://elsewhere.example/p/nova", "https://["]
)
async def test_a_link_that_leads_nowhere_is_no_reason_not_to_sign_up(stage: Stage, link: str | None) -> None:
    await a_verified_producer(stage.sessions, "Nova")
    assert await sign_up(stage, link) == []
    assert await referrals(stage) == []
