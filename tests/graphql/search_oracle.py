"""What a search must find and in which order, by raw rows and plain Python, beside `oracle.py`; and registries to search."""

import re
from ipaddress import ip_address, ip_network
from random import Random
from typing import Any

from tests.graphql.oracle import Oracle, Row
from tests.graphql.oracle_orders import plain

KINDS = ("Network", "Exchange", "Facility", "Organization", "Carrier", "Campus")
SIZES = {"Network": "ix_count", "Exchange": "net_count", "Facility": "net_count", "Carrier": "fac_count"}
STATUSES = ("ok",) * 6 + ("pending", "deleted")
WORDS = ("Example", "Ex", "ample", "DE-CIX", "Zürich", "Łabs", "100%", "net_", "back\\slash", "(north)", "AS65540", "65541", "Ltd.")
SETS = ("", "", "AS-EXAMPLE", "RIPE::AS-EX, AS65540:AS-AMPLE", "as-zurich RADB::AS-EXAMPLE", "AS-EXAMPLE-6")
Rows = list[tuple[str, dict[str, Any]]]


def registry(random: Random, organizations: list[int]) -> Rows:
    """(model, columns) of records whose names share their words, parents first; a deleted parent's children are deleted."""
    rows: Rows = []
    deleted: set[tuple[str, int]] = set()

    def words(most: int) -> str:
        return " ".join(random.sample(WORDS, random.randint(0, most)))

    def add(kind: str, number: int, parents: dict[str, str], **values: Any) -> None:
        gone = any((parent, values[column]) in deleted for column, parent in parents.items())
        status = "deleted" if gone else random.choice(STATUSES)
        if status == "deleted":
            deleted.add((kind, number))
        rows.append((kind, {"id": number, "status": status, **values}))

    for number in range(1, 61):
        kind = random.choice(KINDS)
        name = {"name": f"{random.choice(WORDS)} {words(1)}{number if random.random() < 0.7 else ''}".strip(), "name_long": words(2)}
        if any(kind == other and name["name"] == values["name"] for other, values in rows):
            name["name"] += f" {number}"
        owner = {} if kind == "Organization" else {"organization_id": random.choice(organizations)}
        more = {"asn": 65536 + number, "irr_as_set": random.choice(SETS)} if kind == "Network" else {}
        size = {SIZES[kind]: random.randint(0, 2)} if kind in SIZES else {}
        add(kind, number, {}, aka=words(1), **name, **owner, **more, **size)
    for number, exchange in enumerate(ids(rows, "Exchange")[:15], 1):
        add("PeeringLan", number, {"exchange_id": "Exchange"}, exchange_id=exchange)
        for place, block in enumerate((f"203.0.113.{16 * number}/28", f"2001:db8:a{number}::/64")):
            lan = {"peering_lan_id": number}
            add("Prefix", 2 * number + place, {"peering_lan_id": "PeeringLan"}, prefix=block, protocol=f"IPv{4 + 2 * place}", **lan)
        for place, network in enumerate(random.sample(ids(rows, "Network"), min(3, len(ids(rows, "Network"))))):
            addresses = {"ipaddr4": f"203.0.113.{16 * number + place}", "ipaddr6": f"2001:db8:a{number}::{place}"}
            sides = {"network_id": network, "exchange_id": exchange, "peering_lan_id": number, "asn": 65536 + network}
            add("ExchangePort", 4 * number + place, {"network_id": "Network", "peering_lan_id": "PeeringLan"}, **sides, **addresses)
    return rows


def ids(rows: Rows, kind: str) -> list[int]:
    return [values["id"] for other, values in rows if other == kind]


def text(random: Random, rows: Rows) -> str:
    """What somebody may type."""
    word, (_, row) = random.choice(WORDS), random.choice([pair for pair in rows if "name" in pair[1]])
    cut = random.randint(2, max(2, len(word)))
    number = random.randint(1, 8)
    choices: list[str] = [word, word.upper(), word[:cut], word[-cut:], f"{word} {random.choice(WORDS)}", "ex am"]
    choices += [row["name"], row["name"].swapcase()]
    choices += [f"AS{65536 + number}", f"as {65536 + number}", str(65536 + number), "as-example", "RIPE::AS-EX", "as65540:as-ample", "ex"]
    choices += [
        f"ASN{65536 + number}",
        "decix",
        "DE.CIX",
        "ltd",
        "ex.ample",
        "as-example@ripe",
        "radb::as-example",
        "AS-EX@RIPE",
        "asexample",
    ]
    choices += [f"203.0.113.{16 * number + random.randint(0, 4)}", f"2001:db8:a{number}::{random.randint(0, 3)}", "192.0.2.1"]
    choices += [f"203.0.113.{16 * number}/28", "203.0.113.0/24", f"203.0.113.{16 * number}/30", f"2001:DB8:A{number}::7/64", "0.0.0.0/0"]
    return random.choice(choices)


