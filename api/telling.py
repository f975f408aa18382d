"""What is told to the other processes once a transaction is durable."""

from api.gateways.pubsub import JOBS, PubSub
from db.session import AfterCommit, Committed


def telling(live: PubSub) -> AfterCommit:
    """Publishes topics, and pokes relay for jobs."""

    async def tell(committed: Committed) -> None:
        poke = {JOBS} if committed.jobs_added else set[str]()
        await live.publish(committed.topics | poke)

    return tell
