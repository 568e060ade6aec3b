"""The exams of delivery: each a script that prints its counts and ends with 1 on a violation.

`python -m bench.delivery --help` lists them. Every one judges the database against what the
stand-in for the messenger has recorded, and each rule has a mutant it must catch.
"""
