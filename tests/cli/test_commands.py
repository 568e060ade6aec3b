"""Commands as a person types them: help, one line for a mistake, a doctor who says how to mend."""

import base64
from pathlib import Path

import pytest

from cli.doctor.findings import Level, examine
from cli.doctor.ground import GROUND
from cli.main import FAILED, MISCONFIGURED, main, parser
from core.kernel.settings import Settings, variables
from tests.support.cluster import Cluster

KEY = base64.b64encode(bytes(32)).decode()
COMMANDS = (
    *("run", "api", "bot", "worker", "scheduler", "channels"),
    *("sandbox", "migrate", "doctor", "reset"),
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        parser().parse_args([command, "--help"])
    assert done.value.code == 0
    told = capsys.readouterr().out
    assert f"usage: sales-operator {command}" in told
    assert len(told.splitlines()) > 3


@pytest.mark.parametrize("command", ["run", "api", "migrate", "doctor", "sandbox"])
def test_a_wrong_variable_is_one_line_and_nothing_is_started(
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    assert main([command]) == MISCONFIGURED
    expected = "sales-operator: PORT: takes a whole number from 1 to 65535, got 'eighty'\n"
    assert capsys.readouterr().err == expected
    assert list(tmp_path.iterdir()) == []


def test_a_role_without_a_sandbox_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANDBOX_PORT", "1")
    assert main(["bot"]) == FAILED
    assert "no sandbox answers on port 1: start `sales-operator run`" in capsys.readouterr().err


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    monkeypatch.setenv("INTEGRATION_SECRETS_MASTER_KEY", KEY)
    assert main(["doctor"]) == FAILED
    told = capsys.readouterr().out
    assert "→ check DATABASE_URL and that Postgres runs" in told
    assert "→ check REDIS_URL and that Redis runs" in told


async def test_the_ground_is_healthy_and_a_bypassing_role_is_found(
    servers_for_tests: Cluster, redis_url: str
) -> None:
    addresses = servers_for_tests.servers
    healthy = Settings(_env_file=None, database_url=addresses.database_url, redis_url=redis_url)
    found = {check.name: await examine(check, healthy) for check in GROUND}
    assert Level.FAIL not in {one.level for name in ("redis", "settings") for one in found[name]}
    assert any("bypasses no row-level security" in one.what for one in found["database"])
    bypassing = healthy.model_copy(update={"database_url": addresses.database_url_owner})
    [database] = [check for check in GROUND if check.name == "database"]
    told = [one for one in await examine(database, bypassing) if "bypasses row-level" in one.what]
    assert [one.level for one in told] == [Level.WARN]
    assert "sales_operator_app" in told[0].mend


def test_reset_keeps_live_data_unless_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("live", "sandbox"):
        (tmp_path / "var" / name / "servers").mkdir(parents=True)
    assert main(["reset"]) == 0
    assert (tmp_path / "var" / "live").is_dir()
    assert not (tmp_path / "var" / "sandbox").exists()
    assert main(["reset", "--live"]) == 0
    assert not (tmp_path / "var" / "live").exists()
    assert "deleted" in capsys.readouterr().out
