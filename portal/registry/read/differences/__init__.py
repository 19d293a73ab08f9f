"""What an import would have said of records that are kept here, for who sees them."""
