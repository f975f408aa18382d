import hashlib
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tusclient.client import TusClient

from api.gateways.storage import Part, Storage
from api.uploads.address import UploadAddresses
from api.uploads.dock import Dock
from api.uploads.errors import WrongOffset
from api.uploads.intake import PART_BYTES
from api.uploads.receive import Reception
from db.queries.uploads import UploadRow
from db.session import Sessions
from db.vocabulary import ErrorCode, UploadPurpose, UploadStatus
from tests.uploads.house import TUS, House, Line, WebProcess, a_wav, free_port, head, patch, until


def sender(**options: Any) -> Any:
    client: Any = TusClient("")
    return client.uploader(**options)


def test_a_client_nobody_here_wrote_uploads_in_one_go(house: House, tmp_path: Path) -> None:
    wav = a_wav(9_000_000)
    (tmp_path / "beat.wav").write_bytes(wav)
    upload = house.announce(len(wav))
    with (tmp_path / "beat.wav").open("rb") as file:
        sender(file_stream=file, url=upload.url).upload()
    row = house.row(upload)
    assert row.status is UploadStatus.COMPLETED
    assert row.sha256 == hashlib.sha256(wav).hexdigest()
    assert (row.sample_rate_hz, row.bit_depth, row.channels) == (44_100, 16, 2)
    assert row.duration_ms == round((len(wav) - 44) / 4 / 44.1)
    house.delete_files()
    assert house.files() == {f"masters/{upload.id}.wav": wav}


@pytest.mark.parametrize("purpose", [UploadPurpose.TRACK_AUDIO, UploadPurpose.REQUEST_SAMPLE])
def test_a_beat_and_a_sample_of_a_request_are_analysed_once_they_are_complete(
    house: House, purpose: UploadPurpose
) -> None:
    wav = a_wav()
    upload = house.announce(len(wav), purpose)
    assert f"ANALYSE:{upload.id}" not in house.job_keys()
    assert patch(upload, wav).status_code == 204
    assert f"ANALYSE:{upload.id}" in house.job_keys()


def test_a_client_nobody_here_wrote_uploads_in_chunks_and_resumes(house: House, tmp_path: Path) -> None:
    wav = a_wav(2_000_000)
    (tmp_path / "beat.wav").write_bytes(wav)
    upload = house.announce(len(wav))
    with (tmp_path / "beat.wav").open("rb") as file:
        first = sender(file_stream=file, url=upload.url, chunk_size=300_000)
        first.upload(stop_at=900_000)
        assert house.row(upload).received_bytes == 900_000
        again = sender(file_stream=file, url=upload.url, chunk_size=300_000)
        assert again.offset == 900_000
        again.upload()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_a_cut_connection_loses_no_byte_that_came(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    line = Line(upload)
    line.send(wav[:123_457])
    time.sleep(0.2)
    line.cut()
    until(lambda: house.row(upload).received_bytes == 123_457)
    assert head(upload).headers["upload-offset"] == "123457"
    answer = patch(upload, wav[123_457:], offset=123_457)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(wav)))
    assert house.files()[f"masters/{upload.id}.wav"] == wav
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()


def test_a_server_killed_between_two_requests_goes_on_where_it_was(empty_house: House) -> None:
    house, wav = empty_house, a_wav(9_000_000)
    upload = house.announce(len(wav))
    web = WebProcess(house.settings)
    assert patch(upload, wav[:5_000_000]).status_code == 204
    web.end(signal.SIGKILL)
    web = WebProcess(house.settings)
    assert head(upload).headers["upload-offset"] == "5000000"
    assert patch(upload, wav[5_000_000:], offset=5_000_000).status_code == 204
    web.end()
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()
    assert house.files()[f"masters/{upload.id}.wav"] == wav
    house.delete_files()
    assert list(house.files()) == [f"masters/{upload.id}.wav"]


