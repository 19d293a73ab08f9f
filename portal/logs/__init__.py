"""What the portal logs: one form for each line, without secrets, with the id of the request that it is about."""
