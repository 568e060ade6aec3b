"""Threads of customers: messages, episodes, turns, and what state each thread is in.

Verbs: `receive`, `revise` (a customer's edit), `answer_by_hand`, `resolve`, `reopen`, `claim`.
"""
