"""Jobs: entry points that load nothing and decide nothing; each name calls one service by id.

`schedule.py` says what runs how often.
"""
