"""What happened, told once: events are facts, kept in the outbox, delivered after the commit.

Verbs: `record`, `reaction`, `Relay.run`.
"""
