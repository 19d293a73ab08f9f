"""What pages and commands show of keys: the list, one key, those that need attention."""
