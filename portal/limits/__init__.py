"""Points per minute: budgets, counted in one process's memory or in Redis, and the charge of one request."""
