"""The only users of openai and its like; `core.app` alone imports them."""
