"""Structured logs, secrets masked: JSON in production, lines for a person at a terminal."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

MASK = "***"
_SECRET_KEYS = re.compile(
    r"(token|secret|password|api_?key|authorization|master_key|init_data)", re.IGNORECASE
)
_SECRETS = re.compile(
    r"\b\d{6,12}:[A-Za-z0-9_-]{30,}\b"  # a bot's token
    r"|\bsk-[A-Za-z0-9_-]{12,}\b"  # a key of a model's provider
    r"|\b(?:Bearer|tma)\s+\S+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password in an address
)
# Customers' words never reach a log by accident: these keys carry them.
_PRIVATE_KEYS = frozenset({"text", "body", "payload", "params"})


def mask(text: str) -> str:
    """The text without anything that looks like a secret."""
    return _SECRETS.sub(MASK, text)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: MASK if _hidden(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


def _hidden(key: str) -> bool:
    return key in _PRIVATE_KEYS or _SECRET_KEYS.search(key) is not None


def _mask_event(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = MASK if _hidden(key) and value is not None else _clean(value)
    return event


class _MaskFilter(logging.Filter):
    """The same for libraries that log by the standard module."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(record.getMessage())
        record.args = ()
        return True


def configure(*, level: str, form: str, role: str) -> None:
    """Once per process: `form` is `console` or `json`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    render: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskFilter())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in (
        "alembic",
        "aiogram.event",
        "httpx",
        "httpx2",
        "taskiq",
        "uvicorn.access",
        "botocore",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(role=role)
