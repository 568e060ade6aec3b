"""What a command says when it cannot go on."""


class CommandError(Exception):
    """What went wrong and how to mend it, in one line for the person who typed the command."""
