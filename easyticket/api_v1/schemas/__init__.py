"""What the operations take and give, one file per resource, with examples."""
