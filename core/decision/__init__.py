"""May this draft go out by itself, does it wait for a person, or must it be escalated.

Pure: `decide(case) -> Verdict` (engine), `speaks_of` (topics), `certify` (Learn-then-Test), the
breaker's test (drift), exact bounds (exact). With the database: `licence_for`, `issue`, `withdraw`,
`standings` (licence), `want_audit`, `judge` (reviews), `still_allowed` at the moment of sending
(gate).
"""
