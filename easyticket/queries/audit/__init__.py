"""The audit's invariants: what is true of the database at every moment, whatever crashed in between. They only read."""
