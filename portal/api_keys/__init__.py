"""API keys: the token's form, the one way from a header to a principal, the key's life, and the account of its use."""
