"""Strict doubles of the payment providers: HTTP servers on loopback that keep books as the real ones do."""
