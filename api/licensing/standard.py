"""The standard licence: an account whose plan has downloads licenses a track by downloading it (D-41)."""

from dataclasses import replace
from typing import Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.licensing.certificate import Seal
from api.licensing.crediting import credited_on
from api.licensing.downloads import have_mp3_made
from api.licensing.errors import PlanHasNoDownloads, TrackToLicenseNotFound
from api.licensing.rules import why_not_licensed
from api.licensing.snapshots import licensee_of, licensor_of, standard_terms, work_of
from api.notices import Notice, notify
from api.refusals import InWrongState, Refused
from api.viewer import Viewer
from db.clock import now
from db.ids import LicenceId, TrackId
from db.models.licences import Licence
from db.queries import accounts, fingerprints, licences, plans, producers, purchases, terms, tracks
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow
from db.vocabulary import LicenceKind, NotificationKind, TermsDocument

_GRANTED: Final = (
    "The standard licence to “{title}” by {producer} is yours, and stays yours when your plan ends."
    " Credit: {credit}. Certificate {number}."
)


async def license_track(session: AsyncSession, viewer: Viewer, *, track: TrackId, seal: Seal) -> LicenceId:
    """Grant the viewer a standard licence; what is licensed already is the same licence, whatever became of the track.

    Raises:
        TrackToLicenseNotFound: There is none, or it is not for the viewer.
        TrackIsOwn: The viewer uploaded it.
        NoStandardLicence: It is sold, not in the catalogue, or sold to one buyer only.
        PlanHasNoDownloads: The viewer's plan has none.
    """
    if held := await _held(session, viewer, track):
        return held
    await tracks.hold(session, [track])
    rows = await tracks.tracks(session, [track])
    own = bool(rows) and rows[0].producer_id == viewer.producer_id
    if not rows or not may_see(rows[0].shown_as, own=own):
        raise TrackToLicenseNotFound
    plan = await plans.plan_of(session, viewer.account_id, now())
    refused = why_not_licensed(
        rows[0].status,
        rows[0].licensing_model,
        own=own,
        includes_downloads=plan.includes_downloads,
        reserved=bool(await purchases.reservations(session, [track])),
    )
    if refused is not None:
        raise await _in_full(session, refused, track)
    return await _granted(session, viewer, rows[0], seal)


async def _held(session: AsyncSession, viewer: Viewer, track: TrackId) -> LicenceId | None:
    held = await licences.held_on(session, viewer.account_id, [track])
    return held[-1].id if held else None


async def _in_full(session: AsyncSession, refused: Refused, track: TrackId) -> Refused:
    """The refusal with what a client needs to go on: the track as it is, the plans that would do."""
    if isinstance(refused, InWrongState):
        return replace(refused, object_id=track)
    if isinstance(refused, PlanHasNoDownloads):
        on_sale = await plans.plans_on_sale(session)
        return replace(refused, required_plans=tuple(one.id for one in on_sale if one.includes_downloads))
    return refused


async def _granted(session: AsyncSession, viewer: Viewer, track: TrackRow, seal: Seal) -> LicenceId:
    [producer] = await producers.producers(session, [track.producer_id])
    licence = await _drawn_up(session, viewer, track, producer)
    licence.signature = seal.sign(licence)
    if not await licences.add(session, licence):  # the same account was a moment earlier
        held = await _held(session, viewer, track.id)
        assert held  # the index that refused the second one holds the first
        return held
    await terms.accept(session, licence.account_id, TermsDocument.LICENCE, licence.terms["version"])
    await have_mp3_made(session, track.upload_id, licence=licence.id)
    await _tell(session, licence, producer)
    return licence.id


async def _drawn_up(session: AsyncSession, viewer: Viewer, track: TrackRow, producer: ProducerRow) -> Licence:
    [account] = await accounts.accounts(session, [viewer.account_id])
    [fingerprint] = await fingerprints.fingerprints_of(session, [track.id])
    credited = await credited_on(session, track)
    return Licence(
        number=str(uuid4()),
        kind=LicenceKind.STANDARD,
        account_id=account.id,
        producer_id=producer.id,
        track_id=track.id,
        upload_id=track.upload_id,
        audio_sha256=track.audio_sha256,
        work=work_of(track, credited, fingerprint),
        licensor=licensor_of(producer),
        licensee=licensee_of(account),
        terms=standard_terms([one.name for one in credited]),
        signature="",
    )


async def _tell(session: AsyncSession, licence: Licence, producer: ProducerRow) -> None:
    """Both parties; a profile that nobody owns has nobody to tell."""
    title = licence.work["title"]
    granted = Notice(
        kind=NotificationKind.LICENSE_GRANTED,
        subject=licence.id,
        title=f"You licensed “{title}”",
        body=_GRANTED.format(
            title=title, producer=producer.name, credit=licence.terms["credit"], number=licence.number
        ),
        path=f"/licences/{licence.number}",
    )
    await notify(session, [licence.account_id], granted)
    downloaded = Notice(
        kind=NotificationKind.TRACK_DOWNLOAD,
        subject=licence.id,
        title=f"{licence.licensee['name']} licensed “{title}”",
        body=f"“{title}” was downloaded under a standard licence by {licence.licensee['name']}.",
        path=f"/licences/{licence.number}",
    )
    await notify(session, [producer.account_id] if producer.account_id else [], downloaded)
