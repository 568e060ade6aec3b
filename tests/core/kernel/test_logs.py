"""Secrets and customers' words never reach a log."""

import io
import json
import logging
import sys

import pytest
import structlog

from core.kernel.logs import configure, mask

TOKEN = "7123456789:AAH-abcdefghijklmnopqrstuvwxyz012345"
SECRETS = [
    TOKEN,
    "sk-proj-abcdefghijklmnop",
    "Bearer abc.def.ghi",
    "tma query_id=AAH&user=%7B%7D&hash=00ff",
]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure(level="INFO", form="json", role="test")
    return stream


@pytest.fixture(autouse=True)
def as_before() -> object:
    yield
    structlog.reset_defaults()
    configure(level="INFO", form="json", role="test")


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_masked_wherever_it_stands(
    secret: str, written: io.StringIO
) -> None:
    structlog.get_logger("x").info("said", where=f"https://a/{secret}/b", deep={"list": [secret]})
    logging.getLogger("vendor").warning("calling %s", secret)
    try:
        dict[str, str]()[secret]
    except KeyError:
        structlog.get_logger("x").exception("broke")
    assert secret.rsplit(maxsplit=1)[-1] not in written.getvalue()
    assert "***" in written.getvalue()


def test_a_password_in_an_address_is_masked() -> None:
    assert mask("postgresql://owner:hunter2@db/so") == "postgresql://***@db/so"


def test_keys_that_carry_secrets_or_customers_words_are_masked(written: io.StringIO) -> None:
    structlog.get_logger("x").info(
        "kept", bot_token="a", password="b", text="Мой адрес", payload="{}", conversation="42"
    )
    line = json.loads(written.getvalue().splitlines()[-1])
    assert [line[key] for key in ("bot_token", "password", "text", "payload")] == ["***"] * 4
    assert line["conversation"] == "42"
    assert line["role"] == "test"
