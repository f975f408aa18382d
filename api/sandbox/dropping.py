"""HTTP connections that can be broken in the middle: what an answer cannot say, a fault must be able to do."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class DroppableConnection(HttpToolsProtocol):
    """Gives every request a way to break its own connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.drop": {"transport": self.transport}}
