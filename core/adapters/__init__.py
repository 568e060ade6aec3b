"""The outside world as the core asked for it. Only `core/app.py` imports these."""
