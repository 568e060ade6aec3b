"""Which models a deployment has, by its settings."""

from core.kernel.settings import Settings
from core.knowledge.embed import OfflineEmbedder
from core.ports.ai import Drafter, Embedder

OFFLINE = "offline"


def drafter_for(settings: Settings) -> Drafter | None:
    """None without a key: the product then works with people alone."""
    return None


def embedder_for(settings: Settings) -> Embedder:
    return OfflineEmbedder()
