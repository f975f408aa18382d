"""`python -m api.sandbox`: serve until told to stop. Everything it needs to know is in the environment."""

from urllib.parse import urlsplit

import uvicorn

from api.sandbox.app import create_app
from api.sandbox.configuration import from_environment
from api.sandbox.dropping import DroppableConnection


def main() -> None:
    """Serve on the host and port of the sandbox's own address."""
    configuration = from_environment()
    where = urlsplit(configuration.url)
    uvicorn.run(
        create_app(configuration),
        host=where.hostname or "127.0.0.1",
        port=where.port or 80,
        http=DroppableConnection,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
