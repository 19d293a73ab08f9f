"""Reading the registry: which rows a caller sees, filters, orders, pages, search, peers. No other folder selects records."""
