"""Structured logs: a line of JSON, or of colours on a terminal, each with the request or job it belongs to."""

import logging
import sys
from typing import Any, Final

import structlog

_SECRETS: Final = ("password", "token", "secret", "authorization")


def configure_logs(*, colours: bool | None = None) -> None:
    """Set up logging for this process.

    Args:
        colours: For people; null: if standard error is a terminal.
    """
    for_people = sys.stderr.isatty() if colours is None else colours
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
    ]
    render: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=for_people)]
        if for_people
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _send_standard_logs_here(shared, render)


def _send_standard_logs_here(
    shared: list[structlog.typing.Processor], render: list[structlog.typing.Processor]
) -> None:
    """Libraries log through the standard library; their lines look like ours."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _without_secrets(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No log line carries what could open an account."""
    hidden = {key: "…" for key in event if any(word in key.lower() for word in _SECRETS)}
    return {**event, **hidden}
