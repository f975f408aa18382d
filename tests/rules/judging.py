"""What a rule says: nothing, or every problem with its place."""

from collections.abc import Callable

from api.refusals import ManyRefused, Problems, Refused


def problems_of(check: Callable[[Problems], object]) -> list[tuple[str, str]]:
    """Path and code of everything that a check notes."""
    problems = Problems()
    check(problems)
    return [told(problem) for problem in problems.found]


def refused_by(act: Callable[[], object]) -> list[Refused]:
    """Every refusal that an act raises; none: it is allowed."""
    try:
        act()
    except Refused as refusal:
        return [refusal]
    except ManyRefused as many:
        return list(many.problems)
    return []


def told(refusal: Refused) -> tuple[str, str]:
    return ".".join(refusal.path), refusal.code.value