def test_a_server_killed_in_the_middle_of_a_request_keeps_what_it_counted(empty_house: House) -> None:
    house, wav = empty_house, a_wav(3 * PART_BYTES)
    upload = house.announce(len(wav))
    web = WebProcess(house.settings)
    line = Line(upload)
    line.send(wav[: PART_BYTES + 1_000_000])
    until(lambda: house.row(upload).received_bytes >= PART_BYTES)
    web.end(signal.SIGKILL)
    line.cut()
    web = WebProcess(house.settings)
    offset = int(head(upload).headers["upload-offset"])
    assert PART_BYTES <= offset < len(wav)
    assert patch(upload, wav[offset:], offset=offset).status_code == 204
    web.end()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_an_mp3_named_wav_is_refused_at_its_first_bytes(house: House) -> None:
    upload = house.announce(200_000_000)
    line = Line(upload)
    line.send(b"ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00")
    answer = line.answer()
    line.cut()
    assert b" 422 " in answer
    assert b'"NOT_WAV"' in answer
    row = house.row(upload)
    assert (row.status, row.rejection_code) == (UploadStatus.REJECTED, ErrorCode.NOT_WAV)
    assert row.rejection_message == "This is an MP3 file, not a WAV."
    assert house.files() == {}
    again = patch(upload, b"RIFF")
    assert (again.status_code, again.json()) == (422, {"code": "NOT_WAV", "message": row.rejection_message})


def test_a_wav_longer_than_announced_is_refused_by_its_header(house: House) -> None:
    wav = a_wav(2_000_000)
    upload = house.announce(1_000_000)
    answer = patch(upload, wav[:65_536])
    assert answer.json()["code"] == "WAV_TRUNCATED"
    assert house.row(upload).received_bytes == 0


def test_silence_is_refused_with_the_last_byte_and_its_bytes_go(house: House) -> None:
    wav = a_wav(5_000_000, seed=0)
    upload = house.announce(len(wav))
    answer = patch(upload, wav)
    assert (answer.status_code, answer.json()["code"]) == (422, "WAV_WITHOUT_SOUND")
    assert house.row(upload).status is UploadStatus.REJECTED
    house.delete_files()
    assert house.files() == {}
    assert house.counts()["UploadPart"] == 0


