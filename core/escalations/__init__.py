"""What a person must see first. Verbs: `open_escalation`, `handle`, `dismiss`."""
