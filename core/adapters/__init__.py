"""The only users of outside services' libraries, each behind a port or a small class of its own."""
