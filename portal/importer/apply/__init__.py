"""Applies a plan in slices: short transactions, each with a version of its own, that leave the registry consistent and let others write."""
