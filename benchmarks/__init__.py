"""How fast the portal is, measured beside others that answer the same: `python -m benchmarks`. README.md has the last result."""
