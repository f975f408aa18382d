"""Steps of a chart as rows to join with."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import CTE, Integer, column, values

from db.columns import UtcDateTime


def steps_of(bounds: Sequence[datetime]) -> CTE:
    """Rows of `step`, counted from 0, `since` and `until`.

    Args:
        bounds: Where steps begin and end: the first one ends where the second begins.
    """
    columns = column("step", Integer), column("since", UtcDateTime), column("until", UtcDateTime)
    rows = [(step, since, until) for step, (since, until) in enumerate(pairwise(bounds))]
    return values(*columns, name="steps").data(rows).cte("steps")
