"""Who is calling and what they may do: the principal, the table of permissions, what a caller sees, and how a rule asks."""
