"""Finds what a question may be answered from.

Three legs over one index: article numbers, words, vectors; fused by reciprocal ranks (docs/adr/
0010). What the legs agree is only the nearest of the irrelevant is left out: a question the store
knows nothing about finds nothing.

`question` reads the words, `lexicon` weighs them by the store's own, `legs` asks the index,
`fusion` orders what came, `find` is the way in, `rerank` may ask a model for its order.
"""

from core.knowledge.search.find import Finding, find, search
from core.knowledge.search.fusion import Found, Weights

__all__ = ["Finding", "Found", "Weights", "find", "search"]
