"""Rules of the house that a machine can check, each with the place where it does not hold."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("api", "bot", "cli", "connectors", "core", "migrations")
LONGEST_FILE = 400


def files(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def offenders(
    folders: tuple[str, ...], is_bad: Callable[[str], object], *, allowed: tuple[str, ...] = ()
) -> list[str]:
    """`path:line` of each line that is bad, outside the allowed places."""
    return [
        f"{place(path)}:{number}: {line.strip()}"
        for path in files(*folders)
        if not place(path).startswith(allowed)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if is_bad(line)
    ]


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


# Built from parts, so that this file does not find itself.
LINE_RULES = {
    "time is asked of the clock": (
        ("api", "bot", "connectors", "core"),
        r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(",
        ("core/kernel/clock.py",),
    ),
    "the product logs, it does not print": (
        ("api", "bot", "connectors", "core"),
        r"(^|[^\w.])print\(",
        (),
    ),
    "the unit of work commits, nobody else": (
        ("api", "bot", "cli", "connectors", "core"),
        r"\b(session|uow|connection)\.commit\(",
        ("core/kernel/",),
    ),
    "the tenant is set by the unit of work": (
        ("api", "bot", "cli", "connectors", "core"),
        r"(?i)\bset\s+(local\s+|session\s+)?app\.|set_config\(\s*'app\.",
        # The inbox keeps an update in one round trip: it sets the tenant in that statement.
        ("core/kernel/", "core/channels/inbox.py"),
    ),
    "the platform's role is taken by the unit of work": (
        ("api", "bot", "connectors", "core"),
        r"(?i)set\s+(local\s+|session\s+)?role\b",
        ("core/kernel/",),
    ),
    "the environment is read in one place": (
        ("api", "bot", "connectors", "core"),
        r"\bos\.(environ|getenv)\b",
        ("core/kernel/settings.py",),
    ),
    "pickle is a way in": (
        (*PRODUCT, "sandbox"),
        r"\b(import pickle|PickleSerializer)\b",
        (),
    ),
    "no work is left for later in a comment": (
        (*PRODUCT, "sandbox", "tests"),
        r"#\s*(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b",
        (),
    ),
    "a test waits for events, it does not sleep": (
        ("tests",),
        r"\b(asyncio|time)\.sle" + r"ep\(",
        # A browser gives no event for "this did not appear"; a product's start is read in its log.
        ("tests/e2e/", "tests/support/product.py"),
    ),
}


@pytest.mark.parametrize("rule", LINE_RULES)
def test_no_line_breaks_the_rule(rule: str) -> None:
    folders, pattern, allowed = LINE_RULES[rule]
    assert offenders(folders, re.compile(pattern).search, allowed=allowed) == []


def test_every_file_reads_in_one_sitting() -> None:
    lengths = {
        place(path): len(path.read_text().splitlines())
        for path in files(*PRODUCT, "sandbox", "tests", "bench")
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [place(path) for path in files(*PRODUCT, "sandbox") if path.stem in empty] == []


def test_every_room_says_what_it_is_for() -> None:
    rooms = [path for path in files("core") if path.name == "__init__.py"]
    silent = [place(path) for path in rooms if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_a_channel_knows_only_the_ports_and_the_floor() -> None:
    kinds = [
        path for path in files("connectors") if len(path.relative_to(ROOT / "connectors").parts) > 1
    ]
    strangers = {
        (place(path), name)
        for path in kinds
        for name in imports(path)
        if name.startswith("core.") and not name.startswith(("core.ports", "core.kernel"))
    }
    assert strangers == set()


def test_only_the_client_of_a_channel_names_its_vendor() -> None:
    vendors = ("aiogram", "telethon", "neonize", "playwright", "httpx")
    named = {
        place(path)
        for path in files("connectors")
        # `outcomes.py` says what each of the vendor's errors means for a send
        if path.name not in {"client.py", "login.py", "convert.py", "outcomes.py"}
        and any(name.split(".")[0] in vendors for name in imports(path))
    }
    assert named == set()


def test_the_sandbox_and_the_product_meet_over_http_only() -> None:
    own = {
        (place(path), name)
        for path in files("sandbox")
        for name in imports(path)
        if name.split(".")[0] in PRODUCT
    }
    theirs = {
        (place(path), name)
        for path in files(*PRODUCT)
        for name in imports(path)
        if name.split(".")[0] == "sandbox"
    }
    assert own | theirs == set()


def test_migrations_import_nothing_of_the_product() -> None:
    named = {
        (place(path), name)
        for path in files("migrations")
        for name in imports(path)
        if name.split(".")[0] in set(PRODUCT) - {"migrations"}
    }
    assert named == set()


def test_relationships_are_never_loaded_behind_ones_back() -> None:
    lazy = [
        f"{place(path)}:{call.lineno}"
        for path in files("core")
        for call in calls(path)
        if isinstance(call.func, ast.Name)
        and call.func.id == "relationship"
        and not any(k.arg == "lazy" and ast.unparse(k.value) == "'raise'" for k in call.keywords)
    ]
    assert lazy == []
