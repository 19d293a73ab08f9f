"""What must be true of records that are kept here, by type: the same for mutations, pages and files. An import tells what breaks them."""

from collections.abc import Mapping

from portal.registry.rules.contacts import CONTACT_RULES
from portal.registry.rules.ports import PORT_RULES
from portal.registry.rules.rule import Rule

RULES: Mapping[str, tuple[Rule, ...]] = {"poc": CONTACT_RULES, "netixlan": PORT_RULES}
