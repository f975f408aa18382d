"""The list of an account: what is in it, by the page, read and unread."""

from typing import Any

import pytest

from db.clock import now
from db.models.notices import Notification
from db.vocabulary import NotificationKind
from tests.factories import a_listener, a_verified_producer, staff
from tests.notifications.office import LIST, Office, change_notices, tell
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
MARK = "markNotificationsRead"
NODE = "query($id: ID!) { node(id: $id) { id } }"


async def told(stage: Stage, *subjects: str, **more: Any) -> Any:
    """Somebody who was told of some things, in this order."""
    ari = await a_listener(stage.sessions)
    for subject in subjects:
        await tell(stage.sessions, ari, subject=subject, **more)
    return ari


def titles(shown: Any) -> list[str]:
    return [one["title"].removeprefix("About ") for one in shown["notifications"]["nodes"]]


async def test_the_newest_come_first_and_pages_go_both_ways(office: Office) -> None:
    ari = await told(office.stage, "a", "b", "c", "d", "e")
    first = await office.list(ari, first=2)
    assert (titles(first), first["notifications"]["totalCount"]) == (["e", "d"], 5)
    info = first["notifications"]["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    second = await office.list(ari, first=2, after=info["endCursor"])
    assert titles(second) == ["c", "b"]
    back = await office.list(ari, last=2, before=second["notifications"]["pageInfo"]["startCursor"])
    assert titles(back) == ["e", "d"]
    assert titles(await office.list(ari, last=1)) == ["a"]


async def test_unread_and_kinds_are_chosen(office: Office) -> None:
    ari = await told(office.stage, "a", "b")
    await tell(office.sessions, ari, subject="c", kind=NotificationKind.SECURITY)
    ids = {one["title"]: one["id"] for one in (await office.list(ari))["notifications"]["nodes"]}
    await office.stage.mutate(ari, MARK, input={"ids": [ids["About a"]]})
    chosen: list[tuple[dict[str, Any], list[str]]] = [
        ({"unread": True}, ["c", "b"]),
        ({"unread": False}, ["a"]),
        ({"unread": None, "kind": None}, ["c", "b", "a"]),
        ({"kind": {"eq": "SECURITY"}}, ["c"]),
        ({"kind": {"in": ["SECURITY", "NEW_UPLOAD"]}, "unread": True}, ["c"]),
        ({"kind": {"in": []}}, []),
    ]
    for where, expected in chosen:
        shown = await office.list(ari, where=where)
        assert (where, titles(shown)) == (where, expected)
        assert shown["notifications"]["totalCount"] == len(expected)
        assert shown["unreadNotificationCount"] == 2


@on_sqlite
async def test_bad_pages_and_cursors_have_their_codes(stage: Stage) -> None:
    ari = await told(stage, "a")
    for wrong, code in (
        ({"first": 0}, "OUT_OF_RANGE"),
        ({"first": 101}, "OUT_OF_RANGE"),
        ({"first": 1, "last": 1}, "BAD_REQUEST"),
        ({"after": "nonsense"}, "BAD_CURSOR"),
        ({"after": "WyJub3RpZmljYXRpb25zIiwieCIsInkiXQ"}, "BAD_CURSOR"),
        ({"where": {"kind": {"eq": "NOTHING"}}}, "BAD_REQUEST"),
    ):
        assert (wrong, await stage.fault(ari, LIST, **wrong)) == (wrong, code)


async def test_a_notification_is_found_by_its_id_by_its_owner_alone(office: Office) -> None:
    ari, sam = await told(office.stage, "a"), await staff(office.sessions)
    [shown] = (await office.list(ari))["notifications"]["nodes"]
    assert (await office.stage.ask(ari, NODE, id=shown["id"]))["node"] == {"id": shown["id"]}
    for other in (None, sam, await a_verified_producer(office.sessions)):
        assert (await office.stage.ask(other, NODE, id=shown["id"]))["node"] is None


# ---- marking as read -----------------------------------------------------------------------------


async def test_read_is_marked_once_and_keeps_its_moment(office: Office) -> None:
    ari = await told(office.stage, "a", "b", "c")
    ids = [one["id"] for one in (await office.list(ari))["notifications"]["nodes"]]
    payload = await office.stage.mutate(
        ari, MARK, "account { unreadNotificationCount }", input={"ids": [ids[0], ids[0]]}
    )
    assert payload == {"account": {"unreadNotificationCount": 2}, "errors": []}
    before = (await office.list(ari))["notifications"]["nodes"][0]["readAt"]
    assert before
    await office.stage.mutate(ari, MARK, input={"ids": ids})
    after = await office.list(ari)
    assert (after["unreadNotificationCount"], after["notifications"]["nodes"][0]["readAt"]) == (0, before)


async def test_everything_up_to_a_moment_is_marked_and_nothing_later_nor_anybody_elses(
    office: Office,
) -> None:
    ari = await told(office.stage, "a", "b", "c")
    bo = await told(office.stage, "a")
    newest_first = (await office.list(ari))["notifications"]["nodes"]
    up_to = newest_first[1]["createdAt"]
    payload = await office.stage.mutate(
        ari, MARK, "account { unreadNotificationCount }", input={"upTo": up_to}
    )
    assert payload == {"account": {"unreadNotificationCount": 1}, "errors": []}
    shown = [bool(one["readAt"]) for one in (await office.list(ari))["notifications"]["nodes"]]
    assert shown == [False, True, True]
    assert (await office.list(bo))["unreadNotificationCount"] == 1


async def test_ids_that_are_not_ones_own_mark_nothing_and_all_are_told(stage: Stage) -> None:
    ari, bo = await told(stage, "a", "b"), await told(stage, "a")
    async with stage.sessions.reading() as session:
        rows = list((await session.execute(Notification.__table__.select())).mappings())  # type: ignore[attr-defined]  # SQLModel types no table
    own = [str(row["id"]) for row in rows if row["account_id"] == ari.account]
    others = [str(row["id"]) for row in rows if row["account_id"] == bo.account]
    wrong = [own[0], *others, bo.account, "nonsense", "", "ntf_\n", "x" * 5000]
    async with stage.nothing_changes():
        found = await stage.refusals(ari, MARK, input={"ids": wrong})
        assert found == [
            ("input.ids.1", "NOT_FOUND"),
            ("input.ids.2", "WRONG_ID_TYPE"),
            ("input.ids.3", "NOT_FOUND"),
            ("input.ids.4", "NOT_FOUND"),
            ("input.ids.5", "NOT_FOUND"),
            ("input.ids.6", "NOT_FOUND"),
        ]


@on_sqlite
@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"ids": []}, [("input.ids", "REQUIRED")]),
        ({"ids": ["ntf_x"] * 101}, [("input.ids", "TOO_LONG")]),
    ],
)
async def test_no_ids_or_too_many_are_refused(
    stage: Stage, given: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    ari = await told(stage, "a")
    async with stage.nothing_changes():
        assert await stage.refusals(ari, MARK, input=given) == refused


@on_sqlite
@pytest.mark.parametrize(
    "given",
    [{}, {"ids": None}, {"ids": ["ntf_x"], "upTo": "2026-11-24T00:00:00Z"}, {"upTo": "yesterday"}, {"ids": "\0"}, None],
)  # fmt: skip
async def test_an_input_of_another_form_is_a_bad_request(stage: Stage, given: Any) -> None:
    ari = await told(stage, "a")
    async with stage.nothing_changes():
        query = "mutation($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { errors { message } } }"
        assert await stage.fault(ari, query, input=given) == "BAD_REQUEST"


async def test_what_came_by_another_channel_is_not_in_the_list(office: Office) -> None:
    ari = await told(office.stage, "a", "b")
    await change_notices(office.sessions, in_app=False)
    await tell(office.sessions, ari, subject="c")
    shown = await office.list(ari)
    assert (titles(shown), shown["unreadNotificationCount"]) == (["c"], 1)
    await office.stage.mutate(ari, MARK, input={"upTo": now().isoformat()})
    assert [one.read_at is None for one in await office.notices()] == [True, True, False]
