"""Forgetting a person by the list in `db.personal`: rows, texts and files, in one transaction (D-81)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.rules import known_keys
from api.catalog.edit import preview_key
from api.privacy.exporting import drop_archive
from api.uploads.rules import PICTURE_PURPOSES, parts_folder, picture_folder, stored_key
from db import jobs
from db.ids import AccountDeletionId, DataExportId, TrackId, UploadId
from db.queries import accounts, deletions, licences, personal, support, uploads
from db.queries import forgetting as queries
from db.queries.personal import Person
from db.vocabulary import JobKind, UploadStatus


async def forget(session: AsyncSession, person: Person, deletion: AccountDeletionId) -> None:
    """Everything that the list says; again changes nothing.

    What others were told of them goes first, for it is found by the ids of what goes after it.
    """
    await queries.forget_what_others_were_told(session, person)
    await queries.forget_words_of_calls(session, person)
    await _forget_files(session, person, deletion)
    await _forget_contact(session, person)
    requests = await queries.requests_offered_to(session, person)
    await queries.delete_rows(session, person)
    await queries.count_offers_anew(session, requests)
    await queries.rewrite_rows(session, person)
    if person.producer is not None:
        await deletions.forget_offers(session, person.producer)


async def _forget_contact(session: AsyncSession, person: Person) -> None:
    """What they wrote to support without signing in, where it is proved that the e-mail was theirs."""
    [account] = await accounts.accounts(session, [person.account])
    if account.email_verified_at is not None:
        for key in known_keys(account.email):
            await support.forget_contact(session, key)


async def _forget_files(session: AsyncSession, person: Person, deletion: AccountDeletionId) -> None:
    """All but the audio that licensees need."""
    for export in await personal.ids_of(session, "data_export", person):
        await drop_archive(session, DataExportId(export))
    pictures = await personal.pictures_of(session, person)
    sent = [UploadId(upload) for upload in await personal.ids_of(session, "upload", person)]
    folders = [*map(picture_folder, pictures), *map(parts_folder, sent)]
    folders += [f"reports/{person.producer}"] if person.producer else []
    keys = [await _ended(session, upload) for upload in sent]
    keys += [preview_key(TrackId(track)) for track in await personal.ids_of(session, "track", person)]
    await queries.forget_pictures(session, person, pictures)
    await jobs.add(
        session,
        JobKind.DELETE_FILES,
        key=f"deletion:{deletion}",
        keys=[key for key in keys if key],
        folders=folders,
    )


async def _ended(session: AsyncSession, upload: UploadId) -> str | None:
    """Where the file stands that goes; null where there is none, or somebody has a licence to it."""
    row = await uploads.upload(session, upload)
    if row is None or await licences.is_kept_for_licensees(session, upload):
        return None
    await queries.end_upload(session, upload)
    has_file = row.purpose not in PICTURE_PURPOSES and row.status is UploadStatus.COMPLETED
    return stored_key(row.purpose, upload) if has_file else None
