"""What the oracle knows of the 13 types: written down by hand from the contract, importing nothing of the portal."""

# GraphQL type → table, tag, {field: column}, {field: (type, many, here, there)}
TYPES: dict[str, tuple[str, str, dict[str, str], dict[str, tuple[str, bool, str, str]]]] = {
    "Organization": (
        "organization",
        "org",
        {"name": "name", "city": "city"},
        {
            "networks": ("Network", True, "id", "organization_id"),
            "exchanges": ("Exchange", True, "id", "organization_id"),
            "facilities": ("Facility", True, "id", "organization_id"),
            "carriers": ("Carrier", True, "id", "organization_id"),
            "campuses": ("Campus", True, "id", "organization_id"),
        },
    ),
    "Network": (
        "network",
        "net",
        {
            "name": "name",
            "asn": "asn",
            "infoPrefixes4": "info_prefixes4",
            "policyGeneral": "policy_general",
            "infoTypes": "info_types",
            "infoTraffic": "info_traffic",
            "infoIpv6": "info_ipv6",
            "socialMedia": "social_media",
        },
        {
            "organization": ("Organization", False, "organization_id", "id"),
            "contacts": ("Contact", True, "id", "network_id"),
            "ports": ("ExchangePort", True, "id", "network_id"),
            "facilities": ("NetworkFacility", True, "id", "network_id"),
        },
    ),
    "Exchange": (
        "exchange",
        "ix",
        {"name": "name", "city": "city", "netCount": "net_count"},
        {
            "organization": ("Organization", False, "organization_id", "id"),
            "ports": ("ExchangePort", True, "id", "exchange_id"),
            "peeringLans": ("PeeringLan", True, "id", "exchange_id"),
            "facilities": ("ExchangeFacility", True, "id", "exchange_id"),
        },
    ),
    "PeeringLan": (
        "peering_lan",
        "ixlan",
        {"mtu": "mtu", "descr": "descr"},
        {
            "exchange": ("Exchange", False, "exchange_id", "id"),
            "ports": ("ExchangePort", True, "id", "peering_lan_id"),
            "prefixes": ("Prefix", True, "id", "peering_lan_id"),
        },
    ),
    "Prefix": (
        "prefix",
        "ixpfx",
        {"prefix": "prefix", "protocol": "protocol", "inDfz": "in_dfz"},
        {"peeringLan": ("PeeringLan", False, "peering_lan_id", "id")},
    ),
    "ExchangePort": (
        "exchange_port",
        "netixlan",
        {"speed": "speed", "asn": "asn", "ipaddr4": "ipaddr4", "isRsPeer": "is_rs_peer"},
        {
            "network": ("Network", False, "network_id", "id"),
            "exchange": ("Exchange", False, "exchange_id", "id"),
            "peeringLan": ("PeeringLan", False, "peering_lan_id", "id"),
            "networkSideFacility": ("Facility", False, "net_side_id", "id"),
            "exchangeSideFacility": ("Facility", False, "ix_side_id", "id"),
        },
    ),
    "Contact": (
        "contact",
        "poc",
        {"name": "name", "email": "email", "role": "role", "visible": "visible"},
        {"network": ("Network", False, "network_id", "id")},
    ),
    "Facility": (
        "facility",
        "fac",
        {"name": "name", "city": "city", "latitude": "latitude"},
        {
            "organization": ("Organization", False, "organization_id", "id"),
            "campus": ("Campus", False, "campus_id", "id"),
            "networks": ("NetworkFacility", True, "id", "facility_id"),
            "exchanges": ("ExchangeFacility", True, "id", "facility_id"),
            "carriers": ("CarrierFacility", True, "id", "facility_id"),
            "networkSidePorts": ("ExchangePort", True, "id", "net_side_id"),
            "exchangeSidePorts": ("ExchangePort", True, "id", "ix_side_id"),
        },
    ),
    "NetworkFacility": (
        "network_facility",
        "netfac",
        {"localAsn": "local_asn"},
        {"network": ("Network", False, "network_id", "id"), "facility": ("Facility", False, "facility_id", "id")},
    ),
    "ExchangeFacility": (
        "exchange_facility",
        "ixfac",
        {},
        {"exchange": ("Exchange", False, "exchange_id", "id"), "facility": ("Facility", False, "facility_id", "id")},
    ),
    "Carrier": (
        "carrier",
        "carrier",
        {"name": "name", "aka": "aka", "facCount": "fac_count"},
        {
            "organization": ("Organization", False, "organization_id", "id"),
            "facilities": ("CarrierFacility", True, "id", "carrier_id"),
        },
    ),
    "CarrierFacility": (
        "carrier_facility",
        "carrierfac",
        {},
        {"carrier": ("Carrier", False, "carrier_id", "id"), "facility": ("Facility", False, "facility_id", "id")},
    ),
    "Campus": (
        "campus",
        "campus",
        {"name": "name", "city": "city", "databaseId": "id", "socialMedia": "social_media"},
        {"organization": ("Organization", False, "organization_id", "id"), "facilities": ("Facility", True, "id", "campus_id")},
    ),
}
ROOTS = {
    "organizations": "Organization",
    "networks": "Network",
    "exchanges": "Exchange",
    "peeringLans": "PeeringLan",
    "prefixes": "Prefix",
    "exchangePorts": "ExchangePort",
    "facilities": "Facility",
    "networkFacilities": "NetworkFacility",
    "exchangeFacilities": "ExchangeFacility",
    "carriers": "Carrier",
    "carrierFacilities": "CarrierFacility",
    "campuses": "Campus",
    "contacts": "Contact",
}
PARENTS = {
    "network": {"organization_id": "organization"},
    "exchange": {"organization_id": "organization"},
    "facility": {"organization_id": "organization"},
    "peering_lan": {"exchange_id": "exchange"},
    "prefix": {"peering_lan_id": "peering_lan"},
    "exchange_facility": {"exchange_id": "exchange", "facility_id": "facility"},
    "carrier": {"organization_id": "organization"},
    "carrier_facility": {"carrier_id": "carrier", "facility_id": "facility"},
    "campus": {"organization_id": "organization"},
    "exchange_port": {"network_id": "network", "peering_lan_id": "peering_lan"},
    "network_facility": {"network_id": "network", "facility_id": "facility"},
    "contact": {"network_id": "network"},
    "organization": {},
}
OWNER = {
    "peering_lan": "exchange_id",
    "prefix": "peering_lan_id",
    "exchange_port": "network_id",
    "network_facility": "network_id",
    "exchange_facility": "exchange_id",
    "carrier_facility": "carrier_id",
    "contact": "network_id",
}
LISTS = {"infoTypes"}
ZERO_IS_UNSET = {"mtu", "localAsn"}
OBJECTS = {"socialMedia": ("service", "identifier")}
FOLDED = {"name", "aka", "city"}  # compared without accents; others without case alone
BOOLEANS = {"infoIpv6", "isRsPeer", "inDfz"}
WORDS = {
    "Open": "OPEN",
    "Selective": "SELECTIVE",
    "Restrictive": "RESTRICTIVE",
    "No": "NO",
    "": "NOT_DISCLOSED",
    "Not Disclosed": "NOT_DISCLOSED",
}
CHOICES: dict[str, dict[str, str]] = {
    "policyGeneral": WORDS,
    "infoTypes": {"Content": "CONTENT", "NSP": "NSP", "Cable/DSL/ISP": "CABLE_DSL_ISP", "": "NOT_DISCLOSED"},
    "infoTraffic": {
        "": "NOT_DISCLOSED",
        "Not Disclosed": "NOT_DISCLOSED",
        "0-20 Mbps": "MBPS_0_20",
        "1-5Gbps": "GBPS_1_5",
        "100-200Gbps": "GBPS_100_200",
        "100+ Gbps": "GBPS_100_200",
        "1-5Tbps": "TBPS_1_5",
        "1 Tbps+": "TBPS_1_5",
    },
    "role": {"NOC": "NOC", "Policy": "POLICY", "Technical": "TECHNICAL"},
    "protocol": {"IPv4": "IPV4", "IPv6": "IPV6"},
    "visible": {"Public": "PUBLIC", "Users": "USERS", "Private": "PRIVATE"},
}
ASCENDING = ("MBPS_0_20", "GBPS_1_5", "GBPS_100_200", "TBPS_1_5")  # of infoTraffic
