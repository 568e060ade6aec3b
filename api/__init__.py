"""The HTTP surface: translates JSON into verbs of the core and their outcomes into JSON.

`create_app` builds it, `serve` runs it. Nothing is decided here.
"""
