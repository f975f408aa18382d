"""The page behind the link in a letter of support: a look changes nothing, its buttons do, and no script is needed."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from api.support.links import LINK_LIVES
from api.support.rules import MOST_MESSAGES
from db.vocabulary import UploadPurpose
from tests.factories import a_completed_upload, staff
from tests.stage import Json
from tests.support.desk import WROTE, Letter, Post, fill_up, opened, replied, set_back
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
GONE = "This link was switched off, or has ended. Write to us again, or to contact@beatpass.ca."
QUERY = """query($id: ID!) { node(id: $id) { ... on SupportTicket { status respondBy emailProved lettersEndedAt
  messages { fromStaff text author { id } } } } }"""


async def a_letter(post: Post, **given: str) -> tuple[str, Letter]:
    """A ticket of somebody without an account, and the letter about it."""
    ticket = await opened(post.stage, None, email="vera@example.org", **given)
    return ticket["id"], (await post.letters())[-1]


async def shown(post: Post, ticket: str) -> Json:
    node: Json = (await post.stage.ask(await staff(post.stage.sessions), QUERY, id=ticket))["node"]
    return node


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_look_changes_nothing(post: Post, web: httpx.AsyncClient, method: str) -> None:
    _, letter = await a_letter(post, subject="<i>Mine</i>", text="<script>alert(1)</script>")
    async with post.stage.nothing_changes():
        answer = await web.request(method, letter.link)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    if method == "GET":
        assert "<h1>&lt;i&gt;Mine&lt;/i&gt;</h1>" in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert answer.text.count("<button") == 3
        assert not re.search(r"<script|src=|href=|@import|url\(", answer.text)


async def test_what_is_written_there_comes_to_staff_and_proves_the_email(
    post: Post, web: httpx.AsyncClient
) -> None:
    ticket, letter = await a_letter(post)
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Try again.")
    assert not (await shown(post, ticket))["emailProved"]
    answer = await web.post(letter.link, data={"text": "I did: ü.\r\n\r\nNo."})
    assert (answer.status_code, answer.headers["location"]) == (303, letter.link)
    assert answer.headers["cache-control"] == "no-store"
    seen = await shown(post, ticket)
    assert (seen["status"], seen["emailProved"]) == ("OPEN", True)
    assert [(one["fromStaff"], one["text"], bool(one["author"])) for one in seen["messages"]] == [
        (False, WROTE["text"], False),
        (True, "Try again.", True),
        (False, "I did: ü.\n\nNo.", False),
    ]
    page = (await web.get(letter.link)).text
    assert page.index("Try again.") < page.index("I did: ü.")
    assert "BeatPass support, " in page
    assert "Sam" not in page  # who of staff wrote is for staff
    assert len(await post.letters()) == 2  # nobody is sent what they wrote themselves


async def test_a_form_that_is_sent_twice_is_written_once(post: Post, web: httpx.AsyncClient) -> None:
    ticket, letter = await a_letter(post)
    answers = await asyncio.gather(*(web.post(letter.link, data={"text": "Again."}) for _ in range(2)))
    assert [one.status_code for one in answers] == [303, 303]
    async with post.stage.nothing_changes():
        assert (await web.post(letter.link, data={"text": "Again."})).status_code == 303
    assert len((await shown(post, ticket))["messages"]) == 2


async def test_what_cannot_be_taken_is_asked_for_again_with_what_was_entered(
    post: Post, web: httpx.AsyncClient
) -> None:
    _, letter = await a_letter(post)
    async with post.stage.nothing_changes():
        for text, sentence in (("", "This must not be blank."), ("ü" * 5001, "This has 5001 characters")):
            answer = await web.post(letter.link, data={"text": text})
            assert (answer.status_code, sentence in answer.text) == (400, True)
            assert f">{text}</textarea>" in answer.text
        assert (await web.post(letter.link, content=b"x" * 70_000)).status_code == 413
    assert (await web.post(letter.link, data={"text": "𝄞" * 5000})).status_code == 303


async def test_it_was_me_proves_the_email_without_another_message(post: Post, web: httpx.AsyncClient) -> None:
    ticket, letter = await a_letter(post)
    before = await shown(post, ticket)
    assert "It was me" in (await web.get(letter.link)).text
    assert not before["emailProved"]
    answer = await web.post(letter.link, data={"mine": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, letter.link)
    assert await shown(post, ticket) == {**before, "emailProved": True}
    async with post.stage.nothing_changes():
        assert (await web.post(letter.link, data={"mine": "yes"})).status_code == 303
        assert "It was me" not in (await web.get(letter.link)).text
        wrong = await web.post(f"{letter.link}x", data={"mine": "yes"})
        assert (wrong.status_code, GONE in wrong.text) == (410, True)


async def test_the_first_message_once_more_proves_the_email_though_it_is_not_written_again(
    post: Post, web: httpx.AsyncClient
) -> None:
    ticket, letter = await a_letter(post)
    assert (await web.post(letter.link, data={"text": WROTE["text"]})).status_code == 303
    seen = await shown(post, ticket)
    assert (len(seen["messages"]), seen["emailProved"]) == (1, True)


async def test_who_switches_a_link_off_gets_no_further_letter_and_the_ticket_is_closed(
    post: Post, web: httpx.AsyncClient
) -> None:
    ticket, letter = await a_letter(post)
    sam = await staff(post.stage.sessions)
    await replied(post.stage, sam, ticket, "This waits to be sent.")
    assert (
        "the ticket is closed, and no further letter of it comes to you." in (await web.get(letter.link)).text
    )
    answer = await web.post(letter.link, data={"off": "yes"})
    assert (answer.status_code, "The link is off." in answer.text) == (200, True)
    seen = await shown(post, ticket)
    assert (seen["status"], seen["lettersEndedAt"] is not None) == ("CLOSED", True)
    job, waiting = await post.jobs()
    await post.send()
    async with post.stage.nothing_changes():
        for method, data in (("GET", None), ("POST", {"text": "Hello?"}), ("POST", {"off": "yes"})):
            again = await web.request(method, letter.link, data=data)
            assert (again.status_code, GONE in again.text, "<form" in again.text) == (410, True, False)
        for done in (job, waiting):
            await post.do(done)
    assert (await replied(post.stage, sam, ticket, "For the record."))["status"] == "ANSWERED"
    assert [one.id for one in await post.letters()] == [letter.id]
    assert len(await post.jobs()) == 2
    _, other = await a_letter(post, subject="Something else")
    assert (await web.get(other.link)).status_code == 200


async def test_a_link_ends_three_months_after_the_last_letter(post: Post, web: httpx.AsyncClient) -> None:
    ticket, letter = await a_letter(post)
    await set_back(post.stage.sessions, ticket, LINK_LIVES - timedelta(minutes=5))
    assert (await web.get(letter.link)).status_code == 200
    await set_back(post.stage.sessions, ticket, timedelta(minutes=5))
    async with post.stage.nothing_changes():
        assert (await web.get(letter.link)).status_code == 410
        assert (await web.post(letter.link, data={"text": "Hello?"})).status_code == 410
    await replied(post.stage, await staff(post.stage.sessions), ticket, "Still there?")
    assert (await post.letters())[-1].link == letter.link
    assert (await web.get(letter.link)).status_code == 200


async def test_a_closed_ticket_is_read_and_for_two_weeks_opened_again(
    post: Post, web: httpx.AsyncClient
) -> None:
    ticket, letter = await a_letter(post)
    sam = await staff(post.stage.sessions)
    await replied(post.stage, sam, ticket, "Done.", close=True)
    await post.send()
    assert "It is closed. What you write opens it again." in (await web.get(letter.link)).text
    assert (await web.post(letter.link, data={"text": "Not yet."})).status_code == 303
    assert (await shown(post, ticket))["status"] == "OPEN"
    await replied(post.stage, sam, ticket, "Now it is.", close=True)
    await post.send()
    await set_back(post.stage.sessions, ticket, timedelta(days=14))
    async with post.stage.nothing_changes():
        page = (await web.get(letter.link)).text
        assert "This ticket was closed some time ago." in page
        assert "<textarea" not in page
        answer = await web.post(letter.link, data={"text": "Hello?"})
        assert (answer.status_code, "This ticket was closed some time ago." in answer.text) == (400, True)


async def test_a_full_ticket_is_read(post: Post, web: httpx.AsyncClient) -> None:
    ticket, letter = await a_letter(post)
    await fill_up(post.stage.sessions, ticket, MOST_MESSAGES)
    async with post.stage.nothing_changes():
        answer = await web.post(letter.link, data={"text": "More."})
    assert (answer.status_code, "as many messages as a ticket takes" in answer.text) == (400, True)


async def test_files_of_staff_are_there_for_who_has_the_link(post: Post, web: httpx.AsyncClient) -> None:
    ticket, letter = await a_letter(post)
    sam = await staff(post.stage.sessions)
    file = await a_completed_upload(post.stage.sessions, sam, UploadPurpose.ATTACHMENT, filename="a & b.pdf")
    await replied(post.stage, sam, ticket, "See there.", attachmentUploadIds=[file])
    page = (await web.get(letter.link)).text
    assert re.search(rf'<a href="https://[^"]+{file}[^"]+" rel="noreferrer">a &amp; b\.pdf</a>', page), page


async def test_links_of_nobody_are_all_the_same_page(post: Post, web: httpx.AsyncClient) -> None:
    _, letter = await a_letter(post)
    start = "/support/ticket"
    wrong = (
        start,
        f"{start}?token=",
        f"{start}?token=%00",
        f"{letter.link}x",
        f"{start}?token=bpk_{'x' * 43}",
    )
    async with post.stage.nothing_changes():
        answers = [await web.request(method, one) for one in wrong for method in ("GET", "POST")]
    assert {one.status_code for one in answers} == {410}
    assert len({one.text for one in answers}) == 1


@on_sqlite
async def test_a_link_is_looked_at_sixty_times_and_then_said_to_be_opened_too_often(
    post: Post, web: httpx.AsyncClient
) -> None:
    _, letter = await a_letter(post)
    for _ in range(60):
        assert (await web.get(letter.link)).status_code == 200
    answer = await web.get(letter.link)
    assert (answer.status_code, "This link was opened too often lately." in answer.text) == (429, True)
    assert "does not work" not in answer.text
    _, other = await a_letter(post, subject="Something else")
    assert (await web.get(other.link)).status_code == 200


@on_sqlite
async def test_who_writes_too_often_keeps_what_they_entered(post: Post, web: httpx.AsyncClient) -> None:
    _, letter = await a_letter(post)
    for number in range(post.stage.settings.sign_in_attempts):
        assert (await web.post(letter.link, data={"text": f"Number {number}"})).status_code == 303
        assert (await web.get(letter.link)).status_code == 200
    async with post.stage.nothing_changes():
        answer = await web.post(letter.link, data={"text": "And then?"})
    assert (answer.status_code, "Too many attempts." in answer.text) == (400, True)
    assert ">And then?</textarea>" in answer.text


@on_sqlite
async def test_links_cannot_be_tried_for_ever(post: Post, web: httpx.AsyncClient) -> None:
    _, letter = await a_letter(post)
    attempts = post.stage.services.attempts
    for number in range(100):
        assert await attempts.count(f"somebody {number}", "look:127.0.0.1", "link:127.0.0.1")
    async with post.stage.nothing_changes():
        for answer in (
            await web.get(letter.link),
            await web.post(letter.link, data={"text": "Hello?"}),
            await web.post(letter.link, data={"mine": "yes"}),
            await web.post(letter.link, data={"off": "yes"}),
        ):
            assert (answer.status_code, "Too many attempts." in answer.text) == (429, True)
