"""The system account the servers run as.

Postgres refuses to run as root. So root hands it to an account of its own and opens the way to
the data and the binaries for it; an ordinary user simply runs the servers himself.
"""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

_ACCOUNT = "pgserver"
_FALLBACK = "nobody"
_TRAVERSE = stat.S_IXGRP | stat.S_IXOTH
_READ = stat.S_IRGRP | stat.S_IROTH


class EmbeddedError(Exception):
    """The embedded servers cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who the servers run as; None is whoever runs us."""

    uid: int | None
    gid: int | None

    def own(self, folder: Path, mode: int = 0o700) -> None:
        """Make the folder and give it to the account."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        elif folder.stat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"{folder} belongs to another user: run as that user, or set VAR_DIR elsewhere"
            )
        folder.chmod(mode)


def choose_account(postgres_data: Path) -> Account:
    """Pick ourselves, or as root: the owner of existing data, else an account of its own."""
    if os.geteuid() != 0:
        return Account(None, None)
    if postgres_data.exists() and (found := postgres_data.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    entry = _system_account()
    return Account(entry.pw_uid, entry.pw_gid)


def open_the_way(account: Account, *targets: Path, program: Path) -> None:
    """Let the account traverse to its data and run the program, wherever root has put them."""
    if account.uid is None:
        return
    for target in targets:
        _open_parents(target)
    if _can_run(account, program):
        return
    install = program.parents[1]
    _open_parents(install)
    for path in (install, *install.rglob("*")):
        _allow(path, _READ | (_TRAVERSE if path.is_dir() or os.access(path, os.X_OK) else 0))
    if not _can_run(account, program):
        raise EmbeddedError(
            f"the servers' account cannot run {program}: install the product in a folder other"
            " users may enter, or set DATABASE_URL and REDIS_URL"
        )


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(_ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError):
        return pwd.getpwnam(_FALLBACK)


def _open_parents(target: Path) -> None:
    for folder in target.absolute().parents:
        _allow(folder, _TRAVERSE)


def _allow(path: Path, bits: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits != bits:
        path.chmod(mode | bits)


def _can_run(account: Account, program: Path) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            check=True,
            capture_output=True,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
