"""Who changed what, and what it was before. Rows are only ever added. Verb: `note`."""
