"""Starts the audio child with its worker, so that the first upload does not wait for imports."""

from dramatiq import Broker, Worker
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.middleware import Middleware

from workers.broker import AUDIO
from workers.tools import tools


class WarmAudioChild(Middleware):
    """For workers of the audio queue; the others never start a child."""

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        loop = get_event_loop_thread()
        if loop is not None and AUDIO in (worker.consumer_whitelist or ()):
            loop.run_coroutine(_warm())


async def _warm() -> None:
    await tools().child.warm()
