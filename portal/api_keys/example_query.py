"""A first query for a key: one that it may ask, small, and without a double quote, so that it fits into a shell's JSON."""

from collections.abc import Collection, Mapping

from portal.access.permissions import P, Permission

# The first whose permissions the key has; the last needs none.
EXAMPLES: Mapping[str, Collection[Permission]] = {
    "query NetworksToAsk { networks(first: 3) { nodes { asn name contacts { nodes { role email } } } } }": (
        P.NETWORKS_READ,
        P.CONTACTS_READ,
    ),
    "query Networks { networks(first: 3) { nodes { asn name policyGeneral } } }": (P.NETWORKS_READ,),
    "query Exchanges { exchanges(first: 3) { nodes { name city country } } }": (P.EXCHANGES_READ,),
    "query Facilities { facilities(first: 3) { nodes { name city country } } }": (P.FACILITIES_READ,),
    "query Carriers { carriers(first: 3) { nodes { name website } } }": (P.CARRIERS_READ,),
    "query Campuses { campuses(first: 3) { nodes { name city country } } }": (P.CAMPUSES_READ,),
    "query Contacts { contacts(first: 3) { nodes { role name email } } }": (P.CONTACTS_READ,),
    "query OurPrivateContacts { contacts(first: 3) { nodes { role name email } } }": (P.CONTACTS_READ_PRIVATE,),
    "query WhoAmI { viewer { key { name scopes expiresAt } organization { name } } }": (),
}


def example_query(permissions: Collection[Permission]) -> str:
    """Returns what a key with these permissions may ask."""
    return next(query for query, needed in EXAMPLES.items() if set(needed) <= set(permissions))
