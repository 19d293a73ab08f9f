"""Where a new port or presence is, as people name it: a port by its address, a presence by the name or the id of its facility."""

from dataclasses import replace
from typing import Any

from flask import request

from portal.extensions import db
from portal.pages.records.record_form import RecordForm
from portal.registry.description import RecordType
from portal.registry.ports import PORT, ExchangePort
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.write.clean import clean_values
from portal.registry.write.declare.facility_names import complete_presence
from portal.registry.write.declare.port_addresses import ADDRESSES, lan_of
from portal.whole_numbers import LARGEST_ID, read_number

PLACE_FIELDS = {
    "netixlan": ("Exchange", "Needed only if no exchange, or more than one, has a prefix with this address. Enter its ID, such as ix:31."),
    "netfac": ("Facility", "Enter its name, or its ID, such as fac:58."),
    "ixfac": ("Facility", "Enter its name, or its ID, such as fac:58."),
}


NO_PORT = ExchangePort(ipaddr4=None, ipaddr6=None)  # with which an address is compared that is new


def find_place(kind: RecordType, form: RecordForm, given: dict[str, Any]) -> dict[str, Any]:
    """Returns the column that says where the new record is. Raises Rejected where no place, or more than one, is meant."""
    if kind.tag not in PLACE_FIELDS:
        return {}
    named = request.form.get("place", "").strip()
    if kind is PORT:
        return {"peering_lan_id": find_lan(given, named)}
    number = number_in(named, "fac")
    try:
        entry = {"facility_id": number} if number is not None else {"name": named}
        return {"facility_id": complete_presence(db.session(), entry)["facility_id"]}
    except Rejected as rejected:
        raise in_plain_words(rejected, "Enter the name or the id of a facility." if not named else "") from None


def find_lan(given: dict[str, Any], named: str) -> int:
    cleaned = clean_values(PORT, {name: given[name] for name in ADDRESSES if given.get(name)}, NO_PORT)
    if cleaned.problems:
        raise Rejected(cleaned.problems)
    exchange_id, address = number_in(named, "ix"), next(iter(cleaned.values.values()), None)
    if named and exchange_id is None:
        raise Rejected([Problem(f'"{named[:60]}" isn\'t the id of an exchange. Enter one such as ix:31, or leave this empty.')])
    if not address:
        raise Rejected([Problem("A port needs an IPv4 or an IPv6 address. Enter one of them.", ("ipaddr4",))])
    try:
        return lan_of(db.session(), address, exchange_id)
    except Rejected as rejected:
        raise in_plain_words(rejected, "", "Check the address, or enter the id of the exchange.") from None


def number_in(text: str, tag: str) -> int | None:
    return read_number(text.lower().removeprefix(f"{tag}:"), LARGEST_ID)


def in_plain_words(rejected: Rejected, message: str = "", cure: str = "") -> Rejected:
    """Without the names of arguments, which a page doesn't have."""
    problems = []
    for problem in rejected.problems:
        said = problem.message.partition(". ")[0]
        problems.append(replace(problem, message=message or f"{said}. {cure or 'Check it, or enter its id.'}"))
    return Rejected(problems)
