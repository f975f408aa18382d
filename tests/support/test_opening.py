"""Writing to support with an account: whose ticket comes first, what it may hold, and how many there may be (D-72)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from api.support.rules import after_working_days
from db.ids import new_id
from db.vocabulary import ApiTokenScope, UploadPurpose
from tests.factories import (
    Beatmaker,
    Person,
    a_completed_upload,
    a_listener,
    a_producer,
    a_verified_producer,
    an_api_token,
    staff,
)
from tests.stage import Json, Stage
from tests.support.desk import TICKET, WROTE, a_ticket, not_opened, opened, set_back

pytestmark = pytest.mark.anyio
ATTACHMENT = UploadPurpose.ATTACHMENT
OWN = """query($where: TicketWhere, $first: Int, $after: String) { me { supportTickets(first: $first, after: $after, where: $where) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id subject status } } } }"""

OPENED_AT = "query($id: ID!) { node(id: $id) { ... on SupportTicket { openedAt } } }"


async def own(stage: Stage, who: Person, **asked: object) -> Json:
    shown: Json = (await stage.ask(who, OWN, **asked))["me"]["supportTickets"]
    return shown


def targets(ticket: Json) -> tuple[bool, datetime]:
    return ticket["priority"], datetime.fromisoformat(ticket["respondBy"])


def working_days_after_opening(ticket: Json, days: int) -> datetime:
    return after_working_days(datetime.fromisoformat(ticket["openedAt"]), days)


async def test_a_ticket_is_open_with_what_was_written(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    ticket = await opened(
        stage, ari, subject="  My   upload ", text="It stops.\n\nAt 40 %.", email="other@example.org"
    )
    assert (ticket["subject"], ticket["status"], ticket["closedAt"]) == ("My upload", "OPEN", None)
    assert (ticket["email"], ticket["emailProved"], ticket["account"]) == (None, None, {"id": ari.account})
    assert ticket["viewerCanReply"] == {"allowed": True, "code": None}
    [message] = ticket["messages"]
    assert (message["text"], message["fromStaff"], message["author"]) == (
        "It stops.\n\nAt 40 %.",
        False,
        None,
    )
    assert message["sentAt"] >= ticket["openedAt"]
    assert (await own(stage, ari))["nodes"] == [
        {"id": ticket["id"], "subject": "My upload", "status": "OPEN"}
    ]


async def test_verified_producers_have_priority_and_nobody_else_has(stage: Stage) -> None:
    verified = await opened(stage, await a_verified_producer(stage.sessions))
    assert targets(verified) == (True, working_days_after_opening(verified, 1))
    others: list[Person] = [
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    ]
    for one in others:
        ticket = await opened(stage, one)
        assert targets(ticket) == (False, working_days_after_opening(ticket, 3))


async def give(stage: Stage, sam: Person, who: Beatmaker, *, badge: bool) -> None:
    change = {"role": "VERIFIED_PRODUCER", "granted": badge, "reason": "Known."}
    assert await stage.refusals(sam, "changeRole", id=who.account, input=change) == []


async def test_priority_is_that_of_the_moment_of_opening(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    before = await opened(stage, nova, subject="Before")
    await give(stage, sam, nova, badge=True)
    meanwhile = await opened(stage, nova, subject="Meanwhile")
    await give(stage, sam, nova, badge=False)
    after = await opened(stage, nova, subject="After")
    assert [one["priority"] for one in (before, meanwhile, after)] == [False, True, False]
    query = "query($id: ID!) { node(id: $id) { ... on SupportTicket { priority } } }"
    kept = [await stage.ask(nova, query, id=one["id"]) for one in (before, meanwhile)]
    assert [one["node"]["priority"] for one in kept] == [False, True]


async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        refused = await not_opened(stage, ari, subject=" ", text="x" * 5001, attachmentUploadIds=["x"])
        assert refused == [
            ("input.subject", "REQUIRED"),
            ("input.text", "TOO_LONG"),
            ("input.attachmentUploadIds.0", "NOT_FOUND"),
        ]
        refused = await not_opened(stage, ari, subject="x" * 151, text="\u200b", email="x")
        assert refused == [
            ("input.subject", "TOO_LONG"),
            ("input.text", "REQUIRED"),
            ("input.email", "MALFORMED"),
        ]
    assert len((await opened(stage, ari, subject="x" * 150, text="x" * 5000))["messages"][0]["text"]) == 5000


async def test_files_are_ones_own_once_and_at_most_five(stage: Stage) -> None:
    ari, bob = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bob")
    files = [
        await a_completed_upload(stage.sessions, ari, ATTACHMENT, filename=f"{one}.png") for one in range(6)
    ]
    foreign = await a_completed_upload(stage.sessions, bob, ATTACHMENT)
    beat = await a_completed_upload(stage.sessions, await a_producer(stage.sessions))
    ticket = await opened(stage, ari, attachmentUploadIds=files[:2])
    assert [one["filename"] for one in ticket["messages"][0]["attachments"]] == ["0.png", "1.png"]
    place = "input.attachmentUploadIds"
    async with stage.nothing_changes():
        given = [files[0], foreign, beat, files[2], files[2], new_id("trk")]
        assert await not_opened(stage, ari, text="Anew.", attachmentUploadIds=given[:5]) == [
            (f"{place}.0", "UPLOAD_USED"),
            (f"{place}.1", "NOT_FOUND"),
            (f"{place}.2", "NOT_FOUND"),
            (f"{place}.4", "REPEATED"),
        ]
        assert await not_opened(stage, ari, text="Anew.", attachmentUploadIds=given[5:]) == [
            (f"{place}.0", "WRONG_ID_TYPE")
        ]
        sample = await not_opened(stage, ari, text="Anew.", attachmentUploadIds=[*files[2:], *files[2:4]])
        assert sample[0] == (place, "TOO_LONG")


async def test_two_tickets_at_once_cannot_have_the_same_file(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    file = await a_completed_upload(stage.sessions, ari, ATTACHMENT)
    given = [{**WROTE, "subject": one, "attachmentUploadIds": [file]} for one in ("One", "Two")]
    payloads = await asyncio.gather(
        *(stage.mutate(ari, "openSupportTicket", TICKET, input=one) for one in given)
    )
    assert sorted(len(one["errors"]) for one in payloads) == [0, 1]
    [refused] = [one for one in payloads if one["errors"]]
    assert (refused["ticket"], refused["errors"][0]["code"]) == (None, "UPLOAD_USED")
    assert (await own(stage, ari))["totalCount"] == 1


async def test_what_is_sent_twice_is_one_ticket(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    file = await a_completed_upload(stage.sessions, ari, ATTACHMENT)
    both = await asyncio.gather(*(opened(stage, ari, attachmentUploadIds=[file]) for _ in range(2)))
    assert both[0]["id"] == both[1]["id"]
    async with stage.nothing_changes():
        assert (await opened(stage, ari, attachmentUploadIds=[file]))["id"] == both[0]["id"]
    another = await opened(stage, ari, text="It goes on at 41 %.")
    assert another["id"] != both[0]["id"]
    again = await opened(stage, ari, text="It goes on at 41 %.", subject="My other upload")
    assert again["id"] != another["id"]
    await set_back(stage.sessions, again["id"], timedelta(minutes=11))
    later = await opened(stage, ari, text="It goes on at 41 %.", subject="My other upload")
    assert later["id"] != again["id"]


async def test_five_tickets_a_day_are_enough_and_two_at_once_do_not_share_the_last_one(stage: Stage) -> None:
    ari, bob = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bob")
    for number in range(4):
        await opened(stage, ari, subject=f"Number {number}")
    at_once = [{**WROTE, "subject": f"At once {one}"} for one in range(3)]
    payloads = await asyncio.gather(
        *(stage.mutate(ari, "openSupportTicket", TICKET, input=one) for one in at_once)
    )
    assert sorted(len(one["errors"]) for one in payloads) == [0, 1, 1]
    async with stage.nothing_changes():
        payload = await stage.mutate(ari, "openSupportTicket", input=WROTE)
        [error] = payload["errors"]
        assert (error["code"], error["limit"]) == ("TOO_MANY_ATTEMPTS", 5)
        oldest = (await own(stage, ari))["nodes"][-1]["id"]
        opened_at = (await stage.ask(ari, OPENED_AT, id=oldest))["node"]["openedAt"]
        day_later = datetime.fromisoformat(opened_at) + timedelta(days=1)
        assert datetime.fromisoformat(error["retryAt"]) == day_later
    assert (await opened(stage, bob))["status"] == "OPEN"
    for node in (await own(stage, ari))["nodes"]:
        await set_back(stage.sessions, node["id"], timedelta(hours=24))
    assert (await opened(stage, ari))["status"] == "OPEN"


async def test_the_door_is_counted(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    for _ in range(stage.settings.sign_in_attempts):
        await not_opened(stage, ari, text=" ")
    async with stage.nothing_changes():
        assert await not_opened(stage, ari) == [("", "TOO_MANY_ATTEMPTS")]
    assert (await opened(stage, await a_listener(stage.sessions, "Bob")))["status"] == "OPEN"


async def test_a_program_that_only_reads_opens_nothing(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    reader = await an_api_token(stage.sessions, ari, ApiTokenScope.READ)
    writer = await an_api_token(stage.sessions, ari, ApiTokenScope.WRITE)
    query = "mutation($input: OpenSupportTicketInput!) { openSupportTicket(input: $input) { ticket { id } } }"
    async with stage.nothing_changes():
        assert await stage.fault(reader, query, input=WROTE) == "FORBIDDEN"
    assert (await opened(stage, writer))["account"] == {"id": ari.account}


async def test_own_tickets_are_listed_newest_first_by_state_and_page(stage: Stage) -> None:
    ari, bob = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bob")
    await a_ticket(stage.sessions, bob)
    old, closed, new = [
        await a_ticket(stage.sessions, ari, subject=name, status=status)
        for name, status in (("Old", "OPEN"), ("Closed", "CLOSED"), ("New", "ANSWERED"))
    ]
    await set_back(stage.sessions, old, timedelta(days=2))
    await set_back(stage.sessions, closed, timedelta(days=1))
    shown = await own(stage, ari, first=2)
    assert ([one["id"] for one in shown["nodes"]], shown["totalCount"]) == ([new, closed], 3)
    rest = await own(stage, ari, first=2, after=shown["pageInfo"]["endCursor"])
    assert [one["id"] for one in rest["nodes"]] == [old]
    chosen = await own(stage, ari, where={"status": {"in": ["OPEN", "CLOSED"]}})
    assert ([one["id"] for one in chosen["nodes"]], chosen["totalCount"]) == ([closed, old], 2)
    assert (await own(stage, ari, where={"status": {"eq": "OPEN", "in": ["CLOSED"]}}))["nodes"] == []
