"""What a query will cost, estimated before it reads anything."""
