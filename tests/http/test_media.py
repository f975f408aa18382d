import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image

from api.catalog.edit import preview_key
from api.covers.art.draw import preset_id_of
from api.covers.presets import preset_key
from api.gateways.storage import Storage
from api.http.ranges import Unsatisfiable, one_range
from db.clock import now
from db.session import Sessions
from tests.factories import a_producer, a_track
from tests.uploads.house import House, free_port, furnish, served, settings_for

WAV = bytes(range(256)) * 12_000
KEY = "masters/upl_1.wav"


@pytest.fixture(params=["sqlite"])
def database_engine(request: pytest.FixtureRequest) -> str:
    """What is served by whose state stands in `test_withheld_media.py`, on both engines."""
    return str(request.param)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    house = House(settings_for(database_url, tmp_path / "data", free_port()))
    furnish(house)
    house.run(lambda _, storage: storage.put(KEY, WAV))
    with served(house.settings):
        yield house


def address(house: House, *, minutes: float = 5, filename: str = "Größe «ü».wav") -> str:
    return house.run(
        lambda _, storage: storage.address(
            KEY, expires_at=now() + timedelta(minutes=minutes), filename=filename, content_type="audio/wav"
        )
    )


def test_a_signed_address_gives_the_file_under_its_name(house: House) -> None:
    answer = httpx.get(address(house))
    assert (answer.status_code, answer.content) == (200, WAV)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-length"] == str(len(WAV))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Gr__e ___.wav\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%C2%AB%C3%BC%C2%BB.wav"
    )
    assert "private" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=1048000-1049000", 1_048_000, 1_049_001),
        ("bytes=100-", 100, len(WAV)),
        ("bytes=-100", len(WAV) - 100, len(WAV)),
        (f"bytes=5-{10**18}", 5, len(WAV)),
        (f"bytes=-{10**18}", 0, len(WAV)),
    ],
)
def test_a_range_is_answered_with_its_bytes(house: House, wanted: str, start: int, end: int) -> None:
    answer = httpx.get(address(house), headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, WAV[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(WAV)}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("wanted", [f"bytes={len(WAV)}-", "bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_not_satisfiable(house: House, wanted: str) -> None:
    answer = httpx.get(address(house), headers={"Range": wanted})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(WAV)}")


@pytest.mark.parametrize(
    "wanted", ["bytes=", "bytes=-", "bytes=9-1", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b"]
)
def test_a_range_that_makes_no_sense_is_ignored(wanted: str) -> None:
    assert one_range(wanted, 1000) is None


def test_no_range_of_an_empty_file_can_be_had() -> None:
    with pytest.raises(Unsatisfiable):
        one_range("bytes=0-", 0)


def test_a_range_of_an_older_version_gets_the_whole_file(house: House) -> None:
    url = address(house)
    etag = httpx.head(url).headers["etag"]
    same = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})
    older = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"older"'})
    assert (same.status_code, older.status_code) == (206, 200)
    assert httpx.get(url, headers={"If-None-Match": f'"x", {etag}'}).status_code == 304


def test_head_tells_all_but_the_bytes(house: House) -> None:
    answer = httpx.head(address(house))
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(len(WAV)), b"")


@pytest.mark.parametrize("part", ["expires", "name", "type", "signature"])
def test_an_address_with_anything_changed_opens_nothing(house: House, part: str) -> None:
    url = httpx.URL(address(house))
    changed = url.copy_set_param(part, f"{url.params[part]}9")
    assert httpx.get(changed).status_code == 403
    assert httpx.get(url.copy_remove_param(part)).status_code == 403


def test_a_signature_opens_no_other_file(house: House) -> None:
    house.run(lambda _, storage: storage.put("masters/upl_2.wav", b"secret"))
    answer = httpx.get(address(house).replace("upl_1", "upl_2"))
    assert answer.status_code == 403
    assert answer.json() == {"message": "This address is not one that we gave out."}


def test_an_expired_address_opens_nothing(house: House) -> None:
    answer = httpx.get(address(house, minutes=-0.1))
    assert answer.status_code == 403
    assert answer.json() == {"message": "This address has expired: ask for a new one."}


@pytest.mark.parametrize(
    "path",
    [
        "/media/masters/upl_1.wav",
        "/media/../masters/upl_1.wav",
        "/media/pictures/..%2f..%2fmasters%2fupl_1.wav",
        "/media/pictures/%2e%2e/small.jpg",
        "/media/presets/..%2f..%2f/small.jpg",
        "/media/presets/../index.json",
        "/media//etc/passwd",
        "/files/../../etc/passwd",
        "/files/%00",
        "/files/masters%0aupl_1.wav",
    ],
)
def test_no_path_leads_out_of_what_is_public(house: House, path: str) -> None:
    address = httpx.URL(house.settings.public_url).copy_with(raw_path=path.encode())
    assert httpx.get(address).status_code in {403, 404}


def test_a_public_picture_may_be_kept_for_a_day(house: House) -> None:
    house.run(lambda _, storage: storage.put("pictures/pic_1/small.jpg", b"jpeg"))
    answer = httpx.get(house.storage.public_address("pictures/pic_1/small.jpg"))
    assert (answer.status_code, answer.content) == (200, b"jpeg")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["access-control-allow-origin"] == "*"


async def a_stored_preview(sessions: Sessions, storage: Storage) -> str:
    key = preview_key(await a_track(sessions, await a_producer(sessions)))
    await storage.put(key, b"mp3")
    return key


def test_a_preview_is_asked_for_again_after_five_minutes_for_it_changes_with_the_audio(house: House) -> None:
    answer = httpx.get(house.storage.public_address(house.run(a_stored_preview)))
    assert (answer.status_code, answer.headers["cache-control"]) == (
        200,
        "public, max-age=300, must-revalidate",
    )
    again = httpx.get(answer.url, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_preset_is_served_in_three_sizes(house: House) -> None:
    preset = preset_id_of("Trap", number=4)
    for size, edge in (("small", 160), ("medium", 500), ("large", 1200)):
        answer = httpx.get(house.storage.public_address(preset_key(preset, size)))
        assert answer.headers["cache-control"].endswith("immutable")
        assert Image.open(io.BytesIO(answer.content)).size == (edge, edge)
    assert httpx.get(house.storage.public_address(preset_key("cvr_x", "small"))).status_code == 404
    assert hashlib.sha256(answer.content).hexdigest()[:32] in answer.headers["etag"]
