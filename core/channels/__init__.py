"""Connected messenger accounts: their state, their sealed secrets, their leases, their inbox.

Verbs: `connect`, `disconnect`, `set_state` (service); `acquire`, `renew`, `release` (leases);
`keep`, `claim`, `finish`, `put_back`, `park`, `sweep` (inbox); `accounts` (queries);
`Doors` (whose webhook this is, and whether it may come in).
"""
