"""An SMTP server that keeps what it takes: `python smtp_server.py PORT FOLDER`.

Each mail becomes a file of JSON in FOLDER/mails. Who is written to says what the server does: `refused…@` and
`unwanted…@` are turned away for good, `later…@` for now. While FOLDER/hold is there, a mail is kept, and the client is
left without an answer.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Keeper:
    """What the server does with a mail."""

    def __init__(self, folder: Path) -> None:
        self._hold = folder / "hold"
        self._mails = folder / "mails"
        self._mails.mkdir(exist_ok=True)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("refused"):
            return "550 5.1.1 No such person here"
        if address.startswith("later"):
            return "451 4.3.0 Not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd calls it so
        if envelope.rcpt_tos[0].startswith("unwanted"):
            return "554 5.7.1 Not wanted here"
        data = envelope.content.decode("utf-8")
        draft = self._mails / f"{time.time_ns()}.draft"
        draft.write_text(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": data}))
        draft.rename(draft.with_suffix(".json"))
        while self._hold.exists():  # noqa: ASYNC110 -- another process takes it away
            await asyncio.sleep(0.02)
        return "250 Kept"


async def main(port: int, folder: Path) -> None:
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mail.test", loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
