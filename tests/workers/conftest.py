from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.stage import Stage
from tests.workers.studio import Beats, QuickEars, Studio, play_beats
from workers.audio.isolate import AudioChild
from workers.listening import ChildEngine
from workers.tools import an_analyst


@pytest.fixture(scope="session")
async def child() -> AsyncGenerator[AudioChild]:
    """One warmed audio child for all tests."""
    async with AudioChild() as warmed:
        yield warmed


@pytest.fixture(scope="session")
async def analyst() -> AsyncGenerator[AudioChild]:
    """The child that measures, for all tests; started by the first that needs it."""
    made = an_analyst()
    yield made
    await made.close()


@pytest.fixture(scope="session")
def ears(child: AudioChild) -> QuickEars:
    """The real engine; what it heard once it knows."""
    return QuickEars(ChildEngine(child))


@pytest.fixture(scope="session")
def beats(tmp_path_factory: pytest.TempPathFactory) -> Beats:
    folder: Path = tmp_path_factory.mktemp("beats")
    return play_beats(folder)


@pytest.fixture
def studio(stage: Stage, child: AudioChild, ears: QuickEars, analyst: AudioChild) -> Studio:
    """Where uploaded beats are checked as workers do it."""
    return Studio(stage, child, ears, analyst)
