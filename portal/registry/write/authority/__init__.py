"""Gives a record that is kept here back to the import."""
