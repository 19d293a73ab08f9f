"""Organizations as commands are told of them: by their id, which is a number that a database can hold."""

import click

from portal.whole_numbers import LARGEST_ID

ID = click.IntRange(1, LARGEST_ID)
ORGANIZATION = click.option("--organization", "organization_id", required=True, type=ID, metavar="ID", help="The organization's id.")
IF_ORGANIZATION = click.option("--organization", "organization_id", type=ID, metavar="ID", help="Only if it is this organization's.")
OF_ORGANIZATION = click.argument("organization_id", metavar="ORGANIZATION", type=ID)
