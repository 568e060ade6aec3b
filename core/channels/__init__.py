"""Connected messenger accounts: their state, their sealed secrets, their leases, their inbox.

Verbs: `connect`, `disconnect`, `lease`, `accept` (an update made durable), `claim_updates`.
"""
