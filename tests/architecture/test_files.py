"""Files beside the code: locks without addresses, compose and .env.example that match Settings."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.kernel.settings import variables

ROOT = Path(__file__).parents[2]
ROLES = {"api", "bot", "worker", "scheduler", "channels"}
# Read by the images of Postgres and Redis or by compose itself, not by the product.
PASSWORDS = {"POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD"}
NOT_OURS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", *PASSWORDS}


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return parsed


def test_compose_has_a_service_for_each_part() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "migrate", *ROLES}
    for role in ROLES:
        assert services[role]["command"] == [role]
        assert services[role]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
        assert services[role]["restart"] == "unless-stopped"
    assert services["postgres"]["image"] == "pgvector/pgvector:pg18"
    assert services["redis"]["image"].startswith("redis:7")
    assert "healthcheck" in services["postgres"]
    assert "healthcheck" in services["redis"]
    assert "healthcheck" in services["api"]


def test_compose_names_only_variables_the_product_knows() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    named = set(re.findall(r"\$\{([A-Z][A-Z_]+)", text))
    for service in compose()["services"].values():
        named |= set(service.get("environment", {}))
    assert named - NOT_OURS <= set(variables())


def test_compose_demands_the_secrets_rather_than_inventing_them() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("INTEGRATION_SECRETS_MASTER_KEY", "TELEGRAM_BOT_TOKEN", *PASSWORDS):
        assert f"${{{name}:?" in text


def test_only_the_api_is_reachable_from_outside() -> None:
    published = [name for name, one in compose()["services"].items() if "ports" in one]
    assert published == ["api"]


def test_env_example_documents_each_variable_once() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#? ?([A-Z][A-Z_]+)=", line))]
    assert sorted(named) == sorted({*variables(), *PASSWORDS})


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_python_locks_have_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    pinned = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==\S+(.*)$", text)
    assert pinned
    assert all(rest.strip() == "\\" for _, rest in pinned)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_locked(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"])
    if "dev" in name:
        wanted += project["dependency-groups"]["dev"]
    locked = {line.split("==")[0].split("[")[0] for line in _pins(name)}
    asked = {re.split(r"[\[<>=~!; ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert asked - locked == set()


def _pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line.lower() for line in lines if re.match(r"[A-Za-z0-9]", line)]


def test_the_mini_apps_lock_has_no_address() -> None:
    lock = (ROOT / "webapp" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    npmrc = (ROOT / "webapp" / ".npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in npmrc
    assert "://" not in npmrc
