"""Loaders of beat requests, of what they are paid with, and of what answers them."""

from collections.abc import Sequence
from datetime import datetime

from api.addresses import RequestAddresses
from api.loaders.reading import Reader, ability, aligned
from api.requests.explaining import Pair, explained
from api.requests.fit import Reason
from api.requests.ledger import tokens_of, tokens_of_each
from api.requests.rules import (
    RENEWABLE_FOR,
    answers_requests,
    sees_request,
    why_not_paid,
    why_not_renewed,
)
from api.requests.tokens import COSTS, Tokens, next_month
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId, BeatMatchId, BeatRequestId, UploadId
from db.queries import beat_matches, requests, uploads
from db.queries.beat_matches import MatchEyes
from db.queries.requests import BeatRequestRow
from db.session import Sessions
from db.vocabulary import Role, UploadStatus
from schema.ground import Ability, SignedUrl
from schema.matches import BeatMatch, MatchReason, share
from schema.request_tokens import RequestTokens
from schema.requests import BeatRequest


class RequestLoaders(Reader):
    """Beat requests as the viewer may see them."""

    def __init__(
        self,
        sessions: Sessions,
        viewer: Viewer | None,
        *,
        addresses: RequestAddresses,
        tokens_a_month: int,
    ) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses
        self._tokens_a_month = tokens_a_month

    async def beat_requests(self, ids: list[BeatRequestId]) -> Sequence[BeatRequest | None]:
        """One that the viewer may not see is like none."""
        rows = await self._read(requests.requests, ids)
        seen = [
            row for row in rows if sees_request(self._viewer, requester=row.account_id, status=row.status)
        ]
        return aligned(ids, {row.id: BeatRequest.of(row) for row in seen})

    async def renewals(self, ids: list[BeatRequestId]) -> Sequence[Ability | None]:
        """Null for who did not post it."""
        viewer, moment = self._viewer, now()
        if viewer is None:
            return [None for _ in ids]
        own = [row for row in await self._read(requests.requests, ids) if row.account_id == viewer.account_id]
        if not own:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            tokens = await tokens_of(session, viewer.account_id, moment, explorer=self._tokens_a_month)
        return aligned(ids, {row.id: _renewal(row, tokens, moment) for row in own})

    async def samples(self, ids: list[UploadId]) -> Sequence[SignedUrl | None]:
        """Addresses of references, for who sees the requests that have them."""
        rows = await self._read(uploads.uploads, ids)
        here = {row.id for row in rows if row.status is UploadStatus.COMPLETED}
        return [await self._addresses.master(one, "reference.wav") if one in here else None for one in ids]

    async def tokens(self, ids: list[AccountId]) -> Sequence[RequestTokens]:
        moment = now()
        async with self._sessions.reading() as session:
            left = await tokens_of_each(session, ids, moment, explorer=self._tokens_a_month)
        return [
            RequestTokens(
                allowance=left[account].allowance,
                remaining=left[account].remaining,
                reset_at=next_month(moment),
            )
            for account in ids
        ]

    async def beat_matches(self, ids: list[BeatMatchId]) -> Sequence[BeatMatch | None]:
        """Of the viewer's requests, and of a verified producer's own tracks; another is like none."""
        if (viewer := self._viewer) is None:
            return [None for _ in ids]
        own = viewer.producer_id if answers_requests(viewer) else None
        eyes = MatchEyes(viewer.account_id, own, everything=viewer.has(Role.STAFF))
        async with self._sessions.reading() as session:
            rows = await beat_matches.seen_matches(session, ids, seen_by=eyes)
        return aligned(ids, {row.id: BeatMatch.of(row) for row in rows})

    async def match_reasons(self, pairs: list[Pair]) -> Sequence[list[MatchReason]]:
        """Of matches that the viewer sees."""
        async with self._sessions.reading() as session:
            found = await explained(session, pairs)
        return [[_reason(one) for one in found.get(pair, [])] for pair in pairs]


def _reason(of: Reason) -> MatchReason:
    return MatchReason(part=of.part, score=share(of.score), weight=share(of.weight), text=of.text)


def _renewal(row: BeatRequestRow, tokens: Tokens, moment: datetime) -> Ability:
    refused = why_not_renewed(row.status_at(moment), row.expires_at, moment)
    until = row.expires_at + RENEWABLE_FOR
    return ability(refused or why_not_paid(tokens, COSTS[row.duration], moment, until=until))
