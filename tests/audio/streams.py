"""What a decoder says of an audio file."""

import re
import subprocess
from pathlib import Path

from workers.audio.chromaprint import ffmpeg


def stream_of(file: Path) -> str:
    """Coding, rate, channels and bit rate of its one stream."""
    told = subprocess.run([ffmpeg(), "-hide_banner", "-i", str(file)], capture_output=True, check=False)
    found = re.search(r"Stream #0:0: (Audio: [^\n]*?kb/s)", told.stderr.decode())
    assert found, told.stderr
    return found[1]
