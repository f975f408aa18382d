"""Accepting the terms of use (D-82)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.terms import check_platform_terms
from api.refusals import Problems
from api.viewer import Viewer
from db.queries import terms
from db.vocabulary import TermsDocument


async def accept_platform_terms(session: AsyncSession, viewer: Viewer, *, version: str) -> None:
    """Keep that the viewer accepts the current terms of use; again changes nothing.

    Raises:
        ManyRefused: They have changed.
    """
    problems = Problems()
    with problems.under("version"):
        check_platform_terms(version)
    problems.refuse_any()
    await terms.accept(session, viewer.account_id, TermsDocument.PLATFORM, version)
