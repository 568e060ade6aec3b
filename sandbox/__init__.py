"""Real HTTP stand-ins for the outside world: Telegram, OpenAI, and the people who write.

The product meets it over HTTP only; nothing here imports the product, and nothing there this.
"""
