"""The store's own Telegram bot, by the Bot API: by polling or by webhook.

No key of ours is taken by the Bot API: a send of which nothing came back is Unsure for ever.
"""
