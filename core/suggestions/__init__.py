"""Replies the AI drafts, and what operators make of them.

Verbs: `gather`, `draft_turn`, `propose`, `approve`, `reject`, `escalate`, `regenerate`.
"""
