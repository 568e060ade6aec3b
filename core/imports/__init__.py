"""Files that become documents and products: looked at first, then taken whole or not at all.

Verbs: `upload`, `correct`, `apply`, `cancel`; the worker reads, previews and applies.
"""
