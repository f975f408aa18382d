"""What is told to the other processes once a transaction is durable."""

from api.channels import MAILING
from api.gateways.pubsub import JOBS, PubSub
from api.settings import Settings
from db.session import AfterCommit, Committed, Sessions


def open_sessions(settings: Settings, live: PubSub) -> Sessions:
    """The database as web and workers use it: what they commit is told, and they know whether e-mail is sent."""
    info = {MAILING: settings.sends_email}
    return Sessions(settings.database_url, after_commit=telling(live), info=info)


def telling(live: PubSub) -> AfterCommit:
    """Publishes topics, and pokes relay for jobs."""

    async def tell(committed: Committed) -> None:
        poke = {JOBS} if committed.jobs_added else set[str]()
        await live.publish(committed.topics | poke)

    return tell
