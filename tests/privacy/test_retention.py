"""D-81: what was kept for long enough goes, and what others need of it stays."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.privacy.retention import RULES, Kept, as_table
from api.privacy.tidying import forget_what_is_old
from api.support.rules import ORDINARY, UNPROVED
from db.clock import now
from db.ids import NotificationId, PlayId, first_id, new_id
from db.models.notices import Notification
from db.models.payments import PaymentCall, PaymentEvent
from db.models.plays import Listening, Play
from db.models.producers import ProducerRequest
from db.models.support import SupportContact, SupportTicket, TicketMessage
from db.vocabulary import (
    CallOutcome,
    NotificationKind,
    PaymentCallKind,
    PaymentEventState,
    PaymentSource,
    ReviewStatus,
)
from tests.factories import a_listener, a_producer, a_track, an_application
from tests.stage import Stage

pytestmark = pytest.mark.anyio
_AFTER = {rule.about: rule.after for rule in RULES if rule.about}


async def _nothing(session: Any) -> None:
    """No job is kept here."""


async def tidy(stage: Stage) -> None:
    await forget_what_is_old(stage.sessions, keep=_nothing, settle=_nothing)


def around(kept: Kept) -> tuple[datetime, datetime]:
    """Moments on either side of a rule's end: over, and not yet."""
    end = now() - _AFTER[kept]
    return end - timedelta(hours=1), end + timedelta(hours=1)


