"""Filing a takedown notice, with or without an account, and proving the e-mail that it came with (D-83)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import LinkHasExpired, TooManyAttempts
from api.auth.limiting import count
from api.auth.rules import email_key
from api.auth.tokens import stored_form
from api.catalog.rules import may_see
from api.gateways.attempts import Attempts, Door
from api.notifications.errors import NoEmailIsSent
from api.paths import public_path
from api.refusals import Problems
from api.takedowns.errors import TrackToTakeDownNotFound
from api.takedowns.rules import checked_notice
from db import jobs
from db.clock import now
from db.ids import TakedownId, TrackId, prefix_of
from db.models.takedowns import Takedown
from db.queries import takedowns as queries
from db.queries import tracks
from db.queries.takedowns import TakedownRow, new_step
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import JobKind, TakedownStatus

LINK_LIVES: Final = timedelta(days=7)
_MOST_LETTERS: Final = 5
_LETTERS_AN_HOUR: Final = 20
"""To whatever e-mails, from one network address: each may be a stranger's."""
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class FilingTerms:
    """Of the installation.

    Attributes:
        mailing: It sends e-mail.
        sites: Where addresses of tracks may lead.
    """

    mailing: bool
    sites: frozenset[str]


async def file_takedown(
    sessions: Sessions, attempts: Attempts, given: Mapping[str, Any], terms: FilingTerms, *, peer: str
) -> None:
    """Keep a notice, and send a link to its e-mail: staff see it once that is opened.

    Args:
        given: By the names of the input, all of them there.

    Raises:
        TooManyAttempts: From this network address, or for this e-mail, lately.
        NoEmailIsSent: By this installation.
        ManyRefused: Everything that is wrong with the notice.
    """
    if not terms.mailing:
        raise NoEmailIsSent
    key = email_key(given["email"])[:254]
    from_there = Door(f"takedowns-from:{peer}", _LETTERS_AN_HOUR, minutes=60)
    await count(attempts, f"takedown:{key}:{peer}", from_there, f"letters:{peer}")
    problems = Problems()
    texts = checked_notice(problems, given)
    async with sessions.writing() as session:
        track = await _named(session, texts.pop("track", None), terms.sites, problems)
        problems.refuse_any()
        assert track  # else it was refused
        await _refuse_too_many(session, texts["email"])
        await _keep(session, track, texts)


async def _named(
    session: AsyncSession, said: str | None, sites: frozenset[str], problems: Problems
) -> TrackRow | None:
    """The track of an id or an address that others see."""
    if said is None:
        return None
    found = await _looked_up(session, said, sites)
    if found is None or not may_see(found.shown_as, own=False):
        problems.note(TrackToTakeDownNotFound())
        return None
    return found


async def _looked_up(session: AsyncSession, said: str, sites: frozenset[str]) -> TrackRow | None:
    if prefix_of(said) == "trk":
        return next(iter(await tracks.tracks(session, [TrackId(said)])), None)
    path = public_path(said, sites)
    return await tracks.track_by_slug(session, path.name) if path and path.kind == "t" else None


async def _refuse_too_many(session: AsyncSession, email: str) -> None:
    moment = now()
    if await queries.filed_for(session, email, since=moment - _A_DAY) >= _MOST_LETTERS:
        raise TooManyAttempts(limit=_MOST_LETTERS, retry_at=moment + _A_DAY)


async def _keep(session: AsyncSession, track: TrackRow, texts: Mapping[str, str]) -> None:
    moment = now()
    columns: dict[str, Any] = {"created_at": moment, "expires_at": moment + LINK_LIVES, **texts}
    notice = Takedown(track_id=track.id, **columns)
    session.add(notice)
    await session.flush()
    session.add(new_step(notice.id, TakedownStatus.UNPROVED))
    await jobs.add(session, JobKind.SEND_TAKEDOWN_LETTER, key=notice.id, takedown=notice.id)


async def confirm_takedown(sessions: Sessions, attempts: Attempts, *, token: str, peer: str) -> TakedownId:
    """Use the link of a notice: staff see it from now on.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
        LinkHasExpired: The token opens nothing, for whatever reason.
    """
    await count_link(attempts, token=token, peer=peer)
    async with sessions.writing() as session:
        found = await notice_behind(session, token)
        if not await queries.move(session, found.id, TakedownStatus.OPEN, proved_at=now(), token_sha256=None):
            raise LinkHasExpired
        session.add(new_step(found.id, TakedownStatus.OPEN))
    return found.id


async def count_link(attempts: Attempts, *, token: str, peer: str) -> None:
    """Count a look at a link.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
    """
    await count(attempts, f"link:{stored_form(token)}", f"link:{peer}")


async def notice_behind(session: AsyncSession, token: str) -> TakedownRow:
    """What a link would confirm.

    Raises:
        LinkHasExpired: The token opens nothing, for whatever reason.
    """
    found = await queries.behind(session, stored_form(token), moment=now())
    if found is None:
        raise LinkHasExpired
    return found
