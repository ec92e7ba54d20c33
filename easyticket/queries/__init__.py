"""Reads, with visibility and eager loading built in: what the actor may not see is NotFound. Nothing here writes."""
