"""Messengers: one folder for each kind of channel, and the host that runs their accounts.

A kind imports `core.ports` and `core.kernel` alone; its `client.py` alone names the vendor.
"""
