"""The demo: what its events are about as plain data, and how they come to life through the same services as everything else."""
