"""May this draft go out by itself, does it wait for a person, or must it be escalated.

Pure functions: `decide(case) -> Verdict`, whose reasons are listed and shown.
"""
