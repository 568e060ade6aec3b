"""What would have gone out by itself, had the settings been others: before anybody switches them.

Verbs: `ask_replay`, `replay_due` (the worker's), `replay_of`, `cases_at`.
"""
