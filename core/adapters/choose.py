"""Which models a deployment has, by its settings."""

from core.adapters.openai_chat import OpenAiDrafter
from core.adapters.openai_client import open_client
from core.adapters.openai_embeddings import OpenAiEmbedder
from core.adapters.openai_judge import OpenAiJudge
from core.adapters.openai_prices import OpenAiPrices
from core.adapters.openai_rerank import OpenAiReranker
from core.kernel.settings import Settings
from core.knowledge.embed import OfflineEmbedder
from core.ports.ai import Drafter, Embedder, Judge, Reranker
from core.ports.prices import PriceSearch

OFFLINE = "offline"


def drafter_for(settings: Settings) -> Drafter | None:
    """None without a key: the product then works with people alone."""
    key = settings.openai_api_key
    if key is None:
        return None
    client = open_client(key.get_secret_value(), settings.openai_base_url)
    return OpenAiDrafter(client, settings.openai_chat_model)


def judge_for(settings: Settings) -> Judge | None:
    """Who checks the drafts; None without a key."""
    key = settings.openai_api_key
    if key is None:
        return None
    client = open_client(key.get_secret_value(), settings.openai_base_url)
    return OpenAiJudge(client, settings.judge_model)


def embedder_for(settings: Settings) -> Embedder:
    """The product's own without a key, or where the store's people chose it."""
    key = settings.openai_api_key
    if key is None or settings.embedding_model == OFFLINE:
        return OfflineEmbedder()
    client = open_client(key.get_secret_value(), settings.openai_base_url)
    return OpenAiEmbedder(client, settings.embedding_model)


def price_search_for(settings: Settings) -> PriceSearch | None:
    """None without a key: the market cannot be asked."""
    key = settings.openai_api_key
    if key is None:
        return None
    client = open_client(key.get_secret_value(), settings.openai_base_url)
    return OpenAiPrices(client, settings.openai_price_model)


def reranker_for(settings: Settings) -> Reranker | None:
    """None unless a model is named for it: search is quick and free without."""
    key, model = settings.openai_api_key, settings.search_rerank_model
    if key is None or not model:
        return None
    return OpenAiReranker(open_client(key.get_secret_value(), settings.openai_base_url), model)