def test_the_facts_of_a_wav_are_known_from_its_header_on(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    line = Line(upload)
    line.send(wav[:60])
    until(lambda: house.row(upload).sample_rate_hz == 44_100)
    line.cut()


def test_of_two_living_connections_one_is_turned_away(house: House) -> None:
    wav = a_wav(1_000_000)
    upload = house.announce(len(wav))
    line = Line(upload)
    sent = 0
    second = Line(upload, offset=0)
    second.send(wav[:1000])
    second.socket.settimeout(0.05)
    answer = b""
    while not answer:
        line.send(wav[sent : sent + 1000])
        sent += 1000
        try:
            answer = second.answer()
        except TimeoutError:
            continue
    second.cut()
    assert b" 423 " in answer
    line.send(wav[sent:])
    assert line.status() == 204
    line.cut()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_a_dead_connection_gives_way(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    dead = Line(upload)
    dead.send(wav[:100_000])
    until(lambda: house.row(upload).received_bytes == 100_000)
    assert patch(upload, wav[100_000:], offset=100_000).status_code == 204
    dead.cut()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_two_processes_that_receive_the_same_bytes_count_them_once(empty_house: House) -> None:
    house, wav = empty_house, a_wav(2_000_000)
    upload = house.announce(len(wav))
    elsewhere = house.settings.model_copy(update={"public_url": f"http://127.0.0.1:{free_port()}"})
    webs = [WebProcess(house.settings), WebProcess(elsewhere)]
    lines = [Line(upload), Line(replace(upload, url=UploadAddresses(elsewhere).of(upload.id)))]
    for line in lines:
        line.send(wav)
    statuses = sorted(line.status() for line in lines)
    for line, web in zip(lines, webs, strict=True):
        line.cut()
        web.end()
    assert statuses in ([204, 204], [204, 409])
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_who_comes_while_another_process_stores_is_told_where_to_go_on(
    empty_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one has stored the first bytes between two looks at the upload."""
    house, wav = empty_house, a_wav()
    upload = house.announce(len(wav))
    parts_of = Dock.parts

    async def body(data: bytes) -> AsyncIterator[bytes]:
        yield data

    async def work(sessions: Sessions, storage: Storage) -> None:
        one, other = (Reception(sessions, storage, keep_for=house.keep_for) for _ in range(2))

        async def behind(dock: Dock, row: UploadRow) -> list[Part]:
            monkeypatch.setattr(Dock, "parts", parts_of)
            await other.receive(upload.id, offset=0, length=1000, body=body(wav[:1000]))
            return await dock.parts(row)

        monkeypatch.setattr(Dock, "parts", behind)
        with pytest.raises(WrongOffset) as refused:
            await one.receive(upload.id, offset=0, length=len(wav), body=body(wav))
        assert refused.value.received == 1000
        await one.receive(upload.id, offset=1000, length=len(wav) - 1000, body=body(wav[1000:]))

    house.run(work)
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_a_wrong_offset_changes_nothing(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    patch(upload, wav[:1000])
    before = house.row(upload), house.files()
    answer = patch(upload, wav[2000:], offset=2000)
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
    assert (house.row(upload), house.files()) == before


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("PATCH", {"Tus-Resumable": "0.2.2"}, 412),
        ("HEAD", {"Tus-Resumable": ""}, 412),
        ("PATCH", {"Content-Type": "application/json"}, 415),
        ("PATCH", {"Upload-Offset": "-1"}, 400),
        ("PATCH", {"Upload-Offset": ""}, 400),
        ("POST", {}, 405),
        ("PUT", {}, 400),
    ],
)
def test_a_request_outside_the_protocol_changes_nothing(
    house: House, method: str, headers: dict[str, str], status: int
) -> None:
    upload = house.announce(len(a_wav()))
    before = house.row(upload)
    usual = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = httpx.request(method, upload.url, headers={**usual, **headers}, content=b"RIFF")
    assert answer.status_code == status
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert (house.row(upload), house.files()) == (before, {})


def test_more_bytes_than_announced_are_refused_before_any_is_read(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav) - 1)
    line = Line(upload, length=len(wav))
    assert line.status() == 413
    line.cut()
    assert (house.row(upload).received_bytes, house.files()) == (0, {})


def test_more_bytes_than_announced_without_a_length_are_refused_on_the_way(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))

    def endless() -> Iterator[bytes]:
        yield wav
        yield b"x"

    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = httpx.patch(upload.url, content=endless(), headers=headers)
    assert answer.status_code == 413
    assert house.row(upload).status is not UploadStatus.COMPLETED


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_an_address_we_did_not_give_out_leads_nowhere(house: House, token: str) -> None:
    upload = house.announce(1000)
    url = httpx.URL(upload.url).copy_set_param("token", token)
    assert httpx.head(url, headers=TUS).status_code == 404
    assert httpx.put(url, content=b"x" * 1000).status_code == 404
    assert house.row(upload).received_bytes == 0


def test_the_token_of_one_upload_opens_no_other(house: House) -> None:
    mine, other = house.announce(1000), house.announce(1000)
    assert httpx.head(mine.url.replace(mine.id, other.id), headers=TUS).status_code == 404


def test_what_the_server_can_do_is_told_to_browsers_too(house: House) -> None:
    upload = house.announce(1000)
    answer = httpx.options(upload.url, headers={"Origin": "https://x.test"})
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "expiration,termination"
    assert answer.headers["tus-max-size"] == str(256 * 1024 * 1024)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "Upload-Offset" in answer.headers["access-control-expose-headers"]


def test_head_tells_how_far_it_is(house: House) -> None:
    upload = house.announce(1000)
    answer = head(upload)
    assert answer.status_code == 200
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == ("0", "1000")
    assert answer.headers["upload-expires"].endswith("GMT")
    assert answer.headers["cache-control"] == "no-store"


def test_a_whole_body_can_be_put_and_put_again_after_a_cut(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    patch(upload, a_wav(300_000)[:1000])
    assert httpx.put(upload.url, content=wav).status_code == 204
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()
    assert httpx.put(upload.url, content=wav).status_code == 204
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_another_file_at_a_finished_upload_is_refused_and_not_dropped_in_silence(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    assert httpx.put(upload.url, content=wav).status_code == 204
    answer = httpx.put(upload.url, content=wav[:-1] + bytes([wav[-1] ^ 1]))
    assert (answer.status_code, answer.json()["code"]) == (409, "ANOTHER_FILE")
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


@pytest.mark.parametrize("length", [999, 1001])
def test_a_put_of_another_size_changes_nothing(house: House, length: int) -> None:
    upload = house.announce(1000)
    answer = httpx.put(upload.url, content=b"x" * length)
    assert (answer.status_code, answer.json()["code"]) == (400, "SIZE_DIFFERS")
    assert house.row(upload).status is UploadStatus.WAITING


def test_a_put_without_a_length_is_refused(house: House) -> None:
    upload = house.announce(1000)
    assert httpx.put(upload.url, content=iter([b"x" * 1000])).status_code == 411


def test_a_network_that_knows_only_post_can_send(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    override = {**TUS, **headers, "X-HTTP-Method-Override": "PATCH"}
    assert httpx.post(upload.url, content=wav, headers=override).status_code == 204
    assert house.row(upload).status is UploadStatus.COMPLETED


def test_an_upload_can_be_ended_and_is_gone_then(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    patch(upload, wav[:100_000])
    assert httpx.delete(upload.url, headers=TUS).status_code == 204
    assert house.row(upload).status is UploadStatus.EXPIRED
    house.delete_files()
    assert house.files() == {}
    assert head(upload).status_code == 410
    assert patch(upload, wav[100_000:], offset=100_000).status_code == 410
    assert httpx.delete(upload.url, headers=TUS).status_code == 410


def test_an_overdue_upload_takes_no_more_bytes(house: House) -> None:
    upload = house.announce(1000)
    house.age(upload, seconds=1)
    assert patch(upload, b"x").status_code == 410
    assert house.row(upload).received_bytes == 0


def test_each_byte_moves_the_end_on(house: House) -> None:
    wav = a_wav()
    upload = house.announce(len(wav))
    house.age(upload, hours=-1)
    before = house.row(upload).expires_at
    patch(upload, wav[:1000])
    assert house.row(upload).expires_at > before


def test_a_pdf_is_taken_as_an_attachment_and_a_page_is_not(house: House) -> None:
    pdf = b"%PDF-1.7\n" + b"x" * 2000
    upload = house.announce(len(pdf), UploadPurpose.ATTACHMENT, filename="proof.pdf")
    assert patch(upload, pdf).status_code == 204
    assert house.row(upload).media_type == "application/pdf"
    assert house.files()[f"attachments/{upload.id}"] == pdf
    page = b"<!doctype html><script>alert(1)</script>"
    upload = house.announce(len(page), UploadPurpose.ATTACHMENT, filename="proof.pdf")
    answer = patch(upload, page)
    assert (answer.status_code, answer.json()["code"]) == (422, "NOT_AN_IMAGE")


def test_a_full_disk_counts_no_byte_that_is_not_stored_and_the_upload_goes_on_later(
    empty_house: House,
) -> None:
    house, wav = empty_house, a_wav(3 * PART_BYTES)
    upload = house.announce(len(wav))
    web = WebProcess(house.settings, largest_file=PART_BYTES + 2_000_000)
    answer = patch(upload, wav)
    assert (answer.status_code, answer.json()["code"]) == (507, "STORAGE_FULL")
    web.end()
    row = house.row(upload)
    assert PART_BYTES <= row.received_bytes < PART_BYTES + 2_000_000
    web = WebProcess(house.settings)
    assert patch(upload, wav[row.received_bytes :], offset=row.received_bytes).status_code == 204
    web.end()
    assert house.row(upload).sha256 == hashlib.sha256(wav).hexdigest()
    assert house.files()[f"masters/{upload.id}.wav"] == wav


def test_progress_is_told_at_most_twice_a_second_and_changes_of_state_always(empty_house: House) -> None:
    house, wav = empty_house, a_wav(6 * PART_BYTES)
    upload = house.announce(len(wav))

    async def work(sessions: Sessions, storage: Storage) -> float:
        async def body() -> AsyncIterator[bytes]:
            for at in range(0, len(wav), 1 << 20):
                yield wav[at : at + (1 << 20)]

        started = time.monotonic()
        reception = Reception(sessions, storage, keep_for=house.keep_for)
        await reception.receive(upload.id, offset=0, length=None, body=body())
        return time.monotonic() - started

    house.heard.clear()
    seconds = house.run(work)
    assert set(house.heard) == {f"upload:{upload.id}"}
    facts, first, completed = 1, 1, 1
    assert facts + first + completed <= len(house.heard) <= facts + first + completed + seconds * 2
