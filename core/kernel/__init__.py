"""The ground every room stands on: settings, database, unit of work, clock, ids, errors, queues."""
