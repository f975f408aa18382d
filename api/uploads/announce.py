"""A file is announced before its bytes come, so that most refusals cost nobody a transfer."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import InvalidValue, Problems, required_role
from api.uploads.errors import FileTooLarge
from api.uploads.rules import LONGEST_FILENAME, RULES, UploadRule, bare_filename, readable_size
from api.viewer import Viewer
from db.clock import now
from db.queries import uploads
from db.queries.uploads import UploadRow
from db.vocabulary import ErrorCode, UploadPurpose


async def create_upload(
    session: AsyncSession,
    viewer: Viewer,
    *,
    purpose: UploadPurpose,
    filename: str,
    byte_size: int,
    keep_for: timedelta,
) -> UploadRow:
    """Announce a file.

    Raises:
        NotAllowed: The purpose needs a role the account lacks (D-3).
        ManyRefused: What is wrong with the input, all at once; paths start at its fields.
    """
    rule = RULES[purpose]
    if rule.role is not None and not rule.is_for(viewer.roles):
        raise required_role(rule.role)
    problems = Problems()
    name = bare_filename(filename)
    _check_name(name, problems)
    _check_size(byte_size, rule, problems)
    problems.refuse_any()
    return await uploads.add(
        session,
        account_id=viewer.account_id,
        purpose=purpose,
        filename=name,
        byte_size=byte_size,
        expires_at=now() + keep_for,
    )


def _check_name(name: str, problems: Problems) -> None:
    if not name:
        problems.note(InvalidValue("Name the file.", ("filename",), ErrorCode.REQUIRED))
    if len(name) > LONGEST_FILENAME:
        limit = Decimal(LONGEST_FILENAME)
        sentence = f"The name is longer than {LONGEST_FILENAME} characters."
        problems.note(InvalidValue(sentence, ("filename",), ErrorCode.TOO_LONG, maximum=limit))


def _check_size(byte_size: int, rule: UploadRule, problems: Problems) -> None:
    if byte_size < 1:
        sentence = "The file is empty."
        problems.note(InvalidValue(sentence, ("byteSize",), ErrorCode.OUT_OF_RANGE, minimum=Decimal(1)))
    if byte_size > rule.max_byte_size:
        size, limit = readable_size(byte_size), readable_size(rule.max_byte_size)
        sentence = f"The file has {size}; at most {limit} are taken."
        problems.note(FileTooLarge(sentence, ("byteSize",), maximum=Decimal(rule.max_byte_size)))
