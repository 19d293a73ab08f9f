"""PeeringDB's dumps, in and out: file → temporary staging tables → rows, and back."""
