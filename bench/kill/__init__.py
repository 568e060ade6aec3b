"""The kill exam: the real product is killed with -9 at random moments of its main road.

`python -m bench.kill --rounds 100`. Customers write, robot operators approve, something dies,
what died comes back; at the end the database is judged against what the sandbox has recorded.
"""
