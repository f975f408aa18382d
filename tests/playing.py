"""How machines of small steps are played: some examples in a test, many in a benchmark."""

from typing import Final

from hypothesis import HealthCheck, Phase, settings

_SLOW: Final = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def some(examples: int, *, steps: int, fixed: bool) -> settings:
    """What is found is made short, and shown.

    Args:
        fixed: The same examples each time.
    """
    return settings(
        max_examples=examples,
        derandomize=fixed,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=_SLOW,
    )


def many(examples: int, *, steps: int, fixed: bool) -> settings:
    """Until the first finding, which is shown as it was met.

    Args:
        fixed: The same examples each time.
    """
    return settings(
        some(examples, steps=steps, fixed=fixed),
        phases=[Phase.generate],
        database=None,
        report_multiple_bugs=False,
    )
