"""Switches: every kind by every channel, and which of them are locked."""

from typing import Any

import pytest

from db.vocabulary import JobKind, NotificationChannel, NotificationKind
from tests.factories import Person, a_listener, a_producer, a_verified_producer, staff
from tests.notifications.office import Office, switch, tell
from tests.stage import Json, Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
UPDATE = "updateNotificationPreferences"
FIELDS = "notificationPreferences { kind channel enabled change { allowed code message } }"
READ = f"{{ me {{ {FIELDS} }} }}"
Pair = tuple[str, str]


async def switches(stage: Stage, who: Person) -> dict[Pair, Json]:
    shown = (await stage.ask(who, READ))["me"]["notificationPreferences"]
    found = {(one["kind"], one["channel"]): one for one in shown}
    assert len(found) == len(shown)
    return found


def locked(found: dict[Pair, Json]) -> dict[str, set[str]]:
    """Kinds that cannot be switched in any channel, by the reason."""
    codes = {one["change"]["code"] for one in found.values()} - {None}
    return {
        code: {kind for (kind, _), one in found.items() if one["change"]["code"] == code} for code in codes
    }


async def test_every_kind_has_a_switch_for_every_channel_and_is_on_until_it_is_switched_off(
    office: Office,
) -> None:
    vera = await a_verified_producer(office.sessions)
    found = await switches(office.stage, vera)
    assert set(found) == {(kind, channel) for kind in NotificationKind for channel in NotificationChannel}
    assert all(one["enabled"] for one in found.values())
    assert locked(found) == {"CANNOT_BE_SWITCHED": {"SECURITY"}}
    off = [switch("NEW_UPLOAD", "LIVE", enabled=False), switch("ANALYTICS_REPORT", "EMAIL", enabled=False)]
    payload = await office.stage.mutate(vera, UPDATE, f"account {{ {FIELDS} }}", input={"preferences": off})
    after = {(one["kind"], one["channel"]): one for one in payload["account"]["notificationPreferences"]}
    changed = {pair for pair, one in after.items() if one != found[pair]}
    assert changed == {("NEW_UPLOAD", "LIVE"), ("ANALYTICS_REPORT", "EMAIL")}
    on = [one | {"enabled": True} for one in off]
    assert (await office.stage.mutate(vera, UPDATE, input={"preferences": on}))["errors"] == []
    assert await switches(office.stage, vera) == found


async def test_what_is_for_verified_producers_is_off_and_locked_until_then(office: Office) -> None:
    uma = await a_producer(office.sessions, "Uma")
    found = await switches(office.stage, uma)
    for_verified = {
        "SIMILARITY_MATCH",
        "ANALYTICS_REPORT",
        "MATCHING_REQUEST",
        "NEW_SUBSCRIBERS",
        "PAYOUT_UPDATE",
        "CONTACT_REQUEST",
        "EVENT_UPDATE",
    }
    assert locked(found) == {"CANNOT_BE_SWITCHED": {"SECURITY"}, "VERIFIED_PRODUCER_REQUIRED": for_verified}
    assert {kind for (kind, _), one in found.items() if not one["enabled"]} == for_verified


async def test_without_a_mail_server_switches_of_email_are_off_and_locked(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    found = await switches(stage, ari)
    assert {channel for (_, channel), one in found.items() if one["change"]["code"] == "EMAIL_IS_OFF"} == {
        "EMAIL"
    }
    assert not any(one["enabled"] for (_, channel), one in found.items() if channel == "EMAIL")
    async with stage.nothing_changes():
        wanted = {"preferences": [switch("NEW_UPLOAD", "EMAIL", enabled=True)]}
        assert await stage.refusals(ari, UPDATE, input=wanted) == [("input.preferences.0", "EMAIL_IS_OFF")]


async def test_staff_see_the_switches_of_others_locked(office: Office) -> None:
    ari, sam = await a_listener(office.sessions), await staff(office.sessions)
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on Account {{ {FIELDS} }} }} }}"
    shown = (await office.stage.ask(sam, query, id=ari.account))["node"]["notificationPreferences"]
    assert {one["change"]["code"] for one in shown} == {"NOT_YOURS"}


