"""The people who write to a store, and by which account each is known."""
