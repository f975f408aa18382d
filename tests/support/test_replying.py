"""What is written to a ticket, by whom, in which state, and whoever writes at once (D-72)."""

import asyncio
from datetime import datetime, timedelta
from itertools import product

import pytest

from api.support.rules import MOST_MESSAGES, after_working_days
from db.ids import new_id
from db.transitions import TICKET as TRANSITIONS
from db.vocabulary import TicketStatus, UploadPurpose
from tests.factories import Person, a_completed_upload, a_listener, a_producer, a_verified_producer, staff
from tests.stage import Json, Stage
from tests.support.desk import (
    TICKET,
    a_contact,
    a_ticket,
    fill_up,
    not_replied,
    notices,
    opened,
    replied,
    set_back,
)

pytestmark = pytest.mark.anyio
STATUSES = list(TicketStatus)


def texts(ticket: Json) -> list[tuple[bool, str]]:
    return [(one["fromStaff"], one["text"]) for one in ticket["messages"]]


async def test_staff_answer_and_what_the_owner_writes_opens_it_again(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    first = await opened(stage, ari)
    answered = await replied(stage, sam, first["id"], "Try again.")
    assert (answered["status"], answered["respondBy"]) == ("ANSWERED", first["respondBy"])
    assert [one["author"] for one in answered["messages"]] == [
        {"displayName": "Ari"},
        {"displayName": "Sam"},
    ]
    await set_back(stage.sessions, first["id"], timedelta(days=5))
    again = await replied(stage, ari, first["id"], "It stops again.")
    sent_at = datetime.fromisoformat(again["messages"][-1]["sentAt"])
    assert again["status"] == "OPEN"
    assert datetime.fromisoformat(again["respondBy"]) == after_working_days(sent_at, 3)
    more = await replied(stage, ari, first["id"], "At 41 %.")
    assert (more["status"], more["respondBy"]) == ("OPEN", again["respondBy"])
    assert texts(more) == [
        (False, "It stops at 40 %."),
        (True, "Try again."),
        (False, "It stops again."),
        (False, "At 41 %."),
    ]
    assert {one["author"] and one["author"]["displayName"] for one in more["messages"]} == {None}


async def test_a_ticket_with_priority_has_it_whenever_it_is_opened_again(stage: Stage) -> None:
    sam, kilo = await staff(stage.sessions), await a_verified_producer(stage.sessions)
    first = await opened(stage, kilo)
    await replied(stage, sam, first["id"], "Done.", close=True)
    again = await replied(stage, kilo, first["id"], "Not quite.")
    sent_at = datetime.fromisoformat(again["messages"][-1]["sentAt"])
    assert (again["priority"], again["status"], again["closedAt"]) == (True, "OPEN", None)
    assert datetime.fromisoformat(again["respondBy"]) == after_working_days(sent_at, 1)


async def test_the_owner_is_told_of_each_answer_and_of_the_end(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket = (await opened(stage, ari))["id"]
    await replied(stage, sam, ticket, "Try again.")
    await replied(stage, ari, ticket, "I did.")
    await replied(stage, sam, ticket, "y" * 501, close=True)
    told = await notices(stage.sessions)
    assert [(one.account_id, one.kind, one.subject_id, one.title, one.path) for one in told] == [
        (
            ari.account,
            "SUPPORT_REPLY",
            f"{ticket}:m{number}",
            "Support has answered: My upload",
            f"/support/{ticket}",
        )
        for number in (2, 4)
    ]
    end = "\n\nThe ticket is closed; what you write to it within 14 days opens it again."
    assert [one.body for one in told] == ["Try again.", "y" * 500 + "…" + end]
    query = "{ me { notifications(first: 1) { nodes { kind subject { __typename id } } } } }"
    [node] = (await stage.ask(ari, query))["me"]["notifications"]["nodes"]
    assert node["subject"] == {"__typename": "SupportTicket", "id": ticket}


async def test_every_step_is_one_that_the_table_has(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    seen: set[tuple[str, str]] = set()
    for status, by_staff, close in product(STATUSES, (True, False), (True, False)):
        ticket = await a_ticket(stage.sessions, ari, status=status)
        after = await replied(stage, sam if by_staff else ari, ticket, close=close)
        assert (after["closedAt"] is not None) == (after["status"] == "CLOSED")
        seen.add((status, after["status"]))
    assert {(one, other) for one, other in seen if one != other} == {
        (one, other) for one in TRANSITIONS for other in TRANSITIONS[one]
    }


async def test_a_ticket_is_opened_again_for_two_weeks_and_then_only_by_staff(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket = await a_ticket(stage.sessions, ari)
    await replied(stage, ari, ticket, "Never mind.", close=True)
    await set_back(stage.sessions, ticket, timedelta(days=14))
    query = "query($id: ID!) { node(id: $id) { ... on SupportTicket { viewerCanReply { allowed code } } } }"
    async with stage.nothing_changes():
        payload = await stage.mutate(
            ari, "replyToSupportTicket", TICKET, id=ticket, input={"text": "But now.", "close": False}
        )
        [error] = payload["errors"]
        assert (error["__typename"], error["code"], error["object"]) == (
            "WrongState",
            "TICKET_CLOSED",
            {"__typename": "SupportTicket", "id": ticket},
        )
        shown = await stage.ask(ari, query, id=ticket)
        assert shown["node"]["viewerCanReply"] == {"allowed": False, "code": "TICKET_CLOSED"}
        assert (await stage.ask(sam, query, id=ticket))["node"]["viewerCanReply"]["allowed"]
    assert (await replied(stage, sam, ticket, "One more thing."))["status"] == "ANSWERED"
    assert (await replied(stage, ari, ticket, "Yes?"))["status"] == "OPEN"


async def test_a_full_ticket_takes_nothing_but_an_answer(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket = await a_ticket(stage.sessions, ari)
    await fill_up(stage.sessions, ticket, MOST_MESSAGES - 1)
    assert (await replied(stage, ari, ticket))["status"] == "OPEN"
    async with stage.nothing_changes():
        assert await not_replied(stage, ari, ticket, "More.") == [("id", "TICKET_FULL")]
    assert (await replied(stage, sam, ticket, "Enough."))["status"] == "ANSWERED"


async def test_a_ticket_is_for_its_owner_and_staff_and_like_none_for_others(stage: Stage) -> None:
    ari, nova = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    ticket = await opened(stage, ari)
    [message] = ticket["messages"]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    async with stage.nothing_changes():
        for given, code in (
            (ticket["id"], "NOT_FOUND"),
            (new_id("tkt"), "NOT_FOUND"),
            (ari.account, "WRONG_ID_TYPE"),
        ):
            assert await not_replied(stage, nova, given) == [("id", code)]
        document = 'mutation { replyToSupportTicket(id: "x", input: { text: "x" }) { errors { code } } }'
        assert await stage.fault(None, document) == "UNAUTHENTICATED"
        for other in (nova, None):
            shown = await stage.ask(other, query, ids=[ticket["id"], message["id"]])
            assert shown["nodes"] == [None, None]
    for who in (ari, await staff(stage.sessions)):
        shown = await stage.ask(who, query, ids=[ticket["id"], message["id"]])
        assert [one["__typename"] for one in shown["nodes"]] == ["SupportTicket", "TicketMessage"]


async def test_staff_write_to_their_own_ticket_as_its_owner(stage: Stage) -> None:
    sam = await staff(stage.sessions)
    ticket = await opened(stage, sam)
    after = await replied(stage, sam, ticket["id"], "Anybody?")
    assert (after["status"], [one["fromStaff"] for one in after["messages"]]) == ("OPEN", [False, False])
    assert await notices(stage.sessions) == []


async def test_what_is_sent_twice_is_written_once(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket = await a_ticket(stage.sessions, ari)
    file = await a_completed_upload(stage.sessions, sam, UploadPurpose.ATTACHMENT)
    said = {"attachmentUploadIds": [file], "close": True}
    both = await asyncio.gather(*(replied(stage, sam, ticket, "Done.", **said) for _ in range(2)))
    assert [len(one["messages"]) for one in both] == [2, 2]
    async with stage.nothing_changes():
        assert len((await replied(stage, sam, ticket, "Done.", **said))["messages"]) == 2
    assert len(await notices(stage.sessions)) == 1
    assert len((await replied(stage, sam, ticket, "Done."))["messages"]) == 3
    sue = await staff(stage.sessions, "Sue")
    assert len((await replied(stage, sue, ticket, "Done."))["messages"]) == 4
    await set_back(stage.sessions, ticket, timedelta(minutes=11))
    assert len((await replied(stage, sue, ticket, "Done."))["messages"]) == 5


async def test_of_two_of_staff_who_answer_what_they_have_read_at_once_one_is_told_to_read_first(
    stage: Stage,
) -> None:
    sam, sue = await staff(stage.sessions), await staff(stage.sessions, "Sue")
    ticket = await opened(stage, await a_listener(stage.sessions))
    [read] = ticket["messages"]

    async def answer(who: Person, text: str) -> Json:
        said = {"text": text, "close": False, "lastReadMessageId": read["id"]}
        payload: Json = await stage.mutate(who, "replyToSupportTicket", TICKET, id=ticket["id"], input=said)
        return payload

    payloads = await asyncio.gather(answer(sam, "Yes."), answer(sue, "No."))
    [written] = [one["ticket"] for one in payloads if one["ticket"]]
    [[error]] = [one["errors"] for one in payloads if one["errors"]]
    assert len(written["messages"]) == 2
    assert (error["path"], error["code"]) == (["input", "lastReadMessageId"], "TICKET_MOVED_ON")
    assert error["object"] == {"__typename": "SupportTicket", "id": ticket["id"]}
    assert len(await notices(stage.sessions)) == 1


async def test_all_who_write_at_once_are_in_the_ticket_one_after_the_other(stage: Stage) -> None:
    sam, sue = await staff(stage.sessions), await staff(stage.sessions, "Sue")
    ari = await a_listener(stage.sessions)
    ticket = await a_ticket(stage.sessions, ari)
    said = [(who, f"{who.name} {number}") for who in (sam, sue, ari) for number in range(3)]
    await asyncio.gather(*(replied(stage, who, ticket, text) for who, text in said))
    query = (
        "query($id: ID!) { node(id: $id) { ... on SupportTicket { status messages { text fromStaff } } } }"
    )
    shown = (await stage.ask(ari, query, id=ticket))["node"]
    assert sorted(one["text"] for one in shown["messages"]) == sorted(
        ["It stops at 40 %.", *(text for _, text in said)]
    )
    assert shown["status"] == ("ANSWERED" if shown["messages"][-1]["fromStaff"] else "OPEN")
    assert len(await notices(stage.sessions)) == 6


async def test_what_an_owner_writes_while_staff_close_is_never_in_a_closed_ticket_unread(
    stage: Stage,
) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    for number in range(4):
        ticket = await a_ticket(stage.sessions, ari, subject=f"Number {number}")
        query = "query($id: ID!) { node(id: $id) { ... on SupportTicket { status messages { id text } } } }"
        [read] = (await stage.ask(sam, query, id=ticket))["node"]["messages"]
        closing = {"text": "Done.", "close": True, "lastReadMessageId": read["id"]}
        payload, _ = await asyncio.gather(
            stage.mutate(sam, "replyToSupportTicket", TICKET, id=ticket, input=closing),
            replied(stage, ari, ticket, "One moment."),
        )
        shown = (await stage.ask(ari, query, id=ticket))["node"]
        written = [one["text"] for one in shown["messages"]][1:]
        refused = [error["code"] for error in payload["errors"]]
        assert (shown["status"], written, refused) in (
            ("OPEN", ["Done.", "One moment."], []),
            ("OPEN", ["One moment."], ["TICKET_MOVED_ON"]),
        )


async def test_what_cannot_be_taken_changes_nothing(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket, other = await a_ticket(stage.sessions, ari), await opened(stage, await a_producer(stage.sessions))
    owners = await a_completed_upload(stage.sessions, ari, UploadPurpose.ATTACHMENT)
    place = "input.lastReadMessageId"
    async with stage.nothing_changes():
        assert await not_replied(stage, sam, ticket, " ", attachmentUploadIds=[owners]) == [
            ("input.text", "REQUIRED"),
            ("input.attachmentUploadIds.0", "NOT_FOUND"),
        ]
        assert await not_replied(stage, ari, ticket, "x" * 5001) == [("input.text", "TOO_LONG")]
        assert await not_replied(stage, sam, ticket, close=True, attachmentUploadIds=["x"] * 6) == [
            ("input.attachmentUploadIds", "TOO_LONG"),
            *(
                (f"input.attachmentUploadIds.{one}", "NOT_FOUND" if one == 0 else "REPEATED")
                for one in range(5)
            ),
        ]
        for given, code in (
            (other["messages"][0]["id"], "TICKET_MOVED_ON"),
            ("x", "TICKET_MOVED_ON"),
            (ticket, "WRONG_ID_TYPE"),
        ):
            assert await not_replied(stage, sam, ticket, lastReadMessageId=given) == [(place, code)]


async def test_staff_add_files_and_the_owner_gets_their_addresses(stage: Stage) -> None:
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    ticket = await a_ticket(stage.sessions, ari)
    file = await a_completed_upload(stage.sessions, sam, UploadPurpose.ATTACHMENT, filename="how.pdf")
    await replied(stage, sam, ticket, "See there.", attachmentUploadIds=[file])
    query = """query($id: ID!) { node(id: $id) { ... on SupportTicket {
      messages { attachments { filename byteSize file { url expiresAt } } } } } }"""
    _, answer = (await stage.ask(ari, query, id=ticket))["node"]["messages"]
    [shown] = answer["attachments"]
    assert (shown["filename"], shown["byteSize"]) == ("how.pdf", 30_000_000)
    assert file in shown["file"]["url"]
    used = "query($id: ID!) { node(id: $id) { ... on Upload { usedBy { __typename } } } }"
    assert (await stage.ask(sam, used, id=file))["node"]["usedBy"] == {"__typename": "TicketMessage"}


async def test_one_ticket_is_not_written_to_without_end(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    ticket, other = await a_ticket(stage.sessions, ari), await a_ticket(stage.sessions, ari)
    for number in range(stage.settings.sign_in_attempts):
        await replied(stage, ari, ticket, f"Number {number}")
    async with stage.nothing_changes():
        assert await not_replied(stage, ari, ticket) == [("", "TOO_MANY_ATTEMPTS")]
    assert (await replied(stage, ari, other))["status"] == "OPEN"


async def test_who_has_no_account_is_answered_by_staff_alone(stage: Stage) -> None:
    contact = await a_contact(stage.sessions)
    ticket = await a_ticket(stage.sessions, contact)
    others = [await a_listener(stage.sessions), await a_verified_producer(stage.sessions)]
    async with stage.nothing_changes():
        for who in others:
            assert await not_replied(stage, who, ticket) == [("id", "NOT_FOUND")]
    answered = await replied(stage, await staff(stage.sessions), ticket, "Hello.")
    assert (answered["status"], answered["email"], answered["emailProved"]) == (
        "ANSWERED",
        "vera@example.org",
        False,
    )
    assert (answered["account"], await notices(stage.sessions)) == (None, [])
