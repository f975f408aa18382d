"""What follows of plays: XP, milestones, and the order of tracks by plays."""

from api.plays import milestones, ranking
from api.producers.experience import reward_plays
from db.ids import TrackId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.GIVE_PLAY_XP)
async def give_play_xp(tools: Tools, job: Job) -> None:
    """Running twice is safe: each day of plays says for how many of them XP were given."""
    await reward_plays(tools.sessions)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.TELL_MILESTONE)
async def tell_milestone(tools: Tools, job: Job) -> None:
    """Running twice is safe: who was told of a track's milestone is not told again."""
    async with tools.sessions.writing() as session:
        await milestones.tell_milestone(session, TrackId(job["track"]), job["plays"])
        await job.settle(session)


@does(JobKind.RANK_PLAYS)
async def rank_plays(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is as it should be is not written."""
    await ranking.rank_plays(tools.sessions)
    async with tools.sessions.writing() as session:
        await job.settle(session)
