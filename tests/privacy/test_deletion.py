"""D-81: an account is deleted: personal data goes, licences and ledger stay under a pseudonym, and others keep theirs."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import passwords
from api.licensing.certificate import Seal
from api.licensing.document import certificate_of
from api.notices import warn
from db.clock import now
from db.ids import PurchaseId
from db.models.accounts import Account
from db.models.all import METADATA
from db.models.events import Event
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.privacy import AccountDeletion
from db.models.purchases import Purchase
from db.models.requests import BeatRequest
from db.models.tracks import Track
from db.personal.all import HOLDINGS
from db.personal.holding import DELETED_ACCOUNT
from db.queries import licences, personal
from db.session import Sessions
from db.vocabulary import (
    AccountDeletionStatus,
    ApiTokenScope,
    CurrencyCode,
    JobKind,
    JobState,
    PurchaseStatus,
    TrackStatus,
)
from tests.earnings.books import earned, enter
from tests.factories import (
    Beatmaker,
    Person,
    a_listener,
    a_producer,
    a_track,
    an_api_token,
    an_exclusive,
    staff,
)
from tests.licences.granted import a_licence
from tests.privacy.leaving import PASSWORD, ask, become_due, delete, status, with_password, work
from tests.privacy.somebody import NEEDLE, STAGE_NAME, Olga, olga_in
from tests.purchases.begun import a_purchase
from tests.purchases.interruptions import Killed
from tests.stage import Json, Stage, stored_files
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_PREVIEW = """{ accountDeletionPreview { needsAcknowledgement obstacles { kind refuses }
  balances { amount { amount currency } fate } goes { what count } stays { what count } } }"""
STAGE_NAME_STAYS = {
    "licence": "rights that were granted to others name who granted them",
    "purchase": "and so does what others agreed to",
    "pool_input": "what a closing was reckoned of is never changed",
    "recon_match": "what others were shown of their own work is their evidence",
}
"""The one exception: the name that the work was published under."""


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def refused(stage: Stage, who: Person, **different: Any) -> list[tuple[str, str]]:
    """What is said to somebody who asks, and that it changes nothing."""
    async with stage.nothing_changes():
        payload = await ask(stage, who, **different)
    return [(".".join(one["path"]), one["code"]) for one in payload["errors"]]


async def preview(stage: Stage, who: Person) -> Json:
    shown: Json = (await stage.ask(who, _PREVIEW))["accountDeletionPreview"]
    return shown


async def somebody(stage: Stage, name: str = "Ari") -> Person:
    """Who has a password."""
    person = await a_listener(stage.sessions, name)
    found: Person = await with_password(stage, person)
    return found


async def places_of(stage: Stage, text: str) -> set[str]:
    """Tables in which a text stands, and stored files, by the bytes in them."""
    rows = {table for table, found in (await stage.tables()).items() if any(text in row for row in found)}
    stored = stored_files(stage.settings.data_dir)
    return rows | {name for name, data in stored.items() if text.encode() in data}


async def test_after_deletion_no_table_and_no_object_holds_what_somebody_said(stage: Stage) -> None:
    olga = await olga_in(stage)
    before = await places_of(stage, NEEDLE)
    assert {"account", "producer", "track", "beat_request", "licence", "notification"} <= before
    assert len([name for name in before if "objects" in name]) > 20
    await delete(stage, olga.me)
    assert await status(stage) == [AccountDeletionStatus.DONE]
    left = {name for name in await places_of(stage, NEEDLE) if not _is_licensed_audio(name)}
    assert left == set()
    named = {name for name in await places_of(stage, STAGE_NAME) if "objects" not in name}
    assert named == set(STAGE_NAME_STAYS)
    assert await _licensed_audio(stage) == await _kept_for_licensees(stage, olga)
    async with stage.sessions.reading() as session:
        [held] = await licences.licences(session, [olga.held])
        paper = orjson.dumps(certificate_of(held, verify_url="https://beatpass.test")).decode()
    assert Seal(stage.settings).holds(held, held.signature)
    assert held.licensee["name"] == DELETED_ACCOUNT
    assert NEEDLE not in paper


async def test_whoever_stands_beside_them_keeps_everything(stage: Stage) -> None:
    olga = await olga_in(stage)
    await become_due(stage)
    payload = await ask(stage, olga.me)
    assert payload["errors"] == []
    await become_due(stage)
    rows_before, counts_before = await _others(stage, olga), await _counts(stage, olga)
    await work(stage, JobKind.DELETE_ACCOUNT)
    lost = {
        table: sorted((before - after).elements())
        for table, before in rows_before.items()
        if (after := (await _everything(stage))[table]) != before and before - after
    }
    assert set(lost) == {"beat_request"}
    assert {len(lost.get("beat_request", [])), counts_before["offers"]} == {1}
    assert await _counts(stage, olga) == {"offers": 0, "seats": counts_before["seats"]}


async def _counts(stage: Stage, olga: Olga) -> dict[str, int]:
    """Of Lee's request, and of the event that Olga waited for."""
    async with stage.sessions.reading() as session:
        wanted = await session.get_one(BeatRequest, olga.world.ids["beatRequest"])
        event = await session.get_one(Event, olga.world.ids["event"])
        return {"offers": wanted.submission_count, "seats": event.going_count}


