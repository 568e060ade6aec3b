"""What the core asks of the outside world. Adapters and connectors answer; nobody else does."""
