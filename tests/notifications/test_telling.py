"""D-70, D-71: a notification is a row first, once ever, by the channels of that moment."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import event

from db.vocabulary import EmailTiming, JobKind, NotificationKind
from tests.factories import (
    Person,
    a_listener,
    a_producer,
    a_track,
    a_verified_producer,
    an_application,
    staff,
)
from tests.notifications.office import Office, switch, tell
from tests.stage import Stage

pytestmark = pytest.mark.anyio
KINDS = NotificationKind


@asynccontextmanager
async def counted(office: Office) -> AsyncGenerator[list[str]]:
    """The statements of the block."""
    said: list[str] = []
    engine = office.sessions._writer.sync_engine  # pyright: ignore[reportPrivateUsage] -- no other door to what is sent

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("kind", "email", "jobs"),
    [
        (KINDS.NEW_UPLOAD, EmailTiming.DIGEST, 0),
        (KINDS.NEW_FOLLOWER, EmailTiming.DIGEST, 0),
        (KINDS.ACHIEVEMENT, EmailTiming.DIGEST, 0),
        (KINDS.CASE_DECIDED, EmailTiming.AT_ONCE, 1),
        (KINDS.SECURITY, EmailTiming.AT_ONCE, 1),
        (KINDS.SIMILARITY_MATCH, EmailTiming.AT_ONCE, 1),
        (KINDS.ANALYTICS_REPORT, EmailTiming.AT_ONCE, 1),
    ],
)
async def test_a_kind_is_mailed_at_once_or_waits_for_the_digest(
    office: Office, kind: KINDS, email: EmailTiming, jobs: int
) -> None:
    nova = await a_verified_producer(office.sessions)
    await tell(office.sessions, nova, kind=kind)
    [notice] = await office.notices()
    assert (notice.in_app, notice.live, notice.email, notice.emailed_at) == (True, True, email, None)
    added = await office.jobs(JobKind.SEND_EMAIL)
    assert [(job.key, job.payload) for job in added] == [
        (f"SEND_EMAIL:{notice.id}", {"notification": notice.id})
    ][:jobs]


async def test_somebody_is_told_once_ever_of_a_kind_and_a_subject(office: Office) -> None:
    ari, bo = await a_listener(office.sessions), await a_listener(office.sessions, "Bo")
    await tell(office.sessions, ari)
    async with office.stage.nothing_changes():
        await tell(office.sessions, ari, title="Other words")
    await tell(office.sessions, ari, bo)
    await tell(office.sessions, ari, kind=KINDS.SECURITY)
    told = [(one.account_id, one.kind) for one in await office.notices()]
    assert told == [
        (ari.account, KINDS.CASE_DECIDED),
        (bo.account, KINDS.CASE_DECIDED),
        (ari.account, KINDS.SECURITY),
    ]
    assert len(await office.jobs(JobKind.SEND_EMAIL)) == 3


async def test_many_are_told_by_as_many_statements_as_one(office: Office) -> None:
    people = [await a_producer(office.sessions, f"P{n}", verified=True) for n in range(30)]
    told: list[int] = []
    for kind in (KINDS.CASE_DECIDED, KINDS.SIMILARITY_MATCH):
        for some in (people[:1], people[1:]):
            async with counted(office) as said:
                await tell(office.sessions, *some, kind=kind)
            told.append(len(said))
    assert told[0] == told[1] <= 4
    assert told[2] == told[3] <= 5
    assert len(await office.notices()) == len(await office.jobs(JobKind.SEND_EMAIL)) == 60


async def test_what_is_for_verified_producers_is_never_told_to_others(office: Office) -> None:
    uma, vera = await a_producer(office.sessions, "Uma"), await a_verified_producer(office.sessions, "Vera")
    sam = await staff(office.sessions)
    taken = {"role": "VERIFIED_PRODUCER", "granted": False, "reason": "Left"}
    kilo = await a_verified_producer(office.sessions, "Kilo")
    await office.stage.mutate(sam, "changeRole", id=kilo.account, input=taken)
    for kind in (KINDS.SIMILARITY_MATCH, KINDS.ANALYTICS_REPORT):
        async with office.stage.nothing_changes():
            await tell(office.sessions, uma, sam, kilo, kind=kind)
        await tell(office.sessions, uma, vera, kilo, kind=kind)
    told = [(one.account_id, one.kind) for one in await office.notices()]
    lost = (kilo.account, KINDS.SECURITY)
    assert [one for one in told if one != lost] == [
        (vera.account, KINDS.SIMILARITY_MATCH),
        (vera.account, KINDS.ANALYTICS_REPORT),
    ]


async def test_the_channels_are_those_of_the_moment(office: Office) -> None:
    ari = await a_listener(office.sessions)
    for channel in ("IN_APP", "EMAIL", "LIVE"):
        off = {"preferences": [switch("CASE_DECIDED", channel, enabled=False)]}
        assert (await office.stage.mutate(ari, "updateNotificationPreferences", input=off))["errors"] == []
        await tell(office.sessions, ari, subject=channel)
    told = [(one.in_app, one.email, one.live) for one in await office.notices()]
    assert told == [(False, None, True), (False, None, True), (False, None, False)]
    assert (
        len(await office.jobs(JobKind.SEND_EMAIL)) == 1
    )  # of the first, which was taken back by the second switch
    shown = await office.list(ari)
    assert (shown["unreadNotificationCount"], shown["notifications"]["nodes"]) == (0, [])


async def test_without_a_mail_server_nothing_is_kept_for_later(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    for kind in (KINDS.CASE_DECIDED, KINDS.NEW_UPLOAD, KINDS.SECURITY):
        await tell(stage.sessions, ari, kind=kind)
    tables = await stage.tables()
    assert (len(tables["notification"]), tables["job"]) == (3, [])
    assert all("AT_ONCE" not in row and "DIGEST" not in row for row in tables["notification"])


# ---- what there is to tell -----------------------------------------------------------------------


async def test_another_password_and_an_api_token_are_told_each_time(office: Office) -> None:
    entered = {"email": "ari@x.test", "password": "a long pass phrase", "displayName": "Ari"}
    signed_up = await office.stage.mutate(None, "signUp", "token account { id }", input=entered)
    ari = Person(signed_up["account"]["id"], "", "", "Ari", signed_up["token"])  # type: ignore[arg-type]  # its session is of no matter
    for old, new in (("a long pass phrase", "another phrase"), ("another phrase", "a third phrase")):
        change = {"newPassword": new, "currentPassword": old}
        assert (await office.stage.mutate(ari, "updateAccount", input=change))["errors"] == []
    token = await office.stage.mutate(
        ari, "createApiToken", "apiToken { id }", input={"name": "Bot <b>", "scope": "READ"}
    )
    shown = (await office.list(ari))["notifications"]["nodes"]
    assert [(one["kind"], one["title"], one["subject"]) for one in shown] == [
        ("SECURITY", "An API token was made", {"__typename": "ApiToken", "id": token["apiToken"]["id"]}),
        ("SECURITY", "Your password was changed", None),
        ("SECURITY", "Your password was changed", None),
    ]
    assert "“Bot <b>”" in shown[0]["body"]


async def test_a_password_that_was_not_changed_is_told_to_nobody(office: Office) -> None:
    entered = {"email": "ari@x.test", "password": "a long pass phrase", "displayName": "Ari"}
    token = (await office.stage.mutate(None, "signUp", "token", input=entered))["token"]
    ari = Person("acc_x", "ses_x", "", "Ari", token)  # type: ignore[arg-type]  # only the token is used
    change = {"newPassword": "short", "currentPassword": "wrong"}
    assert (await office.stage.mutate(ari, "updateAccount", input=change))["errors"] != []
    assert await office.notices() == []


@pytest.mark.parametrize(("decision", "how"), [("APPROVE", "granted"), ("DENY", "denied")])
async def test_an_applicant_is_told_what_staff_decided_and_why(
    office: Office, decision: str, how: str
) -> None:
    ari, sam = await a_listener(office.sessions), await staff(office.sessions)
    request = await an_application(office.sessions, ari)
    decided = {"decision": decision, "reason": "We listened."}
    await office.stage.mutate(sam, "reviewProducerRequest", id=request, input=decided)
    [shown] = (await office.list(ari))["notifications"]["nodes"]
    assert shown["title"] == f"Your application for producer access was {how}"
    assert shown["body"] == f"Your application for producer access was {how}. Staff wrote: We listened."
    assert shown["subject"] == {"__typename": "ProducerRequest", "id": request}
    async with office.stage.nothing_changes():
        again = await office.stage.refusals(sam, "reviewProducerRequest", id=request, input=decided)
    assert again == [("id", "ALREADY_REVIEWED")]


async def test_what_it_is_about_is_shown_only_to_who_may_see_it(office: Office) -> None:
    nova, ari = await a_producer(office.sessions, "Nova"), await a_listener(office.sessions)
    track = await a_track(office.sessions, nova)
    await tell(office.sessions, ari, kind=KINDS.NEW_UPLOAD, subject=track)
    [shown] = (await office.list(ari))["notifications"]["nodes"]
    assert shown["subject"] == {"__typename": "Track", "id": track}
    await office.stage.mutate(nova, "setTrackVisibility", id=track, input={"visible": False})
    [hidden] = (await office.list(ari))["notifications"]["nodes"]
    assert hidden == shown | {"subject": None}
