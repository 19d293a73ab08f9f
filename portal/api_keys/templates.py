"""Ready choices of grants, for the form (`?template=find-peers` is a link that can be shared) and for the command line."""

from dataclasses import dataclass

from portal.access.permissions import P


@dataclass(frozen=True)
class Template:
    """What it is for, in words, and what it grants: all of ours, where a permission acts on our own objects."""

    name: str
    says: str
    permissions: tuple[P, ...]


READS = (P.NETWORKS_READ, P.EXCHANGES_READ, P.FACILITIES_READ, P.CONTACTS_READ)

TEMPLATES: dict[str, Template] = {
    "find-peers": Template("Find peers", "Find networks to peer with, and who to contact.", READS),
    "build-router-configuration": Template(
        "Build router configuration", "Read ASNs, addresses and maximum prefixes.", (P.NETWORKS_READ, P.EXCHANGES_READ)
    ),
    "keep-records-current": Template(
        "Keep our records current",
        "Read the directory, and update our networks and contacts.",
        (*READS, P.NETWORKS_UPDATE, P.CONTACTS_UPDATE),
    ),
    "contacts-only": Template("Contacts only", "Read contacts, and nothing else.", (P.CONTACTS_READ,)),
    "usage-reporting": Template("Usage reporting", "Read how our own keys are used.", (P.USAGE_READ,)),
}
