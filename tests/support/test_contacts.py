"""Writing to support without an account: letters, the link in them, and nothing that tells of accounts (D-72)."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from api.gateways.mail import MailRefused
from api.support.letters import TicketLetters, send_ticket_letter
from db.models.jobs import Job
from db.models.support import SupportContact
from db.session import Sessions
from tests.factories import a_listener, a_verified_producer, staff
from tests.stage import Json, Stage
from tests.support.desk import (
    WROTE,
    Post,
    a_contact,
    a_ticket,
    not_opened,
    opened,
    replied,
    set_back,
)
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
VERA = "vera@example.org"
QUERY = """query($id: ID!) { node(id: $id) { ... on SupportTicket { status email emailProved
  messages { fromStaff text author { id } } } } }"""


async def seen_by_staff(post: Post, ticket: str) -> Json:
    shown: Json = (await post.stage.ask(await staff(post.stage.sessions), QUERY, id=ticket))["node"]
    return shown


async def contacts(sessions: Sessions) -> list[SupportContact]:
    async with sessions.reading() as session:
        return list(await session.scalars(select(SupportContact)))


async def test_a_visitor_has_a_ticket_without_priority_and_sees_it_no_more(post: Post) -> None:
    ticket = await opened(post.stage, None, email=f" {VERA} ")
    assert (ticket["status"], ticket["priority"], ticket["account"]) == ("OPEN", False, None)
    assert (ticket["email"], ticket["emailProved"]) == (VERA, False)
    assert [one["text"] for one in ticket["messages"]] == [WROTE["text"]]
    assert ticket["viewerCanReply"] == {"allowed": False, "code": "SIGN_IN_REQUIRED"}
    for who in (None, await a_listener(post.stage.sessions)):
        assert (await post.stage.ask(who, QUERY, id=ticket["id"]))["node"] is None
    assert (await seen_by_staff(post, ticket["id"]))["status"] == "OPEN"


async def test_the_answer_is_alike_whether_an_account_has_the_email(post: Post) -> None:
    kilo = await a_verified_producer(post.stage.sessions)
    payloads = [await opened(post.stage, None, email=one) for one in (VERA, kilo.email)]
    for one in payloads:
        for name in ("id", "openedAt", "respondBy", "email"):
            one.pop(name)
        one["messages"][0].pop("id")
        one["messages"][0].pop("sentAt")
    assert payloads[0] == payloads[1]
    assert not payloads[1]["priority"]
    own = "{ me { supportTickets { totalCount } } }"
    assert (await post.stage.ask(kilo, own))["me"]["supportTickets"]["totalCount"] == 0
    assert (
        len({letter.texts[0].replace(letter.link, "") for letter in await post.letters()}) == 2
    )  # the ticket's name


async def test_what_is_missing_is_told_at_once(post: Post) -> None:
    stage = post.stage
    async with stage.nothing_changes():
        for given in (None, "", "  "):
            assert await not_opened(stage, None, email=given) == [("input.email", "REQUIRED")]
        refused = await not_opened(
            stage, None, subject="", text=" ", email="vera@", attachmentUploadIds=["x"]
        )
        assert refused == [
            ("input.subject", "REQUIRED"),
            ("input.text", "REQUIRED"),
            ("input.email", "MALFORMED"),
            ("input.attachmentUploadIds", "SIGN_IN_REQUIRED"),
        ]


async def test_where_no_email_is_sent_there_is_no_ticket_without_an_account(stage: Stage) -> None:
    async with stage.nothing_changes():
        assert await not_opened(stage, None, email=VERA) == [("", "EMAIL_IS_OFF")]


async def test_the_first_letter_has_a_link_and_nothing_that_was_typed(post: Post) -> None:
    await opened(post.stage, None, email=VERA, subject="Click here", text="You have won.")
    [letter] = await post.letters()
    [reference] = {letter.subject[-9:-1]}
    assert (letter.to, letter.subject) == (VERA, f"We have your message (ticket {reference})")
    for text in letter.texts:
        assert "Click here" not in text
        assert "You have won." not in text
        assert reference in text
    assert letter.link.startswith("/support/ticket?token=bpk_")


async def test_an_answer_goes_out_with_the_same_link_and_what_the_owner_writes_does_not(post: Post) -> None:
    ticket = (await opened(post.stage, None, email=VERA))["id"]
    [first] = await post.letters()
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Try <b>again</b>.\n\nThen write.")
    _, answer = await post.letters()
    assert answer.subject == first.subject.replace("We have your message", "Support has answered")
    assert (answer.to, answer.link) == (VERA, first.link)
    plain, html = answer.texts
    assert "Try <b>again</b>.\n\nThen write." in plain
    assert "Try &lt;b&gt;again&lt;/b&gt;." in html
    assert answer.id != first.id


async def test_a_letter_that_is_sent_again_is_the_same(post: Post) -> None:
    await opened(post.stage, None, email=VERA)
    [letter] = await post.letters()
    [job] = await post.jobs()
    before = letter.file.read_bytes().splitlines()
    letters = TicketLetters(post.stage.settings)
    sent: list[object] = []

    class Twice:
        async def send(self, mail: object) -> None:
            sent.append(mail)

    async def settle(_: object) -> None:
        return

    for _ in range(2):
        await send_ticket_letter(
            post.stage.sessions, Twice(), letters, job.payload["message"], closed=False, settle=settle
        )
    assert sent[0] == sent[1]
    await post.do(job)
    [again] = await post.letters()
    assert [line for line in before if b"boundary" not in line and b"--=" not in line] == [
        line
        for line in again.file.read_bytes().splitlines()
        if b"boundary" not in line and b"--=" not in line
    ]


async def test_a_letter_that_is_refused_for_good_is_not_tried_again(post: Post) -> None:
    await opened(post.stage, None, email=VERA)
    [job] = await post.jobs()
    ended: list[bool] = []

    class Refusing:
        async def send(self, mail: object) -> None:
            raise MailRefused("550 no such mailbox")

    async def settle(_: object) -> None:
        ended.append(True)

    letters = TicketLetters(post.stage.settings)
    for mailer in (Refusing(), None):
        await send_ticket_letter(
            post.stage.sessions, mailer, letters, job.payload["message"], closed=False, settle=settle
        )
    assert ended == [True, True]


async def test_who_has_an_account_gets_no_letter_of_this_kind(post: Post) -> None:
    ari = await a_listener(post.stage.sessions)
    ticket = (await opened(post.stage, ari, email=VERA))["id"]
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Hello.")
    assert (await post.jobs(), await contacts(post.stage.sessions)) == ([], [])


async def test_five_tickets_a_day_are_enough_for_one_email_whatever_its_case(post: Post) -> None:
    for number in range(3):
        await opened(post.stage, None, email=VERA, subject=f"Number {number}", peer=f"192.0.2.{number}")
    written = [{**WROTE, "email": "VERA@Example.org", "subject": f"At once {one}"} for one in range(4)]
    payloads = await asyncio.gather(
        *(post.stage.mutate(None, "openSupportTicket", "ticket { id }", input=one) for one in written)
    )
    assert sorted(error["code"] for one in payloads for error in one["errors"]) == ["TOO_MANY_ATTEMPTS"] * 2
    async with post.stage.nothing_changes():
        assert await not_opened(post.stage, None, email=VERA) == [("", "TOO_MANY_ATTEMPTS")]
    assert len(await post.letters()) == 5
    [contact] = await contacts(post.stage.sessions)
    assert contact.email_key == VERA
    line = "{ staff { tickets(first: 1) { nodes { id } } } }"
    shown = await post.stage.ask(await staff(post.stage.sessions), line)
    first = shown["staff"]["tickets"]["nodes"][0]["id"]
    await set_back(post.stage.sessions, first, timedelta(hours=24))
    assert (await opened(post.stage, None, email=VERA, subject="A day later"))["status"] == "OPEN"


@on_sqlite
async def test_the_door_is_counted_by_email_from_wherever_it_is_tried(post: Post) -> None:
    attempts = post.stage.services.attempts
    for number in range(100):
        assert await attempts.count(f"somebody {number}", f"ticket:{VERA}")
    async with post.stage.nothing_changes():
        assert await not_opened(post.stage, None, email=VERA) == [("", "TOO_MANY_ATTEMPTS")]
    assert (await opened(post.stage, None, email="other@example.org"))["status"] == "OPEN"


async def test_ten_tickets_an_hour_are_enough_for_one_network_address_whatever_emails_are_entered(
    post: Post,
) -> None:
    stage = post.stage
    for number in range(10):
        await opened(stage, None, email=f"{number}@example.org", peer="192.0.2.7")
    async with stage.nothing_changes():
        wrote: Json = {"input": {**WROTE, "email": "10@example.org"}, "peer": "192.0.2.7"}
        [error] = (await stage.mutate(None, "openSupportTicket", **wrote))["errors"]
    assert (error["code"], error["limit"]) == ("TOO_MANY_ATTEMPTS", 10)
    wait = datetime.fromisoformat(error["retryAt"]) - datetime.now(UTC)
    assert timedelta(minutes=45) < wait <= timedelta(hours=1)  # not the quarter of an hour of other doors
    assert len(await post.letters()) == 10
    assert (await opened(stage, None, email="10@example.org", peer="192.0.2.8"))["status"] == "OPEN"
    ari = await a_listener(stage.sessions)
    assert (await opened(stage, ari, peer="192.0.2.7"))["status"] == "OPEN"


async def test_what_is_sent_twice_is_one_ticket_and_one_letter(post: Post) -> None:
    both = await asyncio.gather(*(opened(post.stage, None, email=VERA) for _ in range(2)))
    assert both[0] == both[1]
    async with post.stage.nothing_changes():
        assert (await opened(post.stage, None, email=VERA))["id"] == both[0]["id"]
    assert len(await post.letters()) == 1
    different: list[dict[str, str]] = [
        {"email": VERA.upper()},
        {"email": VERA, "text": "It stops at 41 %."},
        {"email": VERA, "subject": "My other upload"},
    ]
    others = [await opened(post.stage, None, **one, peer="192.0.2.2") for one in different]
    assert len({both[0]["id"], *(one["id"] for one in others)}) == 4
    await set_back(post.stage.sessions, others[-1]["id"], timedelta(minutes=11))
    later = await opened(post.stage, None, **different[-1], peer="192.0.2.3")
    assert later["id"] != others[-1]["id"]
    assert len(await post.letters()) == 5


async def test_a_ticket_is_proved_by_its_own_link_and_no_other_of_the_same_email_is(
    post: Post, web: httpx.AsyncClient
) -> None:
    mine = await opened(post.stage, None, email="Vera@Example.org")
    [letter] = await post.letters()
    assert (await web.post(letter.link, data={"text": "It is me."})).status_code == 303
    theirs = await opened(post.stage, None, email=VERA, subject="Another's", peer="192.0.2.9")
    assert (theirs["email"], theirs["emailProved"]) == (VERA, False)
    shown = [await seen_by_staff(post, one["id"]) for one in (mine, theirs)]
    assert [(one["email"], one["emailProved"]) for one in shown] == [
        ("Vera@Example.org", True),
        (VERA, False),
    ]


async def test_the_answer_says_nothing_of_what_was_done_with_the_letter(
    post: Post, web: httpx.AsyncClient
) -> None:
    first = await opened(post.stage, None, email=VERA)
    [letter] = await post.letters()
    assert (await web.post(letter.link, data={"mine": "yes"})).status_code == 303
    assert (await seen_by_staff(post, first["id"]))["emailProved"]
    async with post.stage.nothing_changes():
        assert await opened(post.stage, None, email=VERA) == first


async def test_a_letter_says_that_answers_come_there_and_how_that_is_ended(post: Post) -> None:
    ticket = (await opened(post.stage, None, email=VERA))["id"]
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Hello.")
    first, answer = await post.letters()
    for text in first.texts:
        assert "gave this e-mail for the answer, which comes here." in text
        assert "press “Switch this link off” there: nothing more of this ticket comes to you then." in text
    for text in answer.texts:
        assert "gets no further letter of this ticket." in " ".join(text.split())


@pytest.mark.parametrize("close", [True, False])
async def test_a_letter_by_which_staff_close_a_ticket_says_so_whatever_becomes_of_it(
    post: Post, web: httpx.AsyncClient, close: bool
) -> None:
    ticket = (await opened(post.stage, None, email=VERA))["id"]
    [first] = await post.letters()
    await replied(post.stage, await staff(post.stage.sessions), ticket, "That was it", close=close)
    assert (await web.post(first.link, data={"text": "One more thing."})).status_code == 303
    _, answer = await post.letters()
    end = "The ticket is closed; what you write to it within 14 days opens it again."
    plain, html = answer.texts
    assert (f"That was it\n\n{end}\n\nRead and answer" in plain) is close
    assert (f">{end}</p>" in html) is close
    assert not any("closed" in text for text in first.texts)


async def test_a_letter_that_was_due_before_letters_told_of_the_end_goes_out(post: Post) -> None:
    await opened(post.stage, None, email=VERA)
    [job] = await post.jobs()
    async with post.stage.sessions.writing() as session:
        (await session.get_one(Job, job.id)).payload = {"message": job.payload["message"]}
    assert [one.to for one in await post.letters()] == [VERA]


async def test_contacts_of_one_address_that_come_at_once_are_one(post: Post) -> None:
    tickets = await asyncio.gather(
        *(opened(post.stage, None, email=VERA, subject=f"Number {one}") for one in range(4))
    )
    assert len({one["id"] for one in tickets}) == 4
    assert len(await contacts(post.stage.sessions)) == 1


async def test_a_ticket_of_a_contact_is_there_without_its_letter(post: Post, web: httpx.AsyncClient) -> None:
    ticket = await a_ticket(post.stage.sessions, await a_contact(post.stage.sessions))
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Hello.")
    [letter] = await post.letters()
    assert "Hello." in (await web.get(letter.link)).text
