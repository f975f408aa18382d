"""Whose an e-mail is: the letter at sign-up, its link that works once, and what goes to nobody before (D-80)."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.accounts.letters import ProofLetters, send_proof
from api.auth.tokens import stored_form
from api.gateways.mail import open_mailer
from api.notices import Notice, notify
from db.models.accounts import Account, AccountProof
from db.models.jobs import Job
from db.models.notices import Notification
from db.vocabulary import ApiTokenScope, EmailTiming, JobKind, JobState, NotificationKind
from tests.accounts.desk import ANOTHER, PASSWORD, Desk, somebody
from tests.factories import Person, Program, a_listener, an_api_token
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio
CONFIRM = "Confirm your e-mail"
GONE = [("input.token", "LINK_EXPIRED")]
NEW = {"email": "Mara@BeatPass.test", "password": PASSWORD, "displayName": "Mara http://spam.test"}


async def sign_up(desk: Desk) -> Program:
    payload = await desk.stage.mutate(None, "signUp", "token account { emailVerified }", input=NEW)
    assert (payload["errors"], payload["account"]) == ([], {"emailVerified": False})
    return Program("", payload["token"])


async def send_again(desk: Desk, who: Person | Program) -> bool:
    payload = await desk.stage.mutate(who, "sendEmailProof", "sent")
    assert payload["errors"] == []
    return bool(payload["sent"])


async def test_who_signs_up_gets_a_letter_and_its_link_proves_the_email(desk: Desk) -> None:
    mara = await sign_up(desk)
    [letter] = await desk.letters()
    assert letter.about == ("Mara@BeatPass.test", CONFIRM)
    assert letter.path == "/verify-email"
    assert "This link works once, for 24 hours." in letter.text("plain")
    assert "Mara http" not in letter.message.as_string()
    payload = await desk.stage.mutate(None, "verifyEmail", "account { id }", input={"token": letter.token})
    assert payload == {"account": None, "errors": []}
    me = await desk.me(mara)
    assert (me["email"], me["emailVerified"], me["pendingEmail"]) == ("Mara@BeatPass.test", True, None)
    assert await desk.told(mara) == ["Your e-mail is confirmed"]
    assert [one.about[1] for one in await desk.letters()] == [CONFIRM, "Your e-mail is confirmed"]


async def test_the_account_is_shown_to_its_owner_alone(desk: Desk) -> None:
    nova, ari = await somebody(desk, proved=False), await a_listener(desk.sessions, "Ari")
    shown: list[Json] = []
    for who in (ari, nova):
        await send_again(desk, nova)
        given = {"token": await desk.token(CONFIRM)}
        shown.append(await desk.stage.mutate(who, "verifyEmail", "account { emailVerified }", input=given))
        async with desk.sessions.writing() as session:
            (await session.get_one(Account, nova.account)).email_verified_at = None
    assert shown == [{"account": None, "errors": []}, {"account": {"emailVerified": True}, "errors": []}]


async def test_only_the_hash_of_a_token_is_stored(desk: Desk) -> None:
    await sign_up(desk)
    token = await desk.token(CONFIRM)
    everything = repr(await desk.stage.tables())
    assert token not in everything
    assert stored_form(token) in everything


async def test_a_link_works_once(desk: Desk) -> None:
    await sign_up(desk)
    token = await desk.token(CONFIRM)
    assert await desk.verify(token) == []
    async with desk.stage.nothing_changes():
        assert await desk.verify(token) == GONE


async def test_of_uses_at_once_one_wins(desk: Desk) -> None:
    mara = await sign_up(desk)
    token = await desk.token(CONFIRM)
    came = await asyncio.gather(*(desk.verify(token) for _ in range(4)))
    assert sorted(came) == [[], GONE, GONE, GONE]
    assert await desk.told(mara) == ["Your e-mail is confirmed"]


@pytest.mark.parametrize(
    ("after", "came"), [(timedelta(hours=23, minutes=59), []), (timedelta(hours=24), GONE)]
)
async def test_a_link_ends_after_a_day(desk: Desk, after: timedelta, came: list[tuple[str, str]]) -> None:
    await sign_up(desk)
    token = await desk.token(CONFIRM)
    await desk.later(after)
    assert await desk.verify(token) == came


async def test_a_new_letter_ends_the_link_of_the_one_before(desk: Desk) -> None:
    mara = await sign_up(desk)
    first = await desk.token(CONFIRM)
    assert await send_again(desk, mara)
    second = await desk.token(CONFIRM)
    async with desk.stage.nothing_changes():
        assert await desk.verify(first) == GONE
    assert await desk.verify(second) == []


async def test_what_is_proved_is_not_proved_again(desk: Desk) -> None:
    nova = await somebody(desk)
    async with desk.stage.nothing_changes():
        assert not await send_again(desk, nova)


async def test_five_letters_a_day_are_enough_and_the_last_one_works(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    for _ in range(5):
        assert await send_again(desk, nova)
    token = await desk.token(CONFIRM)
    first = (await desk.proofs())[0].created_at
    async with desk.stage.nothing_changes():
        payload = await desk.stage.mutate(nova, "sendEmailProof", "sent")
    [error] = payload["errors"]
    assert (error["code"], error["limit"], payload["sent"]) == ("TOO_MANY_ATTEMPTS", 5, None)
    assert datetime.fromisoformat(error["retryAt"]) == first + timedelta(hours=24)
    assert await desk.verify(token) == []


async def test_tokens_of_other_kinds_and_of_none_are_refused_in_the_same_words(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    await send_again(desk, nova)
    await desk.forget(nova.email)
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.FULL)
    proving, resetting = await desk.token(CONFIRM), await desk.token("Choose a new password")
    strange = (
        "",
        "bpp_",
        "bpp_" + "x" * 43,
        nova.token,
        program.token,
        proving.removeprefix("bpp_"),
        "ü" * 300,
    )
    async with desk.stage.nothing_changes():
        for token in (*strange, resetting):
            assert (token, await desk.verify(token)) == (token, GONE)
        for token in (*strange, proving):
            assert (token, await desk.reset(token)) == (token, GONE)


async def test_until_it_is_proved_an_address_gets_security_notices_and_nothing_else(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    await tell_all(desk, nova, "req_1")
    assert await emails(desk, "req_1") == {
        NotificationKind.CASE_DECIDED: None,
        NotificationKind.NEW_FOLLOWER: None,
        NotificationKind.SECURITY: EmailTiming.AT_ONCE,
    }
    await send_again(desk, nova)
    assert await desk.verify(await desk.token(CONFIRM)) == []
    await tell_all(desk, nova, "req_2")
    assert await emails(desk, "req_2") == {
        NotificationKind.CASE_DECIDED: EmailTiming.AT_ONCE,
        NotificationKind.NEW_FOLLOWER: EmailTiming.DIGEST,
        NotificationKind.SECURITY: EmailTiming.AT_ONCE,
    }


async def test_nobody_fills_a_strangers_inbox_with_security_notices(desk: Desk) -> None:
    """Whoever has signed up with another's address can have as many of them as they like."""
    nova = await somebody(desk, proved=False)
    token = {"name": "Robot", "scope": "READ"}
    for _ in range(7):
        assert await desk.stage.refusals(nova, "createApiToken", input=token) == []
    assert len(await desk.letters("An API token was made")) == 5
    assert await desk.told(nova) == ["An API token was made"] * 7
    async with desk.sessions.writing() as session:
        for notice in await session.scalars(select(Notification)):
            notice.created_at -= timedelta(days=1)
    assert await desk.stage.refusals(nova, "createApiToken", input=token) == []
    assert len(await desk.letters("An API token was made")) == 6


