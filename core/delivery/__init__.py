"""Replies on their way to customers: planned, claimed once, sent, settled; and the queue of them.

Verbs: `plan`, `withdraw`, `claim`, `begin_send`, `settle`, `settle_doubt`, `retry`; `list_queue`
and `figures` show it, `measure` counts it.
"""
