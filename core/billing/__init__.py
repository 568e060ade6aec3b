"""Money: what the AI cost a store, call by call. Verbs: `reserve`, `settle`."""
