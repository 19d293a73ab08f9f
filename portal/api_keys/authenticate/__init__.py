"""From an Authorization header to a principal, and from a token back to its key."""
