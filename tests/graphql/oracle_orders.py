"""What the oracle knows of orders: written down by hand from the contract, importing nothing of the portal."""

import unicodedata
from typing import Any

Row = dict[str, Any]
Keys = list[dict[str, str]]  # {"field": "NAME", "direction": "DESC"}

FOLDED = {"name", "city"}
ALL = {"DATABASE_ID": "id", "UPDATED": "updated"}
PLACE = {"NAME": "name", "CITY": "city", "COUNTRY": "country"}
ORDERS: dict[str, dict[str, str]] = {
    "Organization": ALL | PLACE,
    "Network": ALL | {"NAME": "name", "ASN": "asn", "IX_COUNT": "ix_count", "FAC_COUNT": "fac_count"},
    "Exchange": ALL | PLACE | {"NET_COUNT": "net_count", "FAC_COUNT": "fac_count"},
    "PeeringLan": ALL,
    "Prefix": ALL,
    "ExchangePort": ALL | {"ASN": "asn", "SPEED": "speed"},
    "Facility": ALL | PLACE | {"NET_COUNT": "net_count", "IX_COUNT": "ix_count"},
    "NetworkFacility": ALL,
    "ExchangeFacility": ALL,
    "Carrier": ALL | {"NAME": "name", "FAC_COUNT": "fac_count"},
    "CarrierFacility": ALL,
    "Campus": ALL | PLACE,
    "Contact": ALL | {"NAME": "name"},
}


def in_order(kind: str, rows: list[Row], keys: Keys) -> list[Row]:
    """By each key, then by id in the last key's direction."""
    columns = [(ORDERS[kind][key["field"]], key["direction"] == "DESC") for key in keys]
    for column, descending in [*columns, ("id", columns[-1][1] if columns else False)][::-1]:
        rows = sorted(rows, key=lambda row: plain(row[column]) if column in FOLDED else row[column], reverse=descending)
    return rows


def plain(text: str) -> str:
    """Without case and accents."""
    letters = unicodedata.normalize("NFKD", text.replace("Ł", "L").replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower().strip()
