"""What the database itself refuses, on both engines, whatever the code says."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.ids import new_id
from db.models.events import EventRsvp
from db.vocabulary import RsvpStatus
from tests.events.gathering import an_event
from tests.factories import (
    a_completed_upload,
    a_listener,
    a_producer,
    a_track,
    an_application,
)
from tests.licences.granted import a_licence
from tests.network.circle import a_contact
from tests.stage import Stage
from tests.support.desk import a_contact as a_support_contact
from tests.support.desk import a_ticket

pytestmark = pytest.mark.anyio

REFUSED = [
    "UPDATE track SET bpm = 59",
    "UPDATE track SET bpm = 201",
    "UPDATE track SET pitch_class = 12",
    "UPDATE track SET scale = 'DORIAN'",
    "UPDATE track SET status = 'LOST'",
    "UPDATE track SET licensing_model = 'FREE'",
    "UPDATE track SET licensing_model = 'EXCLUSIVE_ONLY'",
    "UPDATE track SET exclusive_availability = 'AVAILABLE'",
    "UPDATE track SET exclusive_price_minor = 0",
    "UPDATE track SET cover_preset_id = NULL",
    "UPDATE track SET cover_picture_id = 'pic_x'",
    "UPDATE track SET producer_id = 'pro_x'",
    "UPDATE track SET upload_id = 'upl_x'",
    "UPDATE track SET title = NULL",
    "UPDATE track SET slug = 'same'",
    "UPDATE fingerprint SET status = 'MAYBE'",
    "UPDATE fingerprint SET number = 7",
    "UPDATE fingerprint SET sequence = 7",
    "UPDATE fingerprint_index SET id = 2",
    "INSERT INTO fingerprint_index (id, numbered, sequence) VALUES (2, 0, 0)",
    "UPDATE role_grant SET role = 'KING'",
    "UPDATE role_grant SET account_id = 'acc_x'",
    "UPDATE role_grant SET role = 'PRODUCER', account_id = (SELECT min(account_id) FROM producer)",
    "UPDATE account SET email_key = 'same'",
    "UPDATE producer SET handle_key = 'same'",
    "UPDATE producer SET account_id = (SELECT min(account_id) FROM producer)",
    "UPDATE producer_request SET status = 'PENDING', account_id = (SELECT min(account_id) FROM producer_request)",
    "UPDATE producer_request SET kind = 'CLAIM'",
    "UPDATE upload SET received_bytes = byte_size + 1",
    "UPDATE upload SET received_bytes = -1",
    "UPDATE upload SET purpose = 'FUN'",
    "UPDATE upload SET status = 'LOST'",
    "UPDATE session SET token_sha256 = 'same'",
    "UPDATE session SET transport = 'PIGEON'",
    "UPDATE licence SET track_id = (SELECT min(track_id) FROM licence)",
    "UPDATE licence SET kind = 'EXCLUSIVE', track_id = (SELECT min(track_id) FROM licence)",
    "UPDATE licence SET number = 'same'",
    "UPDATE licence SET kind = 'FREE'",
    "UPDATE licence SET revoked_at = granted_at",
    "UPDATE licence SET revocation_reason = 'Fraud.'",
    "UPDATE licence SET verification_count = -1",
    "UPDATE licence SET upload_id = 'upl_x'",
    "UPDATE event SET going_count = 3",
    "UPDATE event SET going_count = -1",
    "UPDATE event SET capacity = 1, going_count = 2",
    "UPDATE event SET capacity = 0, going_count = 0",
    "UPDATE event SET ends_at = starts_at",
    "UPDATE event_rsvp SET status = 'MAYBE'",
    "UPDATE event_rsvp SET number = 1, status = 'WAITING'",
    "UPDATE support_ticket SET account_id = NULL WHERE account_id IS NOT NULL",
    "UPDATE support_ticket SET account_id = (SELECT min(id) FROM account) WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET line = 0 WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET line = 3",
    "UPDATE support_ticket SET line = 2 WHERE account_id IS NOT NULL",
    "UPDATE support_ticket SET line = 1 WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET proved_at = opened_at WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET proved_at = opened_at WHERE account_id IS NOT NULL",
    "UPDATE support_ticket SET email = NULL WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET email = 'x@example.org' WHERE account_id IS NOT NULL",
    "UPDATE support_ticket SET letters_ended_at = opened_at WHERE account_id IS NOT NULL",
    "UPDATE support_ticket SET token_sha256 = 'x', link_ends_at = opened_at, letters_ended_at = opened_at WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET status = 'CLOSED'",
    "UPDATE support_ticket SET closed_at = opened_at",
    "UPDATE support_ticket SET status = 'LOST'",
    "UPDATE support_ticket SET token_sha256 = 'x' WHERE contact_id IS NOT NULL",
    "UPDATE support_ticket SET token_sha256 = 'x', link_ends_at = opened_at WHERE account_id IS NOT NULL",
    "UPDATE ticket_message SET number = 1, ticket_id = (SELECT min(ticket_id) FROM ticket_message)",
    "INSERT INTO support_contact (id, email_key, created_at) SELECT 'spc_x', email_key, created_at FROM support_contact",
    "UPDATE contact SET low_id = high_id",
    "UPDATE contact SET asked_by = 'pro_x'",
    "UPDATE contact SET status = 'ACCEPTED'",
    "UPDATE contact SET answered_by = asked_by",
    "UPDATE contact SET status = 'ACCEPTED', answered_by = 'pro_x', answered_at = asked_at",
    "UPDATE contact SET status = 'FRIENDS'",
    "INSERT INTO contact SELECT 'con_x', low_id, high_id, status, asked_by, asked_at, 1, NULL, NULL, NULL FROM contact",
    "DELETE FROM track",
    "DELETE FROM account",
    "DELETE FROM upload",
]


async def furnish(stage: Stage) -> None:
    """Two of everything."""
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    ari, lee = await a_listener(stage.sessions), await a_listener(stage.sessions, "Lee")
    for one in (nova, kilo):
        await a_licence(stage.sessions, ari, await a_track(stage.sessions, one))
        await a_completed_upload(stage.sessions, one)
    for other in (ari, lee):
        await an_application(stage.sessions, other)
    await a_ticket(stage.sessions, nova)
    await a_ticket(stage.sessions, await a_support_contact(stage.sessions))
    await a_contact(stage.sessions, nova, kilo)
    event = await an_event(stage.sessions, capacity=2)
    async with stage.sessions.writing() as session:
        said = enumerate((nova, kilo))
        session.add_all(
            EventRsvp(event_id=event, account_id=one.account, status=RsvpStatus.WAITING, number=number)
            for number, one in said
        )


async def execute(stage: Stage, statement: str, **values: Any) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(text(statement), values)


async def is_refused(stage: Stage, statement: str) -> bool:
    try:
        await execute(stage, statement)
    except IntegrityError:
        return True
    return False


async def test_no_statement_brings_in_what_must_not_be(stage: Stage) -> None:
    await furnish(stage)
    assert [statement for statement in REFUSED if not await is_refused(stage, statement)] == []


async def test_a_job_is_named_by_its_cause_and_has_known_words(stage: Stage) -> None:
    insert = """INSERT INTO job (id, kind, key, payload, state, run_at, nudge_at, nudges, attempts, fence, created_at)
      VALUES (:id, :kind, 'same', '{}', :state, :at, :at, 0, 0, 0, :at)"""
    good = {"kind": "SWEEP", "state": "READY", "at": "2026-01-01 00:00:00+00:00"}
    if "postgresql" in stage.settings.database_url:
        insert = insert.replace(":at", "now()")
        good.pop("at")
    await execute(stage, insert, id=new_id("job"), **good)
    for different in ({}, {"kind": "DANCE"}, {"state": "LOST"}):
        with pytest.raises(IntegrityError):
            await execute(stage, insert, id=new_id("job"), **(good | different))


async def test_what_belongs_to_a_track_goes_with_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["808"])
    await execute(stage, "DELETE FROM track WHERE id = :track", track=track)
    tables = await stage.tables()
    assert (tables["track_label"], tables["track_credit"], tables["fingerprint"]) == ([], [], [])
