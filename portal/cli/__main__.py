"""`python -m portal.cli`, where the `portal` script isn't installed."""

from portal.cli import main

main()
