"""Schemathesis against the application: generated requests by each kind of caller, on each kind of database. See `__main__`."""
