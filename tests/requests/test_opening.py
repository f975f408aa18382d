"""D-60: what a request must say, and that it is saved at once or not at all."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from db.clock import now
from db.ids import new_id
from db.models.requests import BeatRequest, BeatRequestTerm, RequestOpening
from db.models.uploads import Upload
from db.vocabulary import JobKind, TrackStatus, UploadPurpose, UploadStatus
from tests.factories import Person, a_completed_upload, a_listener, a_producer, a_track, staff
from tests.requests.asking import (
    a_call,
    change,
    delete,
    jobs_of,
    openings_of,
    post,
    posted,
    read,
    refused,
    remaining,
)
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

_FULL: dict[str, Any] = {
    "genre": "uk drill",
    "bpmMin": 138,
    "bpmMax": 144,
    "key": "B_FLAT",
    "scale": "MINOR",
    "moods": ["dark", "Eerie"],
    "tags": ["#Night", "808"],
    "budget": {"amount": "250.5", "currency": "EUR"},
    "wantedLicence": "EXCLUSIVE",
}


async def test_a_request_asks_for_everything_and_is_matched(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    payload = await post(stage, ari, text="  Drill for the\n\n night   shift ", **_FULL)
    assert payload["errors"] == []
    made = payload["request"]
    opened, ends = (datetime.fromisoformat(made.pop(name)) for name in ("openedAt", "expiresAt"))
    assert ends - opened == timedelta(hours=24)
    assert made == {
        "id": made["id"],
        "text": "Drill for the\n\nnight shift",
        "genre": "UK Drill",
        "bpmMin": 138,
        "bpmMax": 144,
        "key": "A_SHARP",
        "scale": "MINOR",
        "moods": ["Dark", "Eerie"],
        "tags": ["night", "808"],
        "wantedLicence": "EXCLUSIVE",
        "status": "ACTIVE",
        "submissionCount": 0,
        "budget": {"amount": "250.50", "currency": "EUR"},
        "requester": {"id": ari.account.replace("acc_", "mem_"), "displayName": "Ari"},
        "reference": {"url": "https://example.org/song", "track": None, "sample": None},
        "renew": {
            "allowed": False,
            "code": "NOT_RENEWABLE",
            "message": "The request is still open. It can be renewed once it has expired.",
            "retryAt": ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
    }
    assert payload["tokens"]["remaining"] == 0
    [opening] = await openings_of(stage.sessions, made["id"])
    [job] = await jobs_of(stage.sessions, JobKind.MATCH_REQUEST)
    assert (job.key, job.payload) == (f"MATCH_REQUEST:{opening.id}", {"request": made["id"]})
    async with stage.sessions.reading() as session:
        row = await session.get_one(BeatRequest, made["id"])
        terms = set(await session.scalars(select(BeatRequestTerm.term)))
    assert (row.genre_folded, row.pitch_class, row.budget_minor) == ("uk drill", 10, 25_050)
    assert {"night", "shift", "drill", "dark", "eerie", "808"} <= terms


@on_sqlite
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, (None, None)),
        ({"bpmMin": 90}, (90, 200)),
        ({"bpmMax": 90}, (60, 90)),
        ({"bpmMin": 90, "bpmMax": 90}, (90, 90)),
    ],
)
async def test_an_end_of_the_tempo_that_is_left_out_is_that_of_all_tempos(
    stage: Stage, given: dict[str, Any], kept: tuple[int | None, int | None]
) -> None:
    made = await posted(stage, await a_listener(stage.sessions), **given)
    assert (made["bpmMin"], made["bpmMax"]) == kept


@on_sqlite
async def test_all_that_is_wrong_is_said_at_once_with_its_place(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    wrong = {
        "text": " short ",
        "reference": {"url": "ftp://example.org/song"},
        "duration": "HOURS_72",
        "genre": " ",
        "bpmMin": 300,
        "bpmMax": 30,
        "key": "C",
        "moods": ["Dark", "dark", "Gloomy"],
        "tags": ["x" * 31],
        "budget": {"amount": "0.001", "currency": "USD"},
    }
    assert await refused(stage, ari, named="k" * 101, **wrong) == [
        ("input.idempotencyKey", "TOO_LONG"),
        ("input.text", "TOO_SHORT"),
        ("input.genre", "REQUIRED"),
        ("input.bpmMin", "OUT_OF_RANGE"),
        ("input.bpmMax", "OUT_OF_RANGE"),
        ("input.scale", "REQUIRED"),
        ("input.moods.2", "UNKNOWN_VALUE"),
        ("input.moods.1", "REPEATED"),
        ("input.tags.0", "TOO_LONG"),
        ("input.budget.amount", "OUT_OF_RANGE"),
        ("input.reference.url", "MALFORMED"),
        ("input.duration", "NOT_ENOUGH_TOKENS"),
    ]


@on_sqlite
async def test_what_exactly_one_rule_forbids_is_refused_in_its_place(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"text": "x" * 501}, "text", "TOO_LONG"),
        ({"text": ""}, "text", "REQUIRED"),
        ({"bpmMin": 120, "bpmMax": 119}, "bpmMax", "OUT_OF_RANGE"),
        ({"scale": "MAJOR"}, "key", "REQUIRED"),
        ({"genre": "g" * 41}, "genre", "TOO_LONG"),
        ({"moods": ["Dark", "Eerie", "Moody", "Sad"]}, "moods", "TOO_LONG"),
        ({"tags": [str(number) for number in range(21)]}, "tags", "TOO_LONG"),
        ({"budget": {"amount": "0", "currency": "USD"}}, "budget.amount", "OUT_OF_RANGE"),
        ({"budget": {"amount": "9.999", "currency": "USD"}}, "budget.amount", "MALFORMED"),
        ({"budget": {"amount": "700000.01", "currency": "USD"}}, "budget.amount", "OUT_OF_RANGE"),
    ]
    for different, place, code in wrong:
        assert await refused(stage, ari, **different) == [(f"input.{place}", code)], different
    assert await refused(stage, ari, named=" ") == [("input.idempotencyKey", "REQUIRED")]
    assert await refused(stage, ari, named="a\tb") == [("input.idempotencyKey", "MALFORMED")]


@on_sqlite
@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org/song",
        "//example.org/song",
        "https://",
        "https://localhost/song",
        "https://me:secret@example.org/song",
        "https://example.org/a b",
        "https://example.org/\u202egnos",
        f"https://example.org/{'x' * 2000}",
        "javascript:alert(1)",
        "http://[",
    ],
)
async def test_a_reference_leads_to_a_page_of_the_web(stage: Stage, address: str) -> None:
    ari = await a_listener(stage.sessions)
    [(place, code)] = await refused(stage, ari, reference={"url": address})
    assert place == "input.reference.url"
    assert code in {"MALFORMED", "REQUIRED", "TOO_LONG"}


@on_sqlite
async def test_a_reference_is_one_of_three(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    for reference in ({}, {"url": "https://example.org/a", "trackId": "trk_x"}, {"url": None}):
        async with stage.nothing_changes():
            answer = await stage.answer(
                ari,
                "mutation($input: OpenBeatRequestInput!) { openBeatRequest(input: $input) { errors { code } } }",
                input=a_call(reference=reference),
            )
        assert answer.codes == ["BAD_REQUEST"]


async def test_a_track_that_the_requester_sees_may_be_the_reference(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    shown, hidden = (
        await a_track(stage.sessions, nova),
        await a_track(stage.sessions, nova, TrackStatus.HIDDEN),
    )
    removed = await a_track(stage.sessions, nova, TrackStatus.REMOVED)
    for track in (hidden, removed, new_id("trk")):
        assert await refused(stage, ari, reference={"trackId": track}) == [
            ("input.reference.trackId", "NOT_FOUND")
        ]
    assert await refused(stage, ari, reference={"trackId": nova.producer}) == [
        ("input.reference.trackId", "WRONG_ID_TYPE")
    ]
    assert (await posted(stage, ari, reference={"trackId": shown}))["reference"]["track"] == {"id": shown}
    made = await posted(stage, nova, reference={"trackId": hidden})
    assert made["reference"]["track"] == {"id": hidden}
    seen = await read(stage, ari, made["id"])
    assert seen
    assert seen["reference"]["track"] is None


async def test_a_sample_is_the_requesters_complete_and_meant_for_it(stage: Stage) -> None:
    ari, lee = await a_listener(stage.sessions), await a_listener(stage.sessions)
    purpose = UploadPurpose.REQUEST_SAMPLE
    sample = await a_completed_upload(stage.sessions, ari, purpose)
    half = await a_completed_upload(stage.sessions, ari, purpose, status=UploadStatus.RECEIVING)
    wrong = await a_completed_upload(stage.sessions, ari, UploadPurpose.TRACK_AUDIO)
    for who, upload, code in (
        (lee, sample, "NOT_FOUND"),
        (ari, half, "UPLOAD_INCOMPLETE"),
        (ari, wrong, "UPLOAD_WRONG_PURPOSE"),
        (ari, ari.account, "WRONG_ID_TYPE"),
    ):
        assert await refused(stage, who, reference={"uploadId": upload}) == [
            ("input.reference.uploadId", code)
        ]
    made = await posted(stage, ari, reference={"uploadId": sample})
    assert f"masters/{sample}.wav" in made["reference"]["sample"]["url"]
    async with stage.sessions.reading() as session:
        row = await session.get_one(Upload, sample)
    ends = datetime.fromisoformat(made["expiresAt"])
    assert (row.used_by, row.expires_at) == (made["id"], ends + timedelta(days=30))
    seen = await read(stage, lee, made["id"])
    assert seen
    assert seen["reference"]["sample"]["url"].startswith("https://")


async def test_the_same_key_and_input_are_one_request_whatever_became_of_it(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    first = await posted(stage, ari, **_FULL)
    async with stage.nothing_changes():
        again = await post(stage, ari, **_FULL)
    assert (again["request"]["id"], again["tokens"]["remaining"]) == (first["id"], 0)
    await delete(stage, ari, first["id"])
    async with stage.nothing_changes():
        gone = (await post(stage, ari, **_FULL))["request"]
    assert (gone["id"], gone["status"]) == (first["id"], "DELETED")
    assert await refused(stage, ari) == [("input.idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    lee = await a_listener(stage.sessions, "Lee")
    assert (await posted(stage, lee))["id"] != first["id"]  # keys are names of each account's own


@on_sqlite
async def test_the_same_budget_in_other_digits_is_the_same_input(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    first = await posted(stage, ari, budget={"amount": "10.0", "currency": "USD"})
    async with stage.nothing_changes():
        again = await posted(stage, ari, budget={"amount": "10.00", "currency": "USD"})
    assert again["id"] == first["id"]
    for amount in ("10.01", "10.00000000000000000000000000000000001"):
        other = await refused(stage, ari, budget={"amount": amount, "currency": "USD"})
        assert other == [("input.idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]


@on_sqlite
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("hip hop", "Hip-Hop"),
        ("RnB", "R&B"),
        ("lofi", "Lo-Fi"),
        ("UK drill", "UK Drill"),
        ("Fast Folk", "Fast Folk"),
    ],
)
async def test_a_genre_is_kept_by_the_name_that_it_is_known_by(stage: Stage, given: str, kept: str) -> None:
    request = await posted(stage, await a_listener(stage.sessions), genre=given)
    async with stage.sessions.reading() as session:
        row = await session.get_one(BeatRequest, request["id"])
    assert (request["genre"], row.genre, row.genre_folded) == (kept, kept, kept.casefold())


@on_sqlite
async def test_a_sample_that_went_with_its_request_is_said_to_have(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    sample = await a_completed_upload(stage.sessions, ari, UploadPurpose.REQUEST_SAMPLE)
    made = await posted(stage, ari, reference={"uploadId": sample})
    await delete(stage, ari, made["id"])
    again = a_call("2", reference={"uploadId": sample})
    async with stage.nothing_changes():
        payload = await stage.mutate(ari, "openBeatRequest", input=again)
    assert [(one["code"], one["message"]) for one in payload["errors"]] == [
        ("UPLOAD_UNUSABLE", "What was made of this file is gone, and the file with it: upload it again.")
    ]


async def test_a_request_that_is_sent_twice_at_once_is_posted_once(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    payloads = await asyncio.gather(*(post(stage, ari) for _ in range(4)))
    assert [payload["errors"] for payload in payloads] == [[]] * 4
    assert len({payload["request"]["id"] for payload in payloads}) == 1
    assert len((await stage.tables())["beat_request"]) == 1
    assert await remaining(stage, ari) == 0


async def test_a_visitor_sees_no_request_and_deleted_ones_are_their_requesters_and_staffs(
    stage: Stage,
) -> None:
    ari, lee, sam = (
        await a_listener(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    request = (await posted(stage, ari))["id"]
    assert await who_sees(stage, request, None, ari, lee, sam) == [False, True, True, True]
    await delete(stage, ari, request)
    assert await who_sees(stage, request, None, ari, lee, sam) == [False, True, False, True]


async def who_sees(stage: Stage, request: str, *people: Person | None) -> list[bool]:
    return [await read(stage, who, request) is not None for who in people]


async def test_what_is_over_is_expired_before_a_job_says_so(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    made = await posted(stage, ari)
    opened = datetime.fromisoformat(made["openedAt"]) - timedelta(hours=24)
    await change(stage.sessions, made["id"], opened_at=opened, expires_at=opened + timedelta(hours=24))
    seen = await read(stage, ari, made["id"])
    assert seen
    assert seen["status"] == "EXPIRED"


async def test_ten_openings_a_day_are_enough_for_anybody_those_taken_back_among_them(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    first = await posted(stage, ari, "0")
    await delete(stage, ari, first["id"])
    for number in range(1, 10):
        await delete(stage, ari, (await posted(stage, ari, str(number)))["id"])
    assert await refused(stage, ari, "11") == [("", "TOO_MANY_ATTEMPTS")]
    async with stage.sessions.writing() as session:
        await session.execute(update(RequestOpening).values(opened_at=now() - timedelta(hours=24)))
    assert (await posted(stage, ari, "11"))["status"] == "ACTIVE"
