"""What must be true of records that are kept here, by type: the same for mutations, pages and files. An import tells what breaks them."""

from collections.abc import Mapping

from portal.registry.rules.asns import public_asn
from portal.registry.rules.contacts import CONTACT_RULES
from portal.registry.rules.facilities import FACILITY_RULES
from portal.registry.rules.ports import PORT_RULES
from portal.registry.rules.prefixes import PREFIX_RULES
from portal.registry.rules.rule import Rule

RULES: Mapping[str, tuple[Rule, ...]] = {
    "net": (public_asn("asn"),),
    "poc": CONTACT_RULES,
    "ixlan": (public_asn("rs_asn"),),
    "ixpfx": PREFIX_RULES,
    "netixlan": PORT_RULES,
    "fac": FACILITY_RULES,
    "netfac": (public_asn("local_asn"),),
}
