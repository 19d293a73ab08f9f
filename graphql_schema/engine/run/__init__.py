"""Runs a plan's levels: statements, and the dicts that their rows become."""
