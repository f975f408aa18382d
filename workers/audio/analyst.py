"""What the second audio child can do. It loads librosa, and with it numba, which the duplicate check never waits for."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from workers.audio.measure import measure

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {"measure": measure}
