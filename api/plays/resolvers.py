"""Listening over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.plays.opening import Opening
from api.plays.reporting import Report
from db.ids import PlayId, TrackId
from schema.plays import ReportPlayPayload, StartPlayPayload


@strawberry.type
class PlaysMutation:
    @mutation
    async def start_play(self, info: Info, track_id: strawberry.ID) -> StartPlayPayload:
        """Open a play, which ends the one before: a listener hears one track at a time. Codes: NOT_PUBLISHED, TOO_MANY_ATTEMPTS.

        Args:
            track_id: A published track, or an own one.
        """
        viewer = signed_in(info)
        track = TrackId(id_given("track_id", track_id, "trk", "track"))
        play = await info.context.plays.open(Opening(viewer.account_id, viewer.producer_id, track))
        return StartPlayPayload(play=await info.context.loaders.plays.load(play))

    @mutation
    async def report_play(self, info: Info, id: strawberry.ID, listened_ms: int) -> ReportPlayPayload:
        """Say how much of a play was heard, every ten seconds or so and at its end: a running total, so repeats change nothing. Codes: PLAY_IMPLAUSIBLE (its `maximum` is what would be taken now), PLAY_OVER.

        Args:
            id: Own play, opened within 24 hours.
            listened_ms: Time heard so far, pauses left out; what is heard twice counts twice.
        """
        viewer = signed_in(info)
        play = PlayId(id_given("id", id, "ply", "play"))
        await info.context.plays.report(Report(viewer.account_id, play, listened_ms))
        return ReportPlayPayload(play=await info.context.loaders.plays.load(play))
