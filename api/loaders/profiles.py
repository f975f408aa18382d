"""Loaders of what belongs to profiles."""

from collections.abc import Sequence

from api.loaders.reading import Reader, grouped
from api.producers.completeness import completeness_of
from api.viewer import Viewer
from db.ids import ProducerId
from db.queries import follows, producers, profiles
from db.queries.producers import ProducerRow
from db.vocabulary import Role
from schema.producers import AboutPhoto, Producer, ProfileCompleteness


class ProfileLoaders(Reader):
    """About photos, followers, and what is missing."""

    async def about_photos(self, ids: list[ProducerId]) -> Sequence[list[AboutPhoto]]:
        rows = await self._read(profiles.photos_of, ids)
        found = grouped((row.producer_id, AboutPhoto.of(row)) for row in rows)
        return [found[producer] for producer in ids]

    async def follower_counts(self, ids: list[ProducerId]) -> Sequence[int]:
        counts = await self._read(follows.follower_counts, ids)
        return [counts.get(producer, 0) for producer in ids]

    async def viewer_follows(self, ids: list[ProducerId]) -> Sequence[bool]:
        if self._viewer is None:
            return [False] * len(ids)
        async with self._sessions.reading() as session:
            followed = await follows.followed_among(session, self._viewer.account_id, ids)
        return [producer in followed for producer in ids]

    async def completeness(self, ids: list[ProducerId]) -> Sequence[ProfileCompleteness | None]:
        """For the owner of a profile, and for staff; of nobody else's anything is read."""
        shown = [producer for producer in ids if _is_theirs(self._viewer, producer)]
        rows = await self._read(producers.producers, shown) if shown else []
        known = {row.id: _completeness(row) for row in rows}
        return [known.get(producer) for producer in ids]


def seen_as(viewer: Viewer | None, row: ProducerRow) -> Producer:
    """A profile as the viewer sees it, wherever it is named: of one that staff keep back, others see who it is."""
    return Producer.of(row, bare=row.withheld_since is not None and not _is_theirs(viewer, row.id))


def _is_theirs(viewer: Viewer | None, producer: ProducerId) -> bool:
    return viewer is not None and (viewer.producer_id == producer or viewer.has(Role.STAFF))


def _completeness(row: ProducerRow) -> ProfileCompleteness:
    found = completeness_of(row._asdict())
    return ProfileCompleteness(percent=found.percent, missing=list(found.missing))
