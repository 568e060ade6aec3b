"""A wrong variable stops the start with one line; the right ones are read as they are meant."""

import base64
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.kernel import settings as settings_module
from core.kernel.settings import FLAG_DEFAULTS, Settings, SettingsError, load, variables

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_an_empty_environment_means_the_sandbox_on_embedded_servers(tmp_path: Path) -> None:
    settings = load()
    assert settings.sandbox_on
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.data_dir == tmp_path / "var" / "sandbox"
    assert settings.public_address == "http://127.0.0.1:8080"
    assert settings.embedding_model == "offline"
    assert settings.flags == FLAG_DEFAULTS


def test_a_bot_token_means_live_and_sandbox_may_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:abc")
    assert load().data_dir.name == "live"
    monkeypatch.setenv("SANDBOX", "1")
    assert load().data_dir.name == "sandbox"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
    monkeypatch.setenv("SANDBOX", "0")
    assert load().data_dir.name == "live"


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("PORT", "abc", "PORT: takes a whole number from 1 to 65535, got 'abc'"),
        ("PORT", "0", "PORT: takes a whole number from 1 to 65535, got '0'"),
        (
            "OPENAI_PRICE_MODEL",
            "gpt-4o-mini-2024-07-18",
            (
                "OPENAI_PRICE_MODEL: takes the name of a model that searches the web,"
                " never gpt-4o-mini, got 'gpt-4o-mini-2024-07-18'"
            ),
        ),
        ("SANDBOX", "maybe", "SANDBOX: takes 0 or 1, got 'maybe'"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: takes console or json, got 'xml'"),
        (
            "PUBLIC_URL",
            "ftp://x",
            "PUBLIC_URL: takes an http:// or https:// address, got 'ftp://x'",
        ),
        (
            "RAG_ENABLED",
            "yep",
            "RAG_ENABLED: takes 0, 1, true, false, on or off, got 'yep'",
        ),
        (
            "TELEGRAM_MODE",
            "webhook",
            "PUBLIC_URL: takes an http:// or https:// address, and TELEGRAM_MODE=webhook needs it",
        ),
        (
            "DATABASE_URL",
            "mysql://me:secret@host/db",
            "DATABASE_URL: takes a postgresql:// address",
        ),
        (
            "INTEGRATION_SECRETS_MASTER_KEY",
            "c2hvcnQ=",
            (
                "INTEGRATION_SECRETS_MASTER_KEY: takes base64 of 32 random bytes"
                " (openssl rand -base64 32)"
            ),
        ),
        (
            "DATABASE_URL",
            "postgresql://host/db",
            (
                "INTEGRATION_SECRETS_MASTER_KEY: takes base64 of 32 random bytes"
                " (openssl rand -base64 32), and DATABASE_URL needs it beside itself"
            ),
        ),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, line: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == line


def test_flags_take_their_start_values_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAG_ENABLED", "off")
    monkeypatch.setenv("DECISION_ENGINE_ENABLED", "1")
    flags = load().flags
    assert flags == {**FLAG_DEFAULTS, "RAG_ENABLED": False, "DECISION_ENGINE_ENABLED": True}


def test_the_environment_wins_over_the_file_and_the_file_names_its_own_mistakes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Path(".env").write_text("PORT=9000\nHOST=127.0.0.2\nMAX_CHANEL_ENABLED=1\nRAG_ENABLED=0\n")
    monkeypatch.setenv("PORT", "9001")
    settings = load()
    assert (settings.port, settings.host, settings.flags["RAG_ENABLED"]) == (
        9001,
        "127.0.0.2",
        False,
    )
    hint = ".env: nothing reads MAX_CHANEL_ENABLED; did you mean MAX_CHANNEL_ENABLED?"
    assert hint in caplog.messages


def test_the_master_key_is_made_once_and_is_for_the_owner_alone() -> None:
    first, second = load(), load()
    kept = first.data_dir / "master.key"
    assert first.master_key == second.master_key == base64.b64decode(kept.read_text())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in first.data_dir.iterdir()] == ["master.key"]


def test_secrets_stay_out_of_the_repr() -> None:
    settings = Settings(
        _env_file=None,
        database_url="postgresql://me:sesame@host/db",
        redis_url="redis://:sesame@host",
        telegram_bot_token=SecretStr("1:sesame"),
        integration_secrets_master_key=SecretStr(KEY),
    )
    assert "sesame" not in repr(settings)
    assert KEY not in repr(settings)


def test_no_other_module_of_the_product_reads_the_environment() -> None:
    root = Path(settings_module.__file__).parents[2]
    readers = {
        path.relative_to(root).as_posix()
        for room in ("api", "bot", "connectors", "core")
        for path in (root / room).rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    # The embedded servers' process gets a bare environment: it passes on what little it needs.
    assert readers <= {"core/kernel/settings.py", "core/kernel/embedded/guard.py"}
