"""What the two documents say and draw, from a snapshot and nothing else."""