async def test_switches_that_cannot_be_set_are_all_told_and_none_is_set(office: Office) -> None:
    uma = await a_producer(office.sessions, "Uma")
    given = [
        switch("NEW_UPLOAD", "EMAIL", enabled=False),
        switch("SECURITY", "EMAIL", enabled=False),
        switch("SECURITY", "IN_APP", enabled=True),
        switch("SECURITY", "LIVE", enabled=False),
        switch("SIMILARITY_MATCH", "LIVE", enabled=False),
        switch("NEW_UPLOAD", "EMAIL", enabled=True),
    ]
    async with office.stage.nothing_changes():
        assert await office.stage.refusals(uma, UPDATE, input={"preferences": given}) == [
            ("input.preferences.1", "CANNOT_BE_SWITCHED"),
            ("input.preferences.2", "CANNOT_BE_SWITCHED"),
            ("input.preferences.3", "CANNOT_BE_SWITCHED"),
            ("input.preferences.4", "VERIFIED_PRODUCER_REQUIRED"),
            ("input.preferences.5", "REPEATED"),
        ]
        many = {"preferences": [switch("NEW_UPLOAD", "LIVE", enabled=False)] * 101}
        assert await office.stage.refusals(uma, UPDATE, input=many) == [("input.preferences", "TOO_LONG")]


@on_sqlite
@pytest.mark.parametrize("given", [{}, {"preferences": None}, {"preferences": []}])
async def test_switches_that_are_left_out_stay(stage: Stage, given: dict[str, Any]) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        assert (await stage.mutate(ari, UPDATE, input=given))["errors"] == []


@on_sqlite
@pytest.mark.parametrize(
    "given",
    [
        None,
        {"preferences": [{"kind": "NEW_UPLOAD", "channel": "EMAIL"}]},
        {"preferences": [switch("NOTHING", "EMAIL", enabled=True)]},
        {"preferences": [switch("NEW_UPLOAD", "FAX", enabled=True)]},
        {"preferences": [{"kind": "NEW_UPLOAD\0", "channel": "EMAIL", "enabled": True}]},
        {"preferences": [switch("NEW_UPLOAD", "EMAIL", enabled=True) | {"enabled": "yes"}]},
        {"mutedArtists": ["Nova"]},
    ],
)
async def test_an_input_of_another_form_is_a_bad_request(stage: Stage, given: Any) -> None:
    ari = await a_listener(stage.sessions)
    query = f"mutation($input: UpdateNotificationPreferencesInput!) {{ {UPDATE}(input: $input) {{ errors {{ message }} }} }}"
    async with stage.nothing_changes():
        assert await stage.fault(ari, query, input=given) == "BAD_REQUEST"


async def test_what_waits_to_go_out_and_is_switched_off_does_not_go_out(office: Office) -> None:
    ari, bo = await a_listener(office.sessions), await a_listener(office.sessions, "Bo")
    for kind in (NotificationKind.CASE_DECIDED, NotificationKind.NEW_UPLOAD):
        await tell(office.sessions, ari, bo, kind=kind)
    off = [switch(kind, "EMAIL", enabled=False) for kind in ("CASE_DECIDED", "NEW_UPLOAD")]
    await office.stage.mutate(ari, UPDATE, input={"preferences": off})
    assert await office.work(JobKind.SEND_EMAIL) == 2
    assert [mail.to for mail in office.mails.received()] == [[bo.email]]
    waiting = [one for one in await office.notices() if one.email and one.emailed_at is None]
    assert [(one.account_id, one.kind) for one in waiting] == [(bo.account, "NEW_UPLOAD")]
