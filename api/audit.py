"""Holds the ledger against its invariants, and says what it found: `python -m api.audit`.

The database is that of BEATPASS_DATABASE_URL, else that of `./bp run`, below BEATPASS_DATA_DIR or ./data.

Returns:
    0 where everything holds, 1 where something does not, 2 where there is nothing to look at.
"""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from api.earnings.auditing import Finding, audit
from api.logs import configure_logs
from db.queries.reconciliation import compared_from
from db.session import Sessions, sqlalchemy_url


def database_url(given: Mapping[str, str]) -> str | None:
    """Null: nobody names a database, and there is none of `./bp run`."""
    if named := given.get("BEATPASS_DATABASE_URL") or given.get("DATABASE_URL"):
        return sqlalchemy_url(named)
    file = Path(given.get("BEATPASS_DATA_DIR") or "data").absolute() / "beatpass.db"
    return f"sqlite+aiosqlite:///{file}" if file.is_file() else None


def report(findings: Iterable[Finding]) -> str:
    """A line for each invariant, and below it what breaks it."""
    lines: list[str] = []
    for one in findings:
        word = "BROKEN" if one.broken_by else "holds "
        lines.append(f"{word}  {one.invariant.name}: {one.invariant.sentence} ({one.figure})")
        lines += [f"        - {line}" for line in one.shown]
    return "\n".join(lines)


def compared(since: datetime | None) -> str:
    """What else is looked at, every six hours, and since when; empty where all is."""
    return f"Ledger and payment provider are compared since {since:%Y-%m-%d %H:%M} UTC.\n" if since else ""


async def _main(url: str) -> int:
    sessions = Sessions(url)
    try:
        findings = await audit(sessions)
        async with sessions.reading() as session:
            since = await compared_from(session)
    except DBAPIError as error:
        sys.stderr.write(f"The database cannot be audited: {error.orig}\n")
        return 2
    finally:
        await sessions.close()
    sys.stdout.write(report(findings) + "\n" + compared(since))
    return int(any(one.broken_by for one in findings))


def main(given: Mapping[str, str]) -> int:
    url = database_url(given)
    if url is None:
        sys.stderr.write(
            "There is no database: BEATPASS_DATABASE_URL names none, and ./bp run has made none.\n"
        )
        return 2
    return asyncio.run(_main(url))


if __name__ == "__main__":
    configure_logs()
    sys.exit(main(os.environ))
