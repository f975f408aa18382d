"""Licences over GraphQL."""

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.auth.roles import require
from api.licensing.certificate import Seal
from api.licensing.revocation import revoke_as_staff
from api.licensing.rules import certificate_number, masked_email
from api.licensing.standard import license_track
from api.licensing.verification import verify
from db.ids import LicenceId, TrackId
from db.vocabulary import AudioFormat, Role
from schema.licences import (
    Licence,
    LicenceVerification,
    LicenseTrackPayload,
    RevokeLicenceInput,
    RevokeLicencePayload,
)


@strawberry.type
class LicencesQuery:
    @strawberry.field
    async def licence(self, info: Info, id: strawberry.ID) -> Licence | None:
        """A licence by id, for both of its parties and for staff.

        Args:
            id: Of a Licence.
        """
        return await info.context.loaders.licences.load(LicenceId(id_of_type("id", id, "lic", "licence")))

    @strawberry.field
    async def verify_licence(self, info: Info, certificate: str) -> LicenceVerification | None:
        """Public check of a certificate number; counted.

        Args:
            certificate: The UUID on the certificate.
        """
        number = certificate_number(certificate)
        if number is None:
            return None
        async with info.context.sessions.writing() as session:
            row = await verify(session, number)
        if row is None:
            return None
        return LicenceVerification.of(
            row,
            masked_email=masked_email(row.licensee["email"]),
            signature_valid=Seal(info.context.settings).holds(row, row.signature),
        )


@strawberry.type
class LicencesMutation:
    @mutation
    async def license_track(self, info: Info, track_id: strawberry.ID) -> LicenseTrackPayload:
        """Standard licence and files; again gives the same licence. Codes: PLAN_REQUIRED, OWN_TRACK, NOT_LICENSABLE.

        Args:
            track_id: A track of another, in the catalogue.
        """
        viewer, track = signed_in(info), TrackId(id_given("track_id", track_id, "trk", "track"))
        seal = Seal(info.context.settings)
        async with info.context.sessions.writing() as session:
            licence = await license_track(session, viewer, track=track, seal=seal)
        files = await info.context.loaders.downloads.load(licence) or []
        wav = next((one.file.url for one in files if one.format is AudioFormat.WAV), None)
        return LicenseTrackPayload(
            licence=await info.context.loaders.licences.load(licence), download_url=wav
        )

    @mutation
    async def revoke_licence(
        self, info: Info, id: strawberry.ID, input: RevokeLicenceInput
    ) -> RevokeLicencePayload:
        """End a licence that was granted in error or got by fraud; for staff. An exclusive's track stays sold until the payment is refunded at the provider. Codes: ALREADY_REVOKED.

        Args:
            id: Of a Licence.
        """
        viewer = signed_in(info)
        require(viewer, Role.STAFF)
        licence = LicenceId(id_given("id", id, "lic", "licence"))
        async with info.context.sessions.writing() as session:
            await revoke_as_staff(session, viewer, licence=licence, reason=input.reason)
        return RevokeLicencePayload(licence=await info.context.loaders.licences.load(licence))
