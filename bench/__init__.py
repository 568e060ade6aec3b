"""Benchmarks: the product's own processes beside the barest code that does the same job.

`python -m bench` starts everything it needs, on loopback, and stops it again. Every figure is a
ratio to a floor that ran in turns with it (A/B/A/B, median of the blocks), because a rate alone
tells more about the machine than about the code. The second number is CPU per operation.
"""
