"""The product itself: its rules, rows and use cases. Imports no surface (api, bot, connectors)."""
