"""What the tests of pools can ask for."""

import pytest

from tests.pool.months import Catalogue, a_catalogue
from tests.stage import Stage


@pytest.fixture
async def catalogue(stage: Stage) -> Catalogue:
    """A database of this test's own, with a member of staff, on both engines."""
    return await a_catalogue(stage)
