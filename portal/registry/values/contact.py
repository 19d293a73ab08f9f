"""How someone is reached: URLs, e-mail addresses, phone numbers, countries, accounts elsewhere."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from portal.email_addresses import check_email
from portal.errors import Invalid
from portal.registry.values.countries import COUNTRY_CODES
from portal.registry.values.text_values import MAX_TEXT_CHARACTERS, given_text, one_line

MAX_ACCOUNTS = 20
MAX_PHONE_CHARACTERS = 64
SERVICE = re.compile("[a-z0-9_-]{1,30}", re.ASCII)


def url(schemes: Sequence[str]) -> Callable[..., str]:
    def clean(value: Any, *_: Any) -> str:
        text = given_text(value)
        if not text:
            return ""
        try:
            parts = urlsplit(text)
            valid = parts.scheme.lower() in schemes and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
        except ValueError:
            valid = False
        if not valid:
            raise Invalid(f"This isn't a URL. Begin it with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
        if len(text) > MAX_TEXT_CHARACTERS:
            raise Invalid(f"This has {len(text)} characters; {MAX_TEXT_CHARACTERS} is the maximum.")
        return text

    return clean


def email(*, required: bool = False) -> Callable[..., str]:
    def clean(value: Any, *_: Any) -> str:
        text = given_text(value)
        if required and not text:
            raise Invalid("This can't be empty.")
        return check_email(text, "") if text else ""

    return clean


def phone(value: Any, warn: Callable[[str], None]) -> str:
    """Returns the number in the form of E.164; one that can't be read so is stored as it came, with a warning."""
    text = given_text(value)
    if len(text) > MAX_PHONE_CHARACTERS:
        raise Invalid(f"This has {len(text)} characters; {MAX_PHONE_CHARACTERS} is the maximum.")
    if not text:
        return ""
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        warn("This isn't an international phone number. Begin it with a plus sign and the country code, such as +49 69 123456.")
        return text
    if not phonenumbers.is_possible_number(parsed):
        warn("This phone number is too short or too long for its country.")
        return text
    extension = f";ext={parsed.extension}" if parsed.extension else ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) + extension


def country(value: Any, *_: Any) -> str:
    code = given_text(value).upper()
    if code and code not in COUNTRY_CODES:
        raise Invalid("This isn't a country code. Give two letters of ISO 3166-1, such as DE.")
    return code


def social_media(value: Any, *_: Any) -> list[dict[str, str]]:
    """A list of {service, identifier}."""
    given = [] if value is None else value
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        raise Invalid("This must be a list of accounts, each with a service and an identifier.")
    if len(given) > MAX_ACCOUNTS:
        raise Invalid(f"These are {len(given)} accounts; {MAX_ACCOUNTS} is the maximum.")
    return [account(part) for part in given]


def account(part: dict[str, Any]) -> dict[str, str]:
    service = given_text(part.get("service")).lower()
    if not SERVICE.fullmatch(service):
        raise Invalid("The service of an account must be a word such as website, mastodon or x.")
    return {"service": service, "identifier": one_line(MAX_TEXT_CHARACTERS, required=True)(part.get("identifier"))}