async def _everything(stage: Stage) -> dict[str, Counter[str]]:
    return {table: Counter(rows) for table, rows in (await stage.tables()).items()}


async def _others(stage: Stage, olga: Olga) -> dict[str, Counter[str]]:
    """Rows in which neither her account nor her profile, nor anything of hers, is named."""
    async with stage.sessions.reading() as session:
        own: set[str] = {olga.me.account, olga.me.producer, f"mem_{olga.me.account[4:]}", NEEDLE}
        for table in ("track", "upload", "beat_request", "collection", "recon_scan", "recon_match"):
            own |= set(await personal.ids_of(session, table, olga.whose))
        own |= set(await personal.pictures_of(session, olga.whose))
    everything = await _everything(stage)
    del everything["job"]
    return {
        table: Counter({row: n for row, n in rows.items() if not any(one in row for one in own)})
        for table, rows in everything.items()
    }


def _is_licensed_audio(name: str) -> bool:
    """The WAV, and the MP3 that is delivered beside it."""
    return "/masters/" in name or "/copies/" in name


async def _licensed_audio(stage: Stage) -> set[str]:
    stored = stored_files(stage.settings.data_dir)
    return {Path(name).stem for name, data in stored.items() if NEEDLE.encode() in data}


async def _kept_for_licensees(stage: Stage, olga: Olga) -> set[str]:
    """WAVs of hers that somebody holds a licence to."""
    licence, track = METADATA.tables["licence"], METADATA.tables["track"]
    own = select(track.c.upload_id).where(track.c.producer_id == olga.me.producer)
    chosen = select(licence.c.upload_id).where(licence.c.revoked_at.is_(None), licence.c.upload_id.in_(own))
    async with stage.sessions.reading() as session:
        return set(await session.scalars(chosen))


async def test_killed_at_every_commit_it_comes_to_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = [await _with_something_of_all(stage, name) for name in ("Nova", "Nora")]
    await delete(stage, twins[0])
    assert (await ask(stage, twins[1]))["errors"] == []
    deaths = 0
    while (await status(stage))[-1] is not AccountDeletionStatus.DONE:
        await become_due(stage)
        with monkeypatch.context() as patch:
            _die_after(patch, commits=deaths)
            try:
                await work(stage, JobKind.DELETE_ACCOUNT)
            except Killed:
                deaths += 1
    assert deaths > 5
    assert await places_of(stage, "Nora") | await places_of(stage, "Nova") == set()
    left = [await _left_of(stage, twin) for twin in twins]
    assert left[0] == left[1]
    assert (left[0]["track"], left[0]["licence"], left[0]["notification"]) == (1, 1, 0)
    async with stage.sessions.reading() as session:
        of_kind = col(Job.kind) == JobKind.DELETE_ACCOUNT
        states = Counter(await session.scalars(select(col(Job.state)).where(of_kind)))
    assert states == {JobState.DONE: 2}


async def _with_something_of_all(stage: Stage, name: str) -> Beatmaker:
    """A track that credits another, a credit on another's, a licence."""
    who: Beatmaker = await with_password(stage, await a_producer(stage.sessions, name))
    lee = await a_producer(stage.sessions, "Lee")
    await a_track(stage.sessions, who, credited=[lee], artists=[name])
    track = await a_track(stage.sessions, lee, credited=[who], artists=["Lee"])
    await a_licence(stage.sessions, who, track)
    return who


async def _left_of(stage: Stage, who: Beatmaker) -> dict[str, int]:
    """How many rows are theirs still."""
    whose = personal.Person(who.account, who.producer)
    async with stage.sessions.reading() as session:
        tables = [table for table, holding in HOLDINGS.items() if holding.ways]
        return {table: await personal.count(session, table, whose) for table in tables}


