"""What a part costs on the market, where the store's own catalogue does not say.

Verbs: `ask` (a button), `ask_if_unmatched` (a draft without a price), `shown_price` (for cards and
pages), `price_facts` (for drafts). The worker looks up; nobody waits for it.

A row of `price_lookups` is the question, its answer while it is fresh, and the work itself:
whoever asks the same within that time is given the same row.
"""
