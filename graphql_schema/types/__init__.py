"""The record types of the schema, one file per noun, and what callers learn of themselves and of the data."""
