"""Nothing that is logged holds a secret."""

import secrets

import pytest
from itsdangerous import URLSafeTimedSerializer

from portal.api_keys.token import make_token
from portal.logs.mask import mask

TOKEN = make_token()
TEXT = TOKEN.reveal()
SESSION = secrets.token_urlsafe(32)
LINK = URLSafeTimedSerializer("x" * 40, salt="link").dumps([1, "noc"])
KEPT = (
    "Traceback (most recent call last):",
    'File "/usr/lib/python3/site-packages/portal/migrations/versions/0001_hold_the_registry_s_records.py", line 12',
    "in test_a_function_whose_name_is_as_long_as_a_sentence_is",
    "GET /organizations/1000000000/keys/key_0A1b2C3d4E5f 200",
    "postgresql://portal@db.example.net/portal",
)


WRITTEN = {
    "alone": TEXT,
    "header": f"Bearer {TEXT}",
    "repr": f"b'{TEXT}'",
    "address": f"https://portal.example.net/?token={TEXT}&x=1",
    "user agent": f"curl/8.5 {TEXT}x",
    "escaped": TEXT.replace("_", "%5F"),
    "escaped twice": TEXT.replace("_", "%255f"),
    "cut short": TEXT[:-7],
    "two": f"x{TEXT}y{TEXT}",
}


@pytest.mark.parametrize("form", WRITTEN)
def test_a_token_is_hidden_wherever_it_is(form: str) -> None:
    masked = mask(WRITTEN[form])
    assert TOKEN.secret[:8] not in masked
    assert "[hidden]" in masked


def test_what_follows_bearer_is_hidden_whatever_it_is() -> None:
    assert mask("Authorization: Bearer hunter2-and-more, then") == "Authorization: Bearer [hidden], then"


def test_a_sessions_id_is_hidden() -> None:
    assert SESSION not in mask(f"no session {SESSION} for '{SESSION}'")


def test_signed_links_and_cookies_are_hidden() -> None:
    assert mask(f"/notify-addresses/{LINK}") == "/notify-addresses/[hidden]"


def test_the_password_of_an_address_is_hidden() -> None:
    assert mask("smtps://portal:hush-hush@mail.example.net:465") == "smtps://[hidden]@mail.example.net:465"


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert mask(text) == text
