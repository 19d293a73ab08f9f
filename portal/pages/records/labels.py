"""What pages call the columns of records: the one place for words, their order, and the headings that they stand under."""

from collections.abc import Collection, Iterator, Mapping

from portal.registry.description import RecordType

# Heading → column → label.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Identity": {
        "asn": "ASN",
        "role": "Role",
        "visible": "Visible to",
        "name": "Name",
        "aka": "Also known as",
        "name_long": "Long name",
        "info_types": "Network types",
        "info_scope": "Geographic scope",
        "descr": "Description",
    },
    "Addresses and speed": {
        "ipaddr4": "IPv4 address",
        "ipaddr6": "IPv6 address",
        "speed": "Speed in Mbit/s",
        "local_asn": "ASN used there",
        "prefix": "Prefix",
        "in_dfz": "Announced to the internet",
        "mtu": "MTU in bytes",
        "vlan": "VLAN",
        "dot1q_support": "Frames can be tagged (802.1Q)",
        "rs_asn": "Route server ASN",
        "arp_sponge": "ARP sponge MAC address",
        "ixf_ixp_member_list_url": "IX-F member list URL",
        "ixf_ixp_member_list_url_visible": "Member list visible to",
    },
    "Operation": {
        "operational": "In operation",
        "is_rs_peer": "Peers with the route servers",
        "bfd_support": "Supports BFD",
    },
    "Peering policy": {
        "policy_general": "Policy",
        "policy_locations": "Several locations",
        "policy_contracts": "Contract",
        "policy_ratio": "A traffic ratio is required",
        "info_never_via_route_servers": "Never via route servers",
        "policy_url": "Policy URL",
    },
    "Prefix limits and AS-SETs": {
        "info_prefixes4": "IPv4 prefix limit",
        "info_prefixes6": "IPv6 prefix limit",
        "irr_as_set": "AS-SETs",
    },
    "Traffic": {
        "info_traffic": "Traffic",
        "info_ratio": "Traffic ratio",
        "info_unicast": "Unicast IPv4",
        "info_ipv6": "IPv6",
        "info_multicast": "Multicast",
    },
    "Service": {
        "media": "Media",
        "proto_multicast": "Multicast is carried",
        "service_level": "Service level",
        "terms": "Commercial terms",
        "property": "Property",
        "diverse_serving_substations": "Fed by several substations",
        "available_voltage_services": "Power offered",
        "clli": "CLLI code",
        "rencode": "Rencode",
        "npanxx": "NPA-NXX",
    },
    "Where it is": {
        "address1": "Address",
        "address2": "Address, second line",
        "floor": "Floor",
        "suite": "Suite",
        "city": "City",
        "zipcode": "Postcode",
        "state": "State or province",
        "country": "Country code",
        "latitude": "Latitude",
        "longitude": "Longitude",
    },
    "How to reach it": {
        "email": "E-mail",
        "phone": "Phone",
        "url": "URL",
        "tech_email": "Technical e-mail",
        "tech_phone": "Technical phone",
        "policy_email": "Policy e-mail",
        "policy_phone": "Policy phone",
        "sales_email": "Sales e-mail",
        "sales_phone": "Sales phone",
    },
    "Links": {
        "website": "Website",
        "looking_glass": "Looking glass",
        "route_server": "Route server",
        "url_stats": "Traffic statistics",
        "status_dashboard": "Status page",
        "logo": "Logo",
        "social_media": "Social media",
    },
    "Notes": {
        "notes": "Notes",
        "notes_private": "Private notes",
    },
}
HINTS: Mapping[str, str] = {
    "asn": "Such as 64500. It can't be changed later.",
    "info_prefixes4": "The most prefixes that peers should accept.",
    "info_prefixes6": "The most prefixes that peers should accept.",
    "irr_as_set": "With its source, such as RIPE::AS-EXAMPLE. Separate several with spaces.",
    "speed": "Such as 10000 for 10G.",
    "country": "Two letters, such as NL.",
    "latitude": "Degrees, such as 52.3676.",
    "longitude": "Degrees, such as 4.9041.",
    "phone": "With the country code, such as +49 69 123456.",
    "tech_phone": "With the country code, such as +49 69 123456.",
    "social_media": "One account per line: the service, a space, then the account, such as mastodon https://social.example.net/@noc",
    "notes": "Markdown. Everyone can read it.",
    "notes_private": "Markdown. Only your organization can read it.",
    "visible": "Users: people and API keys of every organization here. Public: everyone.",
    "prefix": "Such as 192.0.2.0/24.",
    "local_asn": "Leave empty if it is the network's own ASN.",
    "mtu": "1500 or 9000.",
}
LABELS: Mapping[str, str] = {column: label for labels in GROUPS.values() for column, label in labels.items()}
OTHER_LABELS: Mapping[str, str] = {"source": "Kept by", "status": "State", "region_continent": "Region"}


def columns_of(kind: RecordType, *, new: bool = False) -> list[str]:
    """Returns the columns that a form asks for; what is given once only for a new record. References aren't typed."""
    return [
        column
        for column in LABELS
        if column in kind.editable and (new or not kind.editable[column].once) and not kind.table.c[column].foreign_keys
    ]


def groups_of(columns: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yields each heading with its columns, without headings that have none."""
    for heading, labels in GROUPS.items():
        below = [column for column in labels if column in columns]
        if below:
            yield heading, below


def label_of(column: str) -> str:
    return LABELS.get(column) or OTHER_LABELS.get(column) or column.replace("_", " ").capitalize()
