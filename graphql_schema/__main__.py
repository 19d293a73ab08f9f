"""Prints the schema."""

import sys

from graphql_schema import sdl

sys.stdout.write(sdl())
