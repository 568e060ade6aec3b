"""A real Postgres with pgvector and a real Redis from wheels, for where no addresses are given.

`async with servers(data_dir) as s` starts them or joins the running ones, and hands out the
addresses `s.database_url_owner`, `s.database_url` and `s.redis_url`. They live as long as anybody
uses them: a small guard process (guard.py) owns them, restarts the dead, and stops them cleanly
when the last user has left or was killed.
"""

from core.kernel.embedded.account import EmbeddedError
from core.kernel.embedded.join import Servers, servers

__all__ = ["EmbeddedError", "Servers", "servers"]
