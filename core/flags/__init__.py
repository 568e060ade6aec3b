"""Switches of SPEC 17: a start value, the platform's live value, a tenant's own.

Verbs: `read` (in this transaction), `turn`, and `Flags` (a process's view, at most a second old).
"""
