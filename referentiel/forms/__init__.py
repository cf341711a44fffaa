"""Forms of the norm: checking what is typed, nothing more."""
