"""Serves stored files: signed addresses under `/files`, public pictures and previews under `/media`."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.catalog.rules import may_see
from api.gateways.storage import ObjectMissing, StoredObject
from api.http.ranges import Servable, serve
from api.signatures import EXPIRED, NOT_OURS, Signer, has_passed
from db.ids import PictureId, TrackId
from db.queries.standing import is_picture_withheld, shown_as
from db.session import Sessions

_PUBLIC: Final = re.compile(r"pictures/[a-z0-9_]+/(small|medium|large)\.jpg|previews/[a-z0-9_]+\.mp3")
"""All that may be had without a signature."""
_PREVIEWS: Final = "previews/"
_FIVE_MINUTES: Final = "public, max-age=300, must-revalidate"
"""A preview changes under its address when its track gets new audio (D-18), and goes when nobody is to hear it (D-83)."""
_A_DAY: Final = "public, max-age=86400"
"""A picture never changes under its address, but staff may keep it back (D-83)."""
_MEDIA_TYPES: Final = {"jpg": "image/jpeg", "mp3": "audio/mpeg"}
_FOREVER: Final = "public, max-age=31536000, immutable"
_SHARED: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "accept-ranges, content-length, content-range, etag, content-disposition",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""Players on other sites may read; what somebody uploaded never runs as a page of ours."""
_ANSWERED: Final = ["GET", "HEAD"]


class ReadableStorage(Protocol):
    """What is asked of `api.gateways.storage.Storage`, which documents it."""

    async def look(self, key: str) -> StoredObject: ...
    def stream(self, key: str, *, start: int = ..., end: int | None = ...) -> AsyncIterator[bytes]: ...


class PresetImages(Protocol):
    """What is asked of `api.covers.presets.CoverPresets`."""

    async def image(self, preset_id: str, size: str) -> bytes | None: ...


def media_routes(
    sessions: Sessions, storage: ReadableStorage, signer: Signer, presets: PresetImages
) -> list[BaseRoute]:
    """Routes of the web process.

    Args:
        sessions: To ask what anyone may have now.
        storage: Where the files are.
        signer: Of `api.gateways.storage.files_signer`.
        presets: The ready-made covers.
    """
    door = _MediaDoor(sessions, storage, signer, presets)
    return [
        Route("/files/{key:path}", door.signed, methods=_ANSWERED),
        Route("/media/presets/{preset_id}/{size}.jpg", door.preset, methods=_ANSWERED),
        Route("/media/{key:path}", door.public, methods=_ANSWERED),
    ]


class _MediaDoor:
    def __init__(
        self, sessions: Sessions, storage: ReadableStorage, signer: Signer, presets: PresetImages
    ) -> None:
        self._sessions = sessions
        self._storage = storage
        self._signer = signer
        self._presets = presets

    async def signed(self, request: Request) -> Response:
        """A private file, to whoever has the address we signed, until it expires."""
        key: str = request.path_params["key"]
        expires, name, media_type, signature = (
            request.query_params.get(part, "") for part in ("expires", "name", "type", "signature")
        )
        if not self._signer.holds(signature, key, expires, name, media_type):
            return sentence(403, NOT_OURS)
        if has_passed(expires):
            return sentence(403, EXPIRED)
        return await self._answer(request, key, private_headers(name, media_type))

    async def public(self, request: Request) -> Response:
        """A picture or preview that anyone may have; nobody what is not shown any more, wherever it is stored."""
        key: str = request.path_params["key"]
        if not _PUBLIC.fullmatch(key) or not await self._may_be_had(key):
            return _missing()
        kept = _FIVE_MINUTES if key.startswith(_PREVIEWS) else _A_DAY
        return await self._answer(request, key, _public(_MEDIA_TYPES[key[-3:]], kept))

    async def _may_be_had(self, key: str) -> bool:
        """Of a preview: others see its track. Of a picture: staff do not keep back what it belongs to."""
        of = key.split("/")[1]
        async with self._sessions.reading() as session:
            if not key.startswith(_PREVIEWS):
                return not await is_picture_withheld(session, PictureId(of))
            status = await shown_as(session, TrackId(of.removesuffix(".mp3")))
        return status is not None and may_see(status, own=False)

    async def preset(self, request: Request) -> Response:
        """A ready-made cover."""
        image = await self._presets.image(request.path_params["preset_id"], request.path_params["size"])
        if image is None:
            return _missing()
        facts = StoredObject(len(image), f'"{hashlib.sha256(image).hexdigest()[:32]}"', _PRESETS_DATE)

        async def read(start: int, end: int) -> AsyncIterator[bytes]:
            yield image[start:end]

        return serve(request, Servable(facts, read, _public("image/jpeg")))

    async def _answer(self, request: Request, key: str, headers: Mapping[str, str]) -> Response:
        try:
            facts = await self._storage.look(key)
        except ObjectMissing:
            return _missing()

        def read(start: int, end: int) -> AsyncIterator[bytes]:
            return self._storage.stream(key, start=start, end=end)

        return serve(request, Servable(facts, read, headers))


_PRESETS_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Preset pictures never change under their id, so any one date will do."""


def _public(media_type: str, kept: str = _FOREVER) -> dict[str, str]:
    return {**_SHARED, "content-type": media_type, "cache-control": kept}


def private_headers(filename: str, media_type: str) -> dict[str, str]:
    """Of a file to save. Its name is quoted per RFC 6266: a plain one for old clients, the true one for the others."""
    plain = re.sub(r"[^ -~]|[\"\\%;]", "_", filename)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    return {
        **_SHARED,
        "content-type": media_type,
        "content-disposition": disposition,
        "cache-control": "private, max-age=0, must-revalidate",
        "referrer-policy": "no-referrer",
    }


def _missing() -> Response:
    return sentence(404, "There is no file at this address.")


def sentence(status: int, message: str) -> Response:
    """An answer without a file."""
    headers = {**_SHARED, "cache-control": "no-store"}
    return JSONResponse({"message": message}, status, headers)
