"""Writing the registry: approvals, counters, and what becomes visible with an approval."""
