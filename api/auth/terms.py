"""The terms of use that an account accepts (D-82)."""

from api.refusals import TermsAreNotCurrent
from api.terms import PLATFORM


def check_platform_terms(version: str | None) -> None:
    """Whether they are the current ones, if any were accepted.

    Raises:
        TermsAreNotCurrent: They have changed.
    """
    if version not in {None, PLATFORM.current}:
        sentence = "The terms of use have changed. Read the current version and accept it."
        raise TermsAreNotCurrent(sentence, path=(), current=PLATFORM.of())