def _die_after(patch: pytest.MonkeyPatch, *, commits: int) -> None:
    """A process that ends right behind a commit."""
    writing, done = Sessions.writing, 0

    @asynccontextmanager
    async def dying(sessions: Sessions) -> AsyncGenerator[AsyncSession]:
        nonlocal done
        async with writing(sessions) as session:
            yield session
        done += 1
        if done > commits:
            raise Killed

    patch.setattr(Sessions, "writing", dying)


async def test_it_waits_for_a_week_and_is_told_of_and_can_be_called_off(stage: Stage) -> None:
    ari = await somebody(stage)
    payload = await ask(stage, ari)
    again = await ask(stage, ari)
    assert (payload["deletion"]["status"], again["deletion"]) == ("WAITING", payload["deletion"])
    async with stage.sessions.reading() as session:
        [row] = list(await session.scalars(select(AccountDeletion)))
        [told] = list(await session.scalars(select(Notification)))
    assert row.due_at - row.requested_at == timedelta(days=7)
    assert told.title == "Your account is about to be deleted"
    assert (await stage.ask(ari, "{ me { deletion { id } } }"))["me"]["deletion"]["id"] == row.id
    await stage.mutate(ari, "cancelAccountDeletion", "account { id }")
    assert (await stage.ask(ari, "{ me { deletion { id } } }"))["me"]["deletion"] is None
    async with stage.nothing_changes():
        assert await stage.refusals(ari, "cancelAccountDeletion") == [("", "NO_DELETION_WAITS")]
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.CANCELLED]
    assert (await stage.ask(ari, "{ me { displayName } }"))["me"] == {"displayName": "Ari"}


async def test_it_needs_the_password_and_a_person(stage: Stage) -> None:
    ari = await somebody(stage)
    assert await refused(stage, ari, password="wrong") == [("input.password", "WRONG_CREDENTIALS")]
    token: Any = await an_api_token(stage.sessions, ari, ApiTokenScope.FULL)
    async with stage.nothing_changes():
        for call in (
            'requestAccountDeletion(input: {password: "x"}) { errors { code } }',
            "cancelAccountDeletion { errors { code } }",
        ):
            assert await stage.fault(token, f"mutation {{ {call} }}") == "FORBIDDEN"


async def test_who_is_gone_does_not_come_in_and_the_e_mail_is_free(stage: Stage) -> None:
    ari = await somebody(stage)
    await delete(stage, ari)
    assert (await stage.ask(ari, "{ me { id } }"))["me"] is None
    given = {"email": ari.email, "password": PASSWORD}
    async with stage.nothing_changes():
        assert [code for _, code in await stage.refusals(None, "signIn", input=given)] == [
            "WRONG_CREDENTIALS"
        ]
    payload = await stage.mutate(None, "signUp", "account { email }", input={**given, "displayName": "New"})
    assert (payload["errors"], payload["account"]) == ([], {"email": ari.email})
    async with stage.sessions.reading() as session:
        gone = await session.get_one(Account, ari.account)
    assert (gone.email, gone.display_name) == (f"deleted-{ari.account[4:]}@invalid", DELETED_ACCOUNT)
    assert gone.deleted_at is not None


async def test_nothing_can_be_done_to_who_is_gone(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    sam, lee = await staff(stage.sessions), await a_listener(stage.sessions, "Lee")
    await delete(stage, nova)
    reason = {"reason": "Fraud."}
    role = reason | {"role": "STAFF", "granted": True}
    async with stage.nothing_changes():
        assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=reason) == [
            ("id", "NOT_FOUND")
        ]
        assert await stage.refusals(sam, "changeRole", id=nova.account, input=role) == [("id", "NOT_FOUND")]
        assert await stage.refusals(lee, "reportContent", id=nova.producer, input=reason) == [
            ("id", "NOT_FOUND")
        ]
        assert [code for _, code in await stage.refusals(lee, "followProducer", id=nova.producer)] == [
            "NOT_FOUND"
        ]


@pytest.mark.parametrize(
    ("mine", "columns", "kind"),
    [
        (True, {}, "PURCHASE_UNDER_WAY"),
        (False, {}, "SALE_UNDER_WAY"),
        (True, {"status": PurchaseStatus.DISPUTED}, "DISPUTE_UNDER_WAY"),
    ],
)
async def test_what_is_under_way_stands_in_the_way(
    stage: Stage, mine: bool, columns: dict[str, Any], kind: str
) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    other = await with_password(stage, await a_producer(stage.sessions, "Olaf"))
    seller, buyer = (other, nova) if mine else (nova, other)
    track = await a_track(stage.sessions, seller, **an_exclusive())
    if columns:
        columns |= {"licence_id": await _an_exclusive_licence(stage, buyer, track), "completed_at": now()}
    await a_purchase(stage.sessions, buyer, track, **columns)
    assert [one["kind"] for one in (await preview(stage, nova))["obstacles"]] == [kind]
    assert await refused(stage, nova) == [("", "DELETION_BLOCKED")]


