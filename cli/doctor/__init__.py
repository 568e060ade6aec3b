"""Checks of the configuration and of every outside service, each with how to mend what it finds."""
