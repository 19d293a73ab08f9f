"""Answers that are computed from several records: peers, search, what networks have in common."""
