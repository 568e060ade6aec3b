"""How good the answers are: sets written by hand, scored by the product's own functions."""
