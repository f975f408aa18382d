"""What the audio child can do: the functions that `AudioChild.run` names."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from workers.audio.index import analyse, candidates, compare_all
from workers.audio.mp3 import make_mp3
from workers.audio.preview import make_preview

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "analyse": analyse,
    "candidates": candidates,
    "compare_all": compare_all,
    "make_mp3": make_mp3,
    "make_preview": make_preview,
}
