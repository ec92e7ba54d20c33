"""Deliberately broken variants of EasyTicket, and the proof that a test catches each: a test that cannot fail proves nothing."""
