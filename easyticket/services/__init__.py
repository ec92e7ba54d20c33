"""Writes. One function is one use case and one transaction; its first line asks whether the actor may."""
