"""The upload and media doors alone, as a web process would mount them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from starlette.applications import Starlette

from api.covers.presets import GeneratedArt
from api.gateways.storage import files_signer, open_storage
from api.http.media import media_routes
from api.http.uploads import upload_routes
from api.settings import Settings
from api.uploads.address import UploadAddresses
from api.uploads.receive import Reception
from db.session import Sessions


def create(settings: Settings | None = None) -> Starlette:
    settings = settings or Settings.model_validate({})  # from the environment
    storage = open_storage(settings)
    sessions = Sessions(settings.database_url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        yield
        await sessions.close()

    reception = Reception(sessions, storage, keep_for=timedelta(hours=settings.upload_hours))
    uploads = upload_routes(reception, UploadAddresses(settings))
    media = media_routes(sessions, storage, files_signer(settings), GeneratedArt())
    return Starlette(routes=[*uploads, *media], lifespan=lifespan)
