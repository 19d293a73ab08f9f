"""What the portal needs to start, and the clear words when it is missing."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from portal.errors import ConfigurationError
from portal.settings import PRODUCTION_NEEDS, read

LONG = "x" * 40
PRODUCTION = {
    "PORTAL_DATABASE_URL": "postgresql://portal@db/portal",
    "PORTAL_SECRET_KEY": LONG,
    "PORTAL_PEPPERS": f"1:{LONG}",
    "PORTAL_AUDIT_KEY": LONG,
    "PORTAL_PUBLIC_URL": "https://portal.example.net/",
}


def test_local_secrets_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    environ = {"PORTAL_DATA": str(tmp_path / "data")}
    settings = read(environ)
    assert read(environ) == settings
    assert not settings.production
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data/secrets.json").stat().st_mode) == 0o600


def test_lost_local_secrets_are_not_replaced_while_a_database_needs_them(tmp_path: Path) -> None:
    (tmp_path / "portal.sqlite3").touch()
    with pytest.raises(ConfigurationError, match=r"secrets\.json is gone"):
        read({"PORTAL_DATA": str(tmp_path)})


@pytest.mark.parametrize("content", ["", "[1", "\0"])
def test_a_damaged_secrets_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(ConfigurationError, match="data folder"):
        read({"PORTAL_DATA": str(tmp_path)})


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="PORTAL_DATA"):
        read({"PORTAL_DATA": str(tmp_path / "file/data")})


def test_production_reads_its_settings_from_the_environment() -> None:
    settings = read(PRODUCTION)
    assert settings.production
    assert settings.https
    assert settings.database_url == "postgresql+psycopg://portal@db/portal"
    assert settings.public_url == "https://portal.example.net"
    assert settings.pepper == 1


@pytest.mark.parametrize("missing", PRODUCTION_NEEDS)
def test_each_missing_production_setting_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        read({name: value for name, value in PRODUCTION.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_AUDIT_KEY", "short"),
        ("PORTAL_PEPPERS", LONG),
        ("PORTAL_PEPPERS", f"1:{LONG},1:{LONG}"),
        ("PORTAL_PEPPERS", "1:short"),
        ("PORTAL_DATABASE_URL", "mysql://db"),
        ("PORTAL_DATABASE_URL", "sqlite://"),
        ("PORTAL_PUBLIC_URL", "http://portal.example.net"),
        ("PORTAL_PUBLIC_URL", "portal.example.net"),
        ("PORTAL_PROXY_HOPS", "-1"),
        ("PORTAL_PUBLIC_URL", "https://portal..example.net"),
        ("PORTAL_TRUSTED_HOSTS", "https://portal.example.net"),
        ("PORTAL_TRUSTED_HOSTS", "portal.example.net:443"),
        ("PORTAL_TRUSTED_HOSTS", "*"),
        ("PORTAL_TRUSTED_HOSTS", ".example.net"),
        ("PORTAL_TRUSTED_HOSTS", "portal..example.net"),
        ("PORTAL_TRUSTED_HOSTS", "2001:db8::x"),
        ("PORTAL_PROXY_HOPS", "²"),
        ("PORTAL_ANONYMOUS_READING", "yes"),
        ("PORTAL_SECURITY_CONTACT", "nobody"),
        ("PORTAL_SECURITY_CONTACT", "http://example.net/security"),
        ("PORTAL_SECURITY_CONTACT", "https://example.net/ x"),
        ("PORTAL_SECURITY_CONTACT", "a@example.net\nExpires: never"),
        ("PORTAL_REDIS_URL", "http://cache"),
        ("PORTAL_REDIS_URL", "redis://"),
        ("PORTAL_REDIS_URL", "redis://:6379/0"),
        ("PORTAL_REDIS_URL", "redis://cache:99999"),
        ("PORTAL_REDIS_URL", "redis://[cache"),
        ("PORTAL_REDIS_URL", "redis://cache/first"),
        ("PORTAL_REDIS_URL", "redis://cache?db=²"),
        ("PORTAL_REDIS_URL", "redis://cache?socket_timeout=60"),
        ("PORTAL_REDIS_URL", "redis://cache?db"),
        ("PORTAL_REDIS_URL", "unix://cache"),
        ("PORTAL_SMTP_URL", "mail.example.net"),
        ("PORTAL_SMTP_URL", "http://mail.example.net"),
        ("PORTAL_SMTP_URL", "smtp://"),
        ("PORTAL_SMTP_URL", "smtp://:587"),
        ("PORTAL_SMTP_URL", "smtp://mail.example.net:99999"),
        ("PORTAL_SMTP_URL", "smtp://mail.example.net:0"),
        ("PORTAL_SMTP_URL", "smtp://[mail"),
        ("PORTAL_SMTP_URL", "smtp://mail.example.net/inbox"),
        ("PORTAL_SMTP_URL", "smtp://mail.example.net?starttls=0"),
        ("PORTAL_SMTP_URL", "smtp://portal@mail.example.net"),
        ("PORTAL_SMTP_URL", "smtp://:word@mail.example.net"),
        ("PORTAL_SMTP_URL", "smtp://a b:word@mail.example.net"),
        ("PORTAL_SMTP_URL", "smtp+plain://portal:word@mail.example.net"),
        ("PORTAL_MAIL_FROM", "nobody"),
        ("PORTAL_MAIL_FROM", "a@example.net\nBcc: b@example.net"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read({**PRODUCTION, name: value})


@pytest.mark.parametrize(
    ("setting", "contact"),
    [
        ("security@example.net", "mailto:security@example.net"),
        ("mailto:security@example.net", "mailto:security@example.net"),
        ("https://example.net/security", "https://example.net/security"),
        ("", None),
    ],
)
def test_a_contact_for_security_is_a_uri(setting: str, contact: str | None) -> None:
    assert read({**PRODUCTION, "PORTAL_SECURITY_CONTACT": setting}).security_contact == contact


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache",
        "redis://portal:word@cache:6380/3",
        "redis://[2001:db8::1]:6379?db=2",
        "rediss://cache/0?ssl_ca_certs=/etc/ssl/own.pem",
        "unix:///run/redis/redis.sock?db=1",
    ],
)
def test_where_redis_is_can_be_told_in_three_ways(url: str) -> None:
    assert read({**PRODUCTION, "PORTAL_REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.net",
        "smtp://portal:w%40rd@mail.example.net:2525",
        "smtps://portal:word@[2001:db8::1]:465/",
        "smtp+plain://relay.example.net:25",
    ],
)
def test_where_mails_go_can_be_told_in_three_ways(url: str) -> None:
    assert read({**PRODUCTION, "PORTAL_SMTP_URL": url}).smtp_url == url
    assert read({**PRODUCTION, "PORTAL_SMTP_URL": ""}).smtp_url is None


def test_the_portal_answers_to_its_own_names_and_to_others_that_are_set() -> None:
    own = {"portal.example.net", "127.0.0.1", "::1", "localhost"}
    assert read(PRODUCTION).hosts == own
    others = "Portal.Internal., 192.0.2.1,[2001:db8::a],, bücher.example "
    assert read({**PRODUCTION, "PORTAL_TRUSTED_HOSTS": others}).hosts == own | {
        "portal.internal",
        "192.0.2.1",
        "2001:db8::a",
        "xn--bcher-kva.example",
    }


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        ({}, "peering-portal@portal.example.net"),
        ({"PORTAL_PUBLIC_URL": "https://192.0.2.1"}, "peering-portal@localhost"),
        ({"PORTAL_PUBLIC_URL": "https://[2001:db8::a]"}, "peering-portal@localhost"),
        ({"PORTAL_MAIL_FROM": "noreply@example.net"}, "noreply@example.net"),
    ],
)
def test_mails_come_from_the_portals_own_host_unless_told_otherwise(settings: dict[str, str], sender: str) -> None:
    assert read({**PRODUCTION, **settings}).mail_sender == sender


def test_without_redis_nothing_is_shared() -> None:
    assert read({**PRODUCTION, "PORTAL_REDIS_URL": ""}).redis_url is None


def test_new_digests_use_the_highest_pepper() -> None:
    settings = read({**PRODUCTION, "PORTAL_PEPPERS": f"2:{LONG}b,10:{LONG}c,1:{LONG}a"})
    assert settings.pepper == 10


def test_settings_do_not_show_their_secrets() -> None:
    secret: dict[str, Any] = {**PRODUCTION, "PORTAL_SECRET_KEY": "marked" * 10, "PORTAL_PEPPERS": f"1:{'marked' * 10}"}
    secret["PORTAL_SMTP_URL"] = "smtp://portal:marked@mail.example.net"
    assert "marked" not in repr(read(secret))
    assert "marked" not in json.dumps(str(read(secret)))
