"""The floor every room stands on: database, unit of work, settings, clock, ids, errors."""
