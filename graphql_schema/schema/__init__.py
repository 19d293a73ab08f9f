"""What the types are made with: fields, filters, orders, connections, scalars, scopes."""
