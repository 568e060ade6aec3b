"""Stores: their status, their trial, their settings.

Verbs: `open_store`, `settings_of`, `change_settings`.
"""
