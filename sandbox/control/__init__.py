"""The control API under /sandbox: play the people, set faults, read what the product did."""
