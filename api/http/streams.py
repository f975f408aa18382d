"""Results one after the other: GraphQL over Server-Sent Events (distinct connections), and multipart subscriptions."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.responses import Response, StreamingResponse

from api.http.leaving import Leaving
from api.http.negotiation import EVENT_STREAM, MULTIPART

_BOUNDARY: Final = "graphql"
_HEADERS: Final = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}


@dataclass(frozen=True)
class Framing:
    """How results are told apart on the wire.

    Attributes:
        opening: Says at once that the connection stands.
        beat: Sent when nothing else was for `beat_s`, so that nobody in between takes the stream for dead.
        end: No result will follow.
    """

    media_type: str
    opening: bytes
    event: Callable[[dict[str, Any]], bytes]
    beat: bytes
    beat_s: float
    end: bytes


def _event(body: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"


def _part(body: dict[str, Any]) -> bytes:
    return b"\r\ncontent-type: application/json\r\n\r\n" + orjson.dumps(body) + f"\r\n--{_BOUNDARY}".encode()


EVENTS: Final = Framing(
    EVENT_STREAM, b":\n\n", _event, beat=b":\n\n", beat_s=12, end=b"event: complete\ndata:\n\n"
)
PARTS: Final = Framing(
    f'{MULTIPART}; boundary="{_BOUNDARY}"; subscriptionSpec=1.0',
    f"--{_BOUNDARY}".encode(),
    lambda body: _part({"payload": body}),
    beat=_part({}),
    beat_s=5,
    end=b"--\r\n",
)


def streamed(bodies: AsyncGenerator[dict[str, Any]], framing: Framing, leaving: Leaving) -> Response:
    """An answer that goes on until the results end, the client leaves, or the process does.

    When the process leaves, the answer ends without saying that it is complete: clients then connect again.
    """
    frames = _frames(bodies, framing, leaving)
    return StreamingResponse(frames, media_type=framing.media_type, headers=_HEADERS)


async def _frames(
    bodies: AsyncGenerator[dict[str, Any]], framing: Framing, leaving: Leaving
) -> AsyncGenerator[bytes]:
    end = asyncio.ensure_future(leaving.wait())
    async with aclosing(bodies):
        following = asyncio.ensure_future(anext(bodies, None))
        try:
            yield framing.opening
            while True:
                await asyncio.wait(
                    {following, end}, timeout=framing.beat_s, return_when=asyncio.FIRST_COMPLETED
                )
                if end.done():
                    return
                if not following.done():
                    yield framing.beat
                    continue
                body = following.result()
                if body is None:
                    break
                yield framing.event(body)
                following = asyncio.ensure_future(anext(bodies, None))
            yield framing.end
        finally:
            await _stopped(following, end)


async def _stopped(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
