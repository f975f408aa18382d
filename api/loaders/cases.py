"""Loaders of cases."""

from collections import defaultdict
from collections.abc import Sequence

from api.addresses import RequestAddresses
from api.loaders.reading import Reader, aligned, grouped
from api.viewer import Viewer
from db.ids import TrackId
from db.queries import appeals, cases
from db.session import Sessions
from schema.appeals import DuplicateAppeal
from schema.cases import Attachment, ReviewStep


class CaseLoaders(Reader):
    """What belongs to a case, whatever its kind."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, addresses: RequestAddresses) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses

    async def case_history(self, ids: list[str]) -> Sequence[list[ReviewStep]]:
        rows = await self._read(cases.case_steps, ids)
        found = grouped((row.case_id, ReviewStep.of(row)) for row in rows)
        return [found[case] for case in ids]

    async def attachments(self, ids: list[str]) -> Sequence[list[Attachment]]:
        rows = await self._read(cases.attachments, ids)
        found: dict[str, list[Attachment]] = defaultdict(list)
        for row in rows:
            file = await self._addresses.attachment(row.upload_id, row.filename)
            found[row.case_id].append(Attachment(filename=row.filename, byte_size=row.byte_size, file=file))
        return [found[case] for case in ids]

    async def latest_appeals(self, ids: list[TrackId]) -> Sequence[DuplicateAppeal | None]:
        rows = await self._read(appeals.appeals_of, ids)
        return aligned(
            ids, {row.track_id: DuplicateAppeal.of(row) for row in rows}
        )  # oldest first: the last one stays
