"""Replies on their way to customers: planned, claimed once, sent, settled.

Verbs: `plan`, `cancel`, `claim_due`, `begin_send`, `settle`, `resolve_doubt`.
"""
