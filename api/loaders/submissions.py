"""Loaders of what was offered to beat requests."""

from collections.abc import Sequence

from api.loaders.reading import Reader, ability, aligned, grouped
from api.requests.answering import is_seen
from api.requests.rules import why_not_offered
from db.clock import now
from db.ids import BeatRequestId, SubmissionId
from db.queries import requests, submissions
from schema.ground import Ability
from schema.submissions import Submission


class SubmissionLoaders(Reader):
    """Offers as the viewer may see them."""

    async def submissions(self, ids: list[SubmissionId]) -> Sequence[Submission | None]:
        """One that the viewer may not see is like none."""
        rows = await self._read(submissions.submissions, ids)
        return aligned(ids, {row.id: Submission.of(row) for row in rows if is_seen(self._viewer, row)})

    async def own_submissions(self, ids: list[BeatRequestId]) -> Sequence[list[Submission]]:
        """What the viewer offered to each request; nobody but a producer has offered anything."""
        producer = self._viewer.producer_id if self._viewer else None
        if producer is None:
            return [[] for _ in ids]
        async with self._sessions.reading() as session:
            rows = await submissions.submissions_of(session, ids, producer)
        seen = [(row.request_id, Submission.of(row)) for row in rows if is_seen(self._viewer, row)]
        found = grouped(seen)
        return [found[request] for request in ids]

    async def submission_abilities(self, ids: list[BeatRequestId]) -> Sequence[Ability]:
        """Whether the viewer may offer another track to each request."""
        viewer, moment = self._viewer, now()
        producer = viewer.producer_id if viewer else None
        async with self._sessions.reading() as session:
            rows = {row.id: row for row in await requests.requests(session, ids)}
            counts = await submissions.counts_of(session, ids, producer) if producer else {}
        return [
            ability(
                why_not_offered(
                    viewer,
                    requester=rows[one].account_id,
                    status=rows[one].status_at(moment),
                    offered=counts.get(one, 0),
                )
            )
            for one in ids
        ]