async def tell_all(desk: Desk, who: Person, subject: str) -> None:
    kinds = (NotificationKind.CASE_DECIDED, NotificationKind.NEW_FOLLOWER, NotificationKind.SECURITY)
    async with desk.sessions.writing() as session:
        for kind in kinds:
            await notify(session, [who.account], Notice(kind, subject, "It happened", "So.", "/there"))


async def emails(desk: Desk, subject: str) -> dict[NotificationKind, EmailTiming | None]:
    """When what was told goes out by e-mail."""
    async with desk.sessions.reading() as session:
        rows = await session.scalars(select(Notification).where(col(Notification.subject_id) == subject))
        return {row.kind: row.email for row in rows}


async def test_no_api_token_changes_the_ways_into_an_account(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    program = await an_api_token(desk.sessions, nova, ApiTokenScope.FULL)
    change = "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }"
    revoke = "mutation($id: ID!) { revokeAccess(id: $id) { revokedId } }"
    async with desk.stage.nothing_changes():
        for field, value in (("email", "x@beatpass.test"), ("newPassword", ANOTHER)):
            given = {field: value, "currentPassword": PASSWORD}
            assert await desk.stage.fault(program, change, input=given) == "FORBIDDEN"
        for door in ("sendEmailProof { sent }", "endOtherSessions { account { id } }"):
            assert await desk.stage.fault(program, f"mutation {{ {door} }}") == "FORBIDDEN"
        assert await desk.stage.fault(program, revoke, id=nova.session) == "FORBIDDEN"
    assert (await desk.stage.mutate(program, "revokeAccess", "revokedId", id=program.id))[
        "revokedId"
    ] == program.id


async def test_an_installation_without_mail_says_so_and_keeps_nothing(stage: Stage) -> None:
    payload = await stage.mutate(None, "signUp", "token", input=NEW)
    mara = Program("", payload["token"])
    assert (await stage.tables())["account_proof"] == []
    async with stage.nothing_changes():
        assert await stage.refusals(mara, "sendEmailProof") == [("", "EMAIL_IS_OFF")]
        change = {"email": "x@beatpass.test", "currentPassword": PASSWORD}
        assert await stage.refusals(mara, "updateAccount", input=change) == [("input.email", "EMAIL_IS_OFF")]
        for address in (NEW["email"], "nobody@beatpass.test"):
            given = {"email": address}
            assert await stage.refusals(None, "requestPasswordReset", input=given) == [("", "EMAIL_IS_OFF")]


async def test_a_letter_that_is_sent_twice_is_the_same_letter(desk: Desk) -> None:
    """A worker dies when the mail is out and the job is not settled."""
    await sign_up(desk)
    [proof] = await desk.proofs()
    mailer, letters = open_mailer(desk.stage.settings), ProofLetters(desk.stage.settings)
    sent: list[bytes] = []
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the worker died"):
            await send_proof(desk.sessions, mailer, letters, proof.id, settle=dies)
        [file] = desk.folder.glob("*.eml")
        sent.append(_without_boundary(file.read_bytes()))
    assert sent[0] == sent[1]
    assert f"\r\nMessage-ID: <{proof.id}@beatpass.example>\r\n".encode() in sent[0]
    assert await desk.verify(await desk.token(CONFIRM)) == []


async def dies(_: AsyncSession) -> None:
    raise RuntimeError("the worker died")


def _without_boundary(raw: bytes) -> bytes:
    boundary = raw.partition(b'boundary="')[2].partition(b'"')[0]
    assert boundary
    return raw.replace(boundary, b"-")


async def test_a_letter_that_is_refused_for_good_is_not_tried_again(desk: Desk) -> None:
    """An earlier version took addresses that no letter can be delivered to."""
    assert await desk.stage.refusals(None, "signUp", input=NEW) == []
    async with desk.sessions.writing() as session:
        await session.execute(update(AccountProof).values(address="mara@no..domain"))
    assert await desk.letters() == []
    [job] = await desk.jobs(JobKind.SEND_PROOF)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


async def test_a_letter_that_cannot_be_sent_now_is_sent_later_with_the_same_link(desk: Desk) -> None:
    desk.folder.write_text("where the folder should be")
    await sign_up(desk)
    [job] = await desk.jobs(JobKind.SEND_PROOF)
    await desk.again(job)
    [job] = await desk.jobs(JobKind.SEND_PROOF)
    assert (job.state, job.attempts) == (JobState.READY, 1)
    [waiting] = await desk.proofs()
    desk.folder.unlink()
    async with desk.sessions.writing() as session:
        (await session.get_one(Job, job.id)).run_at = job.created_at
    token = await desk.token(CONFIRM)
    assert stored_form(token) == waiting.token_sha256
    assert await desk.verify(token) == []


async def test_letters_asked_for_at_once_leave_one_link_that_works(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    assert await asyncio.gather(*(send_again(desk, nova) for _ in range(4))) == [True] * 4
    assert [one.ended_at is None for one in await desk.proofs()].count(True) == 1
    assert await desk.verify(await desk.token(CONFIRM)) == []


async def test_a_letter_whose_proof_has_ended_is_not_sent(desk: Desk) -> None:
    nova = await somebody(desk, proved=False)
    await send_again(desk, nova)
    await send_again(desk, nova)
    await desk.later(timedelta(hours=25))
    await send_again(desk, nova)
    [letter] = await desk.letters(CONFIRM)
    assert await desk.verify(letter.token) == []
    assert len(await desk.jobs(JobKind.SEND_PROOF)) == 3


async def test_the_sweep_forgets_links_that_open_nothing_any_more(desk: Desk) -> None:
    mara = await sign_up(desk)
    await desk.later(timedelta(hours=25))
    await send_again(desk, mara)
    assert len(await desk.proofs()) == 2
    await desk.sweep()
    [left] = await desk.proofs()
    assert left.ended_at is None
