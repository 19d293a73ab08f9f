"""Values as people and scripts give them → as they are stored. Each function raises Invalid: what is wrong, then what to do."""

from portal.registry.values.choice_values import choice, choices
from portal.registry.values.contact import country, email, phone, social_media, url
from portal.registry.values.network import address, as_sets, asn, mac_address, prefix
from portal.registry.values.numbers import MAX_ID, degrees, flag, number, one_of
from portal.registry.values.text_values import MAX_TEXT_CHARACTERS, one_line, several_lines

__all__ = (
    "MAX_ID",
    "MAX_TEXT_CHARACTERS",
    "address",
    "as_sets",
    "asn",
    "choice",
    "choices",
    "country",
    "degrees",
    "email",
    "flag",
    "mac_address",
    "number",
    "one_line",
    "one_of",
    "phone",
    "prefix",
    "several_lines",
    "social_media",
    "url",
)
