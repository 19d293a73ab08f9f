"""What the file says of records that are kept here: found while nothing is locked, and stored where it isn't stored already."""