async def test_words_of_read_notices_go_and_nobody_is_told_twice(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    old, young = around(Kept.NOTICES)
    said: dict[str, Any] = {"kind": NotificationKind.NEW_UPLOAD, "title": "T", "body": "B", "path": "/t"}
    made = {"old": (old, old), "read late": (old, now()), "unread": (old, None), "young": (young, young)}
    async with stage.sessions.writing() as session:
        for name, (created, read) in made.items():
            own = NotificationId(f"{first_id('ntf', created)[:-8]}{new_id('x')[-8:]}")
            told = Notification(id=own, account_id=ari.account, subject_id=name, created_at=created, **said)
            told.read_at = read
            session.add(told)
    await tidy(stage)
    async with stage.sessions.reading() as session:
        rows = list(await session.scalars(select(Notification).order_by(col(Notification.subject_id))))
    assert {row.subject_id: row.title for row in rows} == {
        "old": "",
        "read late": "T",
        "unread": "T",
        "young": "T",
    }
    query = "{ me { notifications { nodes { title } } } }"
    shown = (await stage.ask(ari, query))["me"]["notifications"]["nodes"]
    assert [one["title"] for one in shown] == ["T", "T", "T"]


async def test_single_plays_go_and_their_sums_stay(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions, "Nova")
    track = await a_track(stage.sessions, nova)
    old, young = around(Kept.PLAYS)
    async with stage.sessions.writing() as session:
        for moment in (old, young):
            play = PlayId(first_id("ply", moment))
            session.add(Play(id=play, account_id=ari.account, track_id=track, started_at=moment))
        heard = Listening(day=old.date(), account_id=ari.account, track_id=track, plays=1, counted=1)
        session.add(heard)
    await tidy(stage)
    async with stage.sessions.reading() as session:
        assert [play.started_at for play in await session.scalars(select(Play))] == [young]
        assert [one.plays for one in await session.scalars(select(Listening))] == [1]


async def test_sentences_and_events_of_the_provider_go_and_codes_stay(stage: Stage) -> None:
    old, young = around(Kept.CALLS)
    refused: dict[str, Any] = {
        "kind": PaymentCallKind.TRANSFER,
        "attempt": 1,
        "outcome": CallOutcome.REFUSED,
        "problem": "no_account: Nova Keys has none.",
    }
    event: dict[str, Any] = {"source": PaymentSource.PLATFORM, "type": "x", "object_id": "x"}
    done, waits = PaymentEventState.DONE, PaymentEventState.RECEIVED
    async with stage.sessions.writing() as session:
        session.add_all(
            [
                PaymentCall(subject="old", called_at=old, **refused),
                PaymentCall(subject="young", called_at=young, **refused),
                PaymentEvent(id="old", happened_at=old, state=done, **event),
                PaymentEvent(id="young", happened_at=young, state=done, **event),
                PaymentEvent(id="waits", happened_at=old, state=waits, **event),
            ]
        )
    await tidy(stage)
    async with stage.sessions.reading() as session:
        calls = {call.subject: call.problem for call in await session.scalars(select(PaymentCall))}
        events = set(await session.scalars(select(col(PaymentEvent.id))))
    assert calls == {"old": "no_account", "young": "no_account: Nova Keys has none."}
    assert events == {"young", "waits"}


async def test_real_names_of_decided_applications_go(stage: Stage) -> None:
    old, young = around(Kept.APPLICATIONS)
    left: dict[str, str | None] = {}
    for name, decided in (("old", old), ("young", young), ("pending", None)):
        of = await a_listener(stage.sessions, name)
        status = ReviewStatus.DENIED if decided else ReviewStatus.PENDING
        request = await an_application(stage.sessions, of, name, status=status)
        async with stage.sessions.writing() as session:
            chosen = update(ProducerRequest).where(col(ProducerRequest.id) == request)
            await session.execute(chosen.values(reviewed_at=decided, submitted_at=old))
    await tidy(stage)
    async with stage.sessions.reading() as session:
        for row in await session.scalars(select(ProducerRequest)):
            left[str(row.producer_name)] = row.last_name
    assert left == {"old": None, "young": "Keys", "pending": "Keys"}


async def test_tickets_without_an_account_go_when_nobody_has_written_for_long(stage: Stage) -> None:
    old, young = around(Kept.CONTACTS)
    ari = await a_listener(stage.sessions)
    async with stage.sessions.writing() as session:
        for name, latest in (("old", old), ("young", young)):
            contact = SupportContact(email_key=f"{name}@x.test", created_at=old)
            session.add(contact)
            await session.flush()
            owners: list[dict[str, Any]] = [
                {"contact_id": contact.id, "email": f"{name}@x.test", "line": UNPROVED},
                {"account_id": ari.account, "line": ORDINARY},
            ]
            for owner in owners:
                await a_ticket_written_to(session, name, (old, latest), **owner)
    await tidy(stage)
    async with stage.sessions.reading() as session:
        tickets = select(col(SupportTicket.subject), col(SupportTicket.account_id).is_not(None))
        left = sorted(tuple(row) for row in await session.execute(tickets))
        contacts = list(await session.scalars(select(col(SupportContact.email_key))))
        messages = len(list(await session.scalars(select(TicketMessage))))
    assert (left, contacts, messages) == (
        [("old", True), ("young", False), ("young", True)],
        ["young@x.test"],
        6,
    )


async def a_ticket_written_to(
    session: AsyncSession, subject: str, moments: tuple[datetime, datetime], **owner: Any
) -> None:
    ticket = SupportTicket(subject=subject, messages=2, respond_by=now(), opened_at=moments[0], **owner)
    session.add(ticket)
    await session.flush()
    for number, moment in enumerate(moments, 1):
        said: dict[str, Any] = {"ticket_id": ticket.id, "number": number, "from_staff": False, "text": "Hi"}
        session.add(TicketMessage(sent_at=moment, **said))


async def test_a_second_time_finds_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.privacy.tidying._AT_ONCE", 2)
    ari, nova = await a_listener(stage.sessions), await a_producer(stage.sessions, "Nova")
    track = await a_track(stage.sessions, nova)
    old, _ = around(Kept.PLAYS)
    async with stage.sessions.writing() as session:
        for minute in range(5):
            moment = old - timedelta(minutes=minute)
            play = PlayId(first_id("ply", moment))
            session.add(Play(id=play, account_id=ari.account, track_id=track, started_at=moment))
    await tidy(stage)
    async with stage.sessions.reading() as session:
        assert list(await session.scalars(select(Play))) == []
    async with stage.nothing_changes():
        await tidy(stage)


def test_the_rules_stand_in_the_documents() -> None:
    document = Path(__file__).parents[2] / "ARCHITECTURE.md"
    assert as_table(RULES) in document.read_text("utf-8")


def test_every_rule_about_something_is_followed_once() -> None:
    about = [rule.about for rule in RULES if rule.about]
    assert sorted(about) == sorted(Kept)
