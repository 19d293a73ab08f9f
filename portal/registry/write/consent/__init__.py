"""What an organization says of a record without editing it: that it is still true; or of another's that meets its own."""
