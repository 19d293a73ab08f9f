"""The database: tables' base, column types, SQL that both engines understand, sessions that write, connections that only read."""
