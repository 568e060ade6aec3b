"""The master key of an embedded installation: made once, then kept in a file of mode 0600."""

import base64
import contextlib
import logging
import os
import secrets
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

KEY_BYTES = 32


def keep_master_key(path: Path) -> str:
    """Read the base64 key, or make it; of processes that start together all get the same one."""
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".master.key.")  # made as 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            Path(path).hardlink_to(draft)  # fails if another process was first, never overwrites
            log.warning(
                "made INTEGRATION_SECRETS_MASTER_KEY and keep it in %s: without it the stored"
                " tokens cannot be read, back it up with the data",
                path,
            )
    finally:
        Path(draft).unlink()