def results(oracle: Oracle, kinds: set[str], text: str) -> list[tuple[str, int]]:
    """(type, id) in order, of the types that the caller may read."""
    ranks = by_block(oracle, text) if is_block(text) else by_text(oracle, text)
    places = [
        (rank, KINDS.index(kind), -row.get(SIZES.get(kind, ""), 0), plain(row["name"]), row["id"])
        for kind in KINDS
        for row in oracle.rows(kind)
        if kind in kinds and (rank := ranks.get((kind, row["id"]))) is not None
    ]
    return [(KINDS[place], number) for _, place, _, _, number in sorted(places)]


def is_block(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False


def by_block(oracle: Oracle, text: str) -> dict[tuple[str, int], int]:
    """By ports with the address, and by overlapping prefixes."""
    block, ranks = ip_network(text, strict=False), dict[tuple[str, int], int]()
    lans = {row["id"]: row["exchange_id"] for row in oracle.rows("PeeringLan")}
    for row in oracle.rows("Prefix"):
        prefix = ip_network(row["prefix"])
        if prefix.version == block.version and prefix.overlaps(block):
            key = ("Exchange", lans[row["peering_lan_id"]])
            ranks[key] = min(0 if prefix == block else 1, ranks.get(key, 1))
    for row in oracle.rows("ExchangePort"):
        addresses = [ip_address(row[name]) for name in ("ipaddr4", "ipaddr6")]
        if block.num_addresses == 1 and block.network_address in addresses:
            ranks["Network", row["network_id"]] = ranks["Exchange", row["exchange_id"]] = 0
    return ranks


def by_text(oracle: Oracle, text: str) -> dict[tuple[str, int], int]:
    whole = plain(text)
    asn = re.fullmatch(r"(?:asn?[ :-]?)?(\d+)", whole)
    ranks = {}
    for kind in KINDS:
        for row in oracle.rows(kind):
            if asn and row.get("asn") == int(asn[1]):
                ranks[kind, row["id"]] = 0
            elif (rank := rank_of(row, whole)) is not None:
                ranks[kind, row["id"]] = rank
    return ranks


def rank_of(row: Row, whole: str) -> int | None:
    """None where a word isn't in any of its texts."""
    name, others, sets = plain(row["name"]), [plain(row["aka"]), plain(row["name_long"])], row.get("irr_as_set", "").lower()
    texts, bare = [name, *others, sets], [joined(text) for text in (name, *others)]
    of_source = re.fullmatch(r"([ar]s[-\d][\w:-]*)@([a-z-]+)|([a-z-]+)::([ar]s[-\d][\w:-]*)", whole, re.ASCII)
    left, source, other_source, right = of_source.groups() if of_source else (whole, "", "", "")
    whole, source = left or right, source or other_source
    words = [joined(word) for word in parts(whole) if word]
    if not all(any(word in text for text in [*texts, *bare]) for word in words):
        return None
    of_sets = {part for name_of_set in re.split(r"[\s,]+", sets) for part in (name_of_set, name_of_set.rpartition("::")[2]) if part}
    names, either = [name, bare[0]], {whole, joined(whole)}
    tests = (
        not either.isdisjoint(names),
        not either.isdisjoint(others) or joined(whole) in bare[1:] or (f"{source}::{whole}" if source else whole) in of_sets,
        any(form.startswith(tuple(either)) for form in names),
        any(other.startswith(tuple(either)) for other in others),
        all(any(begins(word, form) for form in names) for word in words),
        all(any(begins(word, text) for text in texts) for word in words),
        all(any(word in form for form in names) for word in words),
    )
    return next((rank for rank, holds in enumerate(tests) if holds), len(tests))


def begins(word: str, text: str) -> bool:
    """Whether it begins a word of the text."""
    return any(part.startswith(word) for part in parts(text))


def joined(text: str) -> str:
    return re.sub("[-./&']", "", text) or text


def parts(text: str) -> list[str]:
    return re.split(r"[\s\-/(.:]+", text)
