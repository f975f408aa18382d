"""Who may license which track, who sees a licence, and what a stranger sees of an e-mail address (D-41, D-46)."""

from typing import Final
from uuid import UUID

from api.licensing.errors import NoStandardLicence, PlanHasNoDownloads, TrackIsOwn
from api.refusals import Refused
from api.viewer import Viewer
from db.ids import AccountId
from db.vocabulary import LicensingModel, Role, TrackStatus

_HIDDEN_LETTERS: Final = "***"
"""As many for every name: how long it is tells something too."""
_LONGEST_NUMBER: Final = 45
"""Of a UUID in any of its spellings."""


def why_not_licensed(
    status: TrackStatus, model: LicensingModel, *, own: bool, includes_downloads: bool, reserved: bool
) -> Refused | None:
    """Why a standard licence to a track is not granted to somebody who has none; null if it is.

    Args:
        own: They uploaded it.
        includes_downloads: Their plan does.
        reserved: Somebody is buying the track, and was told how many standard licences there are (D-44).
    """
    if own:
        return TrackIsOwn()
    if sentence := _not_on_offer(status, model, reserved=reserved):
        return NoStandardLicence(sentence)
    return why_no_downloads(includes_downloads=includes_downloads)


def _not_on_offer(status: TrackStatus, model: LicensingModel, *, reserved: bool) -> str | None:
    """Why nobody is granted a standard licence to a track, as a sentence."""
    if status is TrackStatus.SOLD:
        return "This track is sold: no more licences to it are granted."
    if status is not TrackStatus.PUBLISHED:
        return NoStandardLicence.message
    if model is LicensingModel.EXCLUSIVE_ONLY:
        return "This track is sold exclusively: there is no standard licence to it."
    return (
        "Somebody is buying this track just now. If they do not pay, it can be licensed again."
        if reserved
        else None
    )


def why_no_downloads(*, includes_downloads: bool) -> Refused | None:
    """Why an account can license nothing at all; null if it can."""
    return None if includes_downloads else PlanHasNoDownloads()


def is_party(viewer: Viewer | None, *, licensee: AccountId, licensor: AccountId | None) -> bool:
    """Whether a licence is there for somebody: for both parties, and for staff."""
    return viewer is not None and (viewer.account_id in {licensee, licensor} or viewer.has(Role.STAFF))


def masked_email(address: str) -> str:
    """Enough of an address for its owner to know it by: `a***@m***.com`."""
    name, _, host = address.rpartition("@")
    place, _, ending = host.rpartition(".")
    return f"{name[:1]}{_HIDDEN_LETTERS}@{place[:1]}{_HIDDEN_LETTERS}.{ending}"


def certificate_number(text: str) -> str | None:
    """The number of a certificate, however somebody has copied it; null for what is none."""
    bare = text.strip()
    try:
        return str(UUID(bare)) if len(bare) <= _LONGEST_NUMBER else None
    except ValueError:
        return None
