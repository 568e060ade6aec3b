"""The resources under /api/v1, one module each: their shapes, and the verbs they call."""
