"""The command line: composes processes out of the other packages, the only one to know them all."""
