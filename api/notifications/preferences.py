"""Setting by which channels one is told of what, signed in or by the link in an e-mail (D-71)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import checked_genres
from api.channels import MAILING
from api.notifications.rules import why_not_switched
from api.refusals import InvalidValue, Problems
from api.viewer import Viewer
from db.ids import AccountId
from db.queries import accounts
from db.queries import notices as queries
from db.searching import label_key
from db.vocabulary import ErrorCode, NotificationChannel, NotificationKind, Role

_MOST_SWITCHES: Final = 100
_MOST_GENRES: Final = 100


@dataclass(frozen=True)
class Switch:
    """One switch, as it should stand."""

    kind: NotificationKind
    channel: NotificationChannel
    enabled: bool


async def update_preferences(
    session: AsyncSession, viewer: Viewer, *, switches: Sequence[Switch], muted: Sequence[str] | None = None
) -> None:
    """Set switches; what waits to go out by e-mail and was switched off does not go out any more.

    Args:
        muted: All genres whose beat requests are not told (D-64); null: they stay as they are.

    Raises:
        ManyRefused: Switches that cannot be changed or are given twice, and what is wrong with the genres.
    """
    problems = Problems()
    _check_switches(session, viewer, problems, switches)
    genres: Sequence[str] = ()
    with problems.under("muted_genres"):
        genres = checked_genres(muted or (), most=_MOST_GENRES)
    problems.refuse_any()
    await _set(session, viewer.account_id, switches)
    if muted is not None:
        await accounts.lock(session, viewer.account_id)  # else two lists sent at once would become one
        await queries.set_muted(session, viewer.account_id, {label_key(one): one for one in genres})


def _check_switches(
    session: AsyncSession, viewer: Viewer, problems: Problems, switches: Sequence[Switch]
) -> None:
    if len(switches) > _MOST_SWITCHES:
        sentence = f"These are {len(switches)} switches; at most {_MOST_SWITCHES} are taken at once."
        most = Decimal(_MOST_SWITCHES)
        problems.note(InvalidValue(sentence, ("preferences",), ErrorCode.TOO_LONG, maximum=most))
        return
    mailing, verified = bool(session.info.get(MAILING)), viewer.has(Role.VERIFIED_PRODUCER)
    earlier = set[tuple[NotificationKind, NotificationChannel]]()
    for place, one in enumerate(switches):
        with problems.under("preferences", str(place)):
            if (one.kind, one.channel) in earlier:
                raise InvalidValue("This switch is there twice.", code=ErrorCode.REPEATED)
            earlier.add((one.kind, one.channel))
            if refused := why_not_switched(one.kind, one.channel, verified=verified, mailing=mailing):
                raise refused


async def switch_email(
    session: AsyncSession, account: AccountId, kinds: Collection[NotificationKind], *, enabled: bool
) -> None:
    """Set the e-mails of some kinds, for whoever has the link that we put into one of them."""
    await _set(session, account, [Switch(kind, NotificationChannel.EMAIL, enabled) for kind in sorted(kinds)])


async def _set(session: AsyncSession, account: AccountId, switches: Sequence[Switch]) -> None:
    await queries.set_switches(session, account, {(one.kind, one.channel): one.enabled for one in switches})
    off = [one.kind for one in switches if one.channel is NotificationChannel.EMAIL and not one.enabled]
    if off:
        await queries.keep_from_mail(session, account, off)
