"""A database that is away, hangs, or can't be used: found out by one request, told once, and refused to the others until it is back."""
