"""Starts the audio children with their workers, so that the first upload does not wait for imports."""

import asyncio

from dramatiq import Broker, Worker
from dramatiq.asyncio import EventLoopThread, get_event_loop_thread
from dramatiq.middleware import Middleware

from workers.broker import ANALYSIS, AUDIO
from workers.tools import tools


class WarmAudioChildren(Middleware):
    """For workers of the queues that listen; the others never start a child."""

    def after_worker_boot(self, broker: Broker, worker: Worker) -> None:
        loop, queues = get_event_loop_thread(), worker.consumer_whitelist or ()
        if loop is not None and AUDIO in queues:
            loop.run_coroutine(_warm())
        if loop is not None and ANALYSIS in queues:
            _begin_warming(loop)


async def _warm() -> None:
    await tools().child.warm()


def _begin_warming(loop: EventLoopThread) -> None:
    """Without waiting: numba may compile for half a minute, and a worker that boots cannot be stopped."""
    asyncio.run_coroutine_threadsafe(_warm_analyst(), loop.loop)


async def _warm_analyst() -> None:
    await tools().analyst.warm()
