"""Changing what an account says of itself, and what it is entered by (D-80)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.accounts import access_topic
from api.auth.errors import CurrentPasswordIsWrong
from api.auth.limiting import count
from api.auth.passwords import LONGEST, checked_password, hash_password, is_password
from api.auth.proofs import make_proof, refuse_too_many
from api.auth.rules import ENDED_BY_A_PASSWORD, LONGEST_NAME, checked_email
from api.gateways.attempts import Attempts
from api.notices import warn
from api.notifications.errors import NoEmailIsSent
from api.refusals import InvalidValue, Problems
from api.texts import checked_text
from api.uploads.dock import drop_picture
from api.uploads.use import use_upload
from api.viewer import Viewer
from db.ids import UploadId
from db.queries import accounts as queries
from db.queries import proofs
from db.queries.accounts import AccountRow
from db.session import Sessions, announce
from db.vocabulary import ErrorCode, ProofKind, UploadPurpose


@dataclass(frozen=True)
class NewPicture:
    """Another picture, or none."""

    upload_id: UploadId | None


@dataclass(frozen=True)
class AccountChanges:
    """What to change on an account; null leaves it."""

    display_name: str | None = None
    picture: NewPicture | None = None
    email: str | None = None
    new_password: str | None = None
    current_password: str | None = None

    @property
    def touch_the_ways_in(self) -> bool:
        """They need the present password."""
        return self.email is not None or self.new_password is not None


@dataclass(frozen=True)
class _Checked:
    """Changes as they are to be made.

    Attributes:
        seen_hash: The password's, that the present one was held against; null where none was needed.
    """

    columns: Mapping[str, Any]
    email: str | None
    picture: NewPicture | None
    seen_hash: str | None


async def update_account(
    sessions: Sessions,
    attempts: Attempts,
    viewer: Viewer,
    changes: AccountChanges,
    *,
    peer: str,
    mailing: bool,
) -> None:
    """Change an account, all of it or nothing; another password ends the other sessions.

    Another e-mail takes its place once the link that goes to it is opened; whether somebody has it already is told
    then, to who reads its mail. The present one calls off a change that waits.

    Args:
        peer: Network address that the request came from.
        mailing: Whether this installation sends e-mail: without, no address can be proved.

    Raises:
        TooManyAttempts: At the present password, or of letters, lately.
        ManyRefused: What is wrong with the input.
    """
    problems = Problems()
    columns, email = _checked_words(problems, changes, mailing=mailing)
    seen_hash: str | None = None
    if changes.touch_the_ways_in:
        letters = [f"letters:{peer}"] if changes.email is not None else []
        await count(attempts, f"password:{viewer.account_id}", *letters)
        seen_hash = await _checked_password(sessions, viewer, problems, changes)
    if changes.picture is None:
        problems.refuse_any()
    if changes.new_password is not None and not problems.found:
        columns["password_hash"] = await hash_password(changes.new_password)
    if columns or email is not None or changes.picture is not None:
        checked = _Checked(columns, email, changes.picture, seen_hash)
        async with sessions.writing() as session:
            await _change(session, viewer, problems, checked)


def _checked_words(
    problems: Problems, changes: AccountChanges, *, mailing: bool
) -> tuple[dict[str, Any], str | None]:
    """The name as a column, and the e-mail; what is wrong is noted."""
    columns: dict[str, Any] = {}
    email: str | None = None
    if changes.display_name is not None:
        with problems.under("display_name"):
            columns["display_name"] = checked_text(changes.display_name, longest=LONGEST_NAME)
    if changes.email is not None:
        with problems.under("email"):
            email = checked_email(changes.email)
            if not mailing:
                raise NoEmailIsSent
    if changes.new_password is not None:
        with problems.under("new_password"):
            checked_password(changes.new_password)
    return columns, email


async def _checked_password(
    sessions: Sessions, viewer: Viewer, problems: Problems, changes: AccountChanges
) -> str | None:
    """The hash that the present password fits; what is wrong is noted."""
    if not changes.current_password:
        problems.note(InvalidValue("Give your present password.", ("current_password",), ErrorCode.REQUIRED))
        return None
    async with sessions.reading() as session:
        stored = await queries.password_hash(session, viewer.account_id)
    if not await is_password(stored, changes.current_password[:LONGEST]):
        problems.note(CurrentPasswordIsWrong())
    return stored


async def _change(session: AsyncSession, viewer: Viewer, problems: Problems, checked: _Checked) -> None:
    await queries.lock(session, viewer.account_id)
    [account] = await queries.accounts(session, [viewer.account_id])
    columns = dict(checked.columns)
    if checked.picture is not None:
        columns |= await _picture_column(session, viewer, problems, checked.picture)
    problems.refuse_any()
    if checked.seen_hash and checked.seen_hash != await queries.password_hash(session, account.id):
        raise CurrentPasswordIsWrong  # another request has changed it meanwhile
    if columns:
        await _save(session, account, columns)
    if "password_hash" in columns:
        await _enter_anew(session, viewer)
    if checked.email is not None:
        await _ask_for(session, account, checked.email)


async def _picture_column(
    session: AsyncSession, viewer: Viewer, problems: Problems, picture: NewPicture
) -> dict[str, Any]:
    if picture.upload_id is None:
        return {"picture_id": None}
    with problems.under("picture_upload_id"):
        used = await use_upload(
            session,
            viewer,
            upload_id=picture.upload_id,
            purpose=UploadPurpose.PROFILE_PICTURE,
            object_id=viewer.account_id,
        )
        return {"picture_id": used.picture_id}
    return {}


async def _save(session: AsyncSession, account: AccountRow, columns: Mapping[str, Any]) -> None:
    await queries.change_account(session, account.id, **columns)
    old = account.picture_id
    if old is not None and columns.get("picture_id", old) != old:
        await drop_picture(session, old)


async def _enter_anew(session: AsyncSession, viewer: Viewer) -> None:
    """What was entered, or asked for, under the old password ends."""
    await queries.end_sessions(session, viewer.account_id, but=viewer.access)
    await proofs.end(session, viewer.account_id, ENDED_BY_A_PASSWORD)
    announce(session, access_topic(viewer.account_id))
    sentence = (
        "Other browsers and apps were signed out. If it was not you, write to contact@beatpass.ca at once."
    )
    await warn(session, viewer.account_id, "Your password was changed", sentence)


async def _ask_for(session: AsyncSession, account: AccountRow, email: str) -> None:
    """Send the link to the new address, and tell the present one at once (D-80)."""
    if email == account.email:
        await proofs.end(session, account.id, [ProofKind.CHANGE_EMAIL])
        return
    await refuse_too_many(session, account.id, ProofKind.CHANGE_EMAIL)
    await make_proof(session, account.id, ProofKind.CHANGE_EMAIL, email)
    sentence = f"You will sign in with {email} once the link is opened that was sent there."
    advice = "If you did not ask for that, change your password now: it stops the change."
    await warn(session, account.id, "Your e-mail is about to change", f"{sentence} {advice}")