async def _an_exclusive_licence(stage: Stage, buyer: Person, track: Any) -> Any:
    return await a_licence(stage.sessions, buyer, track)


async def test_the_only_staff_stays(stage: Stage) -> None:
    sam = await with_password(stage, await staff(stage.sessions))
    assert await refused(stage, sam) == [("", "DELETION_BLOCKED")]
    await staff(stage.sessions, "Tess")
    assert (await ask(stage, sam))["errors"] == []


async def test_what_came_into_the_way_since_is_waited_for(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    lee = await a_listener(stage.sessions, "Lee")
    track = await a_track(stage.sessions, nova, **an_exclusive())
    await ask(stage, nova)
    purchase = await a_purchase(stage.sessions, lee, track)
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.WAITING]
    shown = await stage.ask(nova, "{ me { deletion { status waitsFor } } }")
    assert shown["me"]["deletion"] == {"status": "WAITING", "waitsFor": "SALE_UNDER_WAY"}
    async with stage.sessions.writing() as session:
        assert (await session.get_one(Track, track)).status is TrackStatus.PUBLISHED
    await _expire(stage, purchase)
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.DONE]


async def _expire(stage: Stage, purchase: PurchaseId) -> None:
    async with stage.sessions.writing() as session:
        over = {"status": PurchaseStatus.EXPIRED, "ended_at": now()}
        await session.execute(update(Purchase).where(col(Purchase.id) == purchase).values(over))


async def test_what_is_published_while_doors_are_closed_leaves_too(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    lee = await a_listener(stage.sessions, "Lee")
    checked = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    track = await a_track(stage.sessions, nova, **an_exclusive())
    await ask(stage, nova)
    async with (
        stage.sessions.writing() as session
    ):  # killed behind closed doors; the check ended, and somebody buys
        await session.execute(update(AccountDeletion).values(status=AccountDeletionStatus.RUNNING))
    purchase = await a_purchase(stage.sessions, lee, track)
    await become_due(stage)
    await work(stage)
    async with stage.sessions.reading() as session:
        [row] = list(await session.scalars(select(AccountDeletion)))
        assert (row.status, row.waits_for) == (AccountDeletionStatus.RUNNING, "SALE_UNDER_WAY")
        assert (await session.get_one(Track, track)).status is TrackStatus.PUBLISHED
    await _expire(stage, purchase)
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.DONE]
    async with stage.sessions.reading() as session:
        left = {(await session.get_one(Track, one)).status for one in (checked, track)}
    assert left == {TrackStatus.REMOVED}


async def test_money_that_would_stay_has_to_be_known(stage: Stage) -> None:
    nova = await with_password(stage, await a_producer(stage.sessions, "Nova"))
    await enter(stage.sessions, earned("sale", nova.producer, 5_000))
    shown = await preview(stage, nova)
    assert shown["needsAcknowledgement"]
    assert shown["balances"] == [
        {"amount": {"amount": "50.00", "currency": CurrencyCode.CAD.value}, "fate": "STAYS_OWED"}
    ]
    said = [("input.balanceAcknowledged", "BALANCE_NOT_ACKNOWLEDGED")]
    assert await refused(stage, nova, balanceAcknowledged=False) == said
    await delete(stage, nova)
    assert await status(stage) == [AccountDeletionStatus.DONE]
    balances = METADATA.tables["producer_balance"]
    async with stage.sessions.reading() as session:
        assert (await session.execute(select(balances.c.balance_minor))).scalar_one() == 5_000


@on_sqlite
async def test_the_last_letter_says_what_was_done(mailing: Stage, tmp_path: Path) -> None:
    ari = await somebody(mailing)
    await delete(mailing, ari)
    letters = [path.read_text() for path in (tmp_path / "mail").glob("*.eml")]
    [last] = [text for text in letters if "Subject: Your account is deleted" in text]
    assert f"To: {ari.email}" in last


async def test_nobody_behind_a_deleted_account_is_told_anything(stage: Stage) -> None:
    ari = await somebody(stage)
    await delete(stage, ari)
    async with stage.sessions.writing() as session:
        await warn(session, ari.account, "You have a role now", "It was given.")
    async with stage.sessions.reading() as session:
        assert list(await session.scalars(select(Notification))) == []
