"""The way to any OpenAI-compatible endpoint, and what its refusals mean to the core."""

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
)

from core.ports.ai import AiFailure

_QUOTA = "insufficient_quota"
_BY_STATUS = {
    400: ("ai.request_refused", False),
    401: ("ai.key_refused", False),
    403: ("ai.key_refused", False),
    404: ("ai.unknown_model", False),
    408: ("ai.timeout", True),
    409: ("ai.unavailable", True),
    413: ("ai.request_refused", False),
    422: ("ai.request_refused", False),
    429: ("ai.limited", True),
}
_SERVER_ERRORS = 500


def open_client(api_key: str, base_url: str | None = None) -> AsyncOpenAI:
    """A client that never retries by itself: whoever calls counts each try. Close it at the end."""
    return AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0)


def failure(error: APIError) -> AiFailure:
    """The SDK's error as the core knows it."""
    if isinstance(error, APITimeoutError):
        return AiFailure("ai.timeout", again=True)
    if isinstance(error, APIConnectionError):
        return AiFailure("ai.unavailable", again=True)
    if not isinstance(error, APIStatusError):
        return AiFailure("ai.rubbish", again=True)
    if error.code == _QUOTA:
        return AiFailure("ai.limited", again=False)
    if error.status_code >= _SERVER_ERRORS:
        return AiFailure("ai.unavailable", again=True)
    why, again = _BY_STATUS.get(error.status_code, ("ai.request_refused", False))
    return AiFailure(why, again=again)
