"""What a store knows, cut into chunks and found again.

Verbs: `put_document`, `index`, `search`.
"""
