import hashlib
import json
from pathlib import Path

import pytest

from db.vocabulary import UploadStatus
from tests.tools.node import Node
from tests.uploads.house import House, a_wav


@pytest.mark.parametrize("chunk", [300_000, 1 << 20])
def test_the_client_of_browsers_is_cut_off_and_resumes(
    house: House, node: Node, tmp_path: Path, chunk: int
) -> None:
    wav = a_wav(8_000_000)
    (tmp_path / "beat.wav").write_bytes(wav)
    upload = house.announce(len(wav))
    done = node.run("upload_tus.mjs", upload.url, str(tmp_path / "beat.wav"), "", "2000000", str(chunk))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sent"] == len(wav)
    assert 0 < told["resumedAt"] < len(wav)
    row = house.row(upload)
    assert (row.status, row.sha256) == (UploadStatus.COMPLETED, hashlib.sha256(wav).hexdigest())
    assert house.files()[f"masters/{upload.id}.wav"] == wav
