"""Which card hangs in which operator's chat, and whether it still tells the truth.

The transaction that changes what a card shows asks for it (`want`, `touch`); the bot's drain
claims what is out of date and draws it. Verbs: `want`, `touch`, `shrink`, `claim_cards`.
"""
