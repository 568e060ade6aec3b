"""Where things lie under a data folder."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A socket's whole path fits 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET = 103
_SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Places:
    """All paths of one installation's servers; `sockets` is short enough to connect to."""

    root: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def start_lock(self) -> Path:
        return self.root / "start.lock"

    @property
    def use_lock(self) -> Path:
        return self.root / "use.lock"

    @property
    def guard_lock(self) -> Path:
        return self.root / "guard.lock"

    def log(self, name: str) -> Path:
        return self.root / f"{name}.log"


def find_places(data_dir: Path) -> Places:
    """Paths under `data_dir/servers`; sockets go to a short temporary folder if they must."""
    root = data_dir.absolute() / "servers"
    root.mkdir(parents=True, exist_ok=True)
    near = root / "sockets"
    if len(os.fsencode(near / _SOCKET_NAME)) <= _LONGEST_SOCKET:
        near.mkdir(exist_ok=True)
        return Places(root, near)
    return Places(root, _remembered_folder(root / "sockets.path"))


def _remembered_folder(note: Path) -> Path:
    if note.exists():
        folder = Path(note.read_text())
        if folder.is_dir() and not folder.is_symlink():
            return folder
    folder = Path(tempfile.mkdtemp(prefix="sales-operator-"))
    note.write_text(str(folder))
    return folder
