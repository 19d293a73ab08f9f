"""What happens to a key: it is created, edited, rotated, stopped, frozen, reported as leaked."""
