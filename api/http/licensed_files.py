"""The door to files of exclusive licences: whoever fetches one is noted first, for then it is not refunded (D-47)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.addresses import RequestAddresses
from api.http.media import private_headers, sentence
from api.licensing.downloads import MEDIA_TYPES, Withheld, file_of, hand_out
from api.licensing.links import FILE_PATH, FileLinks
from api.signatures import EXPIRED, NOT_OURS, has_passed
from db.session import Sessions
from db.vocabulary import AudioFormat

_WITHHELD: Final = {
    Withheld.REVOKED: (410, "This licence was revoked: its files are not delivered any more."),
    Withheld.HELD: (409, "The files are held back, for the price is being given back or is disputed."),
}
_NOT_KEPT: Final = {"cache-control": "no-store"}
_SENT_ON: Final = {
    **_NOT_KEPT,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
}
"""A redirect out of a cache would be a download that nobody sees."""


class LicensedFileDoor:
    """Whoever has an address that we signed is noted, and sent on to storage for a minute, as often as they come."""

    def __init__(self, sessions: Sessions, links: FileLinks, addresses: RequestAddresses) -> None:
        self._sessions = sessions
        self._links = links
        self._addresses = addresses

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(FILE_PATH, self.file, methods=["GET", "HEAD"])]

    async def file(self, request: Request) -> Response:
        """A redirect, which clients follow with the Range that they ask for; to a HEAD the facts alone."""
        number, ending = (str(request.path_params[part]) for part in ("number", "ending"))
        expires, signature = (request.query_params.get(part, "") for part in ("expires", "signature"))
        form = self._links.form_behind(number, ending, expires, signature)
        if form is None:
            return sentence(403, NOT_OURS)
        if has_passed(expires):
            return sentence(403, EXPIRED)
        return await (self._facts if request.method == "HEAD" else self._file)(number, form)

    async def _file(self, number: str, form: AudioFormat) -> Response:
        async with self._sessions.writing() as session:
            file = await hand_out(session, number, form)
        if isinstance(file, Withheld):
            return sentence(*_WITHHELD[file])
        return RedirectResponse(await self._addresses.noted_file(file), 302, _SENT_ON)

    async def _facts(self, number: str, form: AudioFormat) -> Response:
        """Some clients ask for them before they begin, and give up on a 405. No byte can be had by it: no download."""
        async with self._sessions.reading() as session:
            file = await file_of(session, number, form)
        if isinstance(file, Withheld):
            return sentence(*_WITHHELD[file])
        named = private_headers(file.filename, MEDIA_TYPES[file.format]) | _NOT_KEPT
        return Response(headers={**named, "content-length": str(file.byte_size), "accept-ranges": "bytes"})
