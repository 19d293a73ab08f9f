"""Environment → typed settings. What production needs and doesn't have is named, and the start refused."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv6Address
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from portal.email_addresses import check_email
from portal.errors import ConfigurationError, Invalid
from portal.whole_numbers import LARGEST_ID, read_number

PRODUCTION_NEEDS = ("PORTAL_DATABASE_URL", "PORTAL_SECRET_KEY", "PORTAL_PEPPERS", "PORTAL_AUDIT_KEY", "PORTAL_PUBLIC_URL")
SHORTEST_SECRET = 32
REDIS_SCHEMES, REDIS_OPTIONS = {"redis", "rediss", "unix"}, {"db", "ssl_ca_certs", "ssl_cert_reqs"}
NAMED = re.compile(r"\.[a-z][a-z0-9-]*\.?\Z")  # a host that isn't an address
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True)
class Settings:
    """What a running portal is told. Secrets never appear in `repr()`."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    peppers: Mapping[int, bytes] = field(repr=False)
    audit_key: bytes = field(repr=False)
    data: Path
    public_url: str = "http://127.0.0.1:8000"
    production: bool = False
    allow_documentation: bool = False
    anonymous_reading: bool = True
    proxy_hops: int = 0
    redis_url: str | None = field(default=None, repr=False)
    security_contact: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    log_requests: bool = field(default=False, repr=False)
    trusted_hosts: frozenset[str] = field(default=frozenset(), repr=False)  # nothing that an answer could show
    workers: int = field(default=1, repr=False)  # processes of one `portal serve`; nothing that an answer could show

    @cached_property
    def pepper(self) -> int:
        """The number of the pepper that new digests use: the highest."""
        return max(self.peppers)

    @cached_property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The host names that the portal answers to, as host_name() writes them."""
        return self.trusted_hosts | LOOPBACK | {host_name(urlsplit(self.public_url).hostname or "")}

    @property
    def mail_sender(self) -> str:
        """The address that mails come from: the one that was told, or one of the public URL's host."""
        host = urlsplit(self.public_url).hostname or ""
        return self.mail_from or f"peering-portal@{host if NAMED.search(host) else 'localhost'}"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Production settings where any of them is set, else local ones with secrets of their own in the data folder.

    Raises ConfigurationError naming everything that is missing or wrong.
    """
    data = Path(environ.get("PORTAL_DATA") or "instance").absolute()
    given = {name: environ[name] for name in PRODUCTION_NEEDS if environ.get(name)}
    if given:
        missing = [name for name in PRODUCTION_NEEDS if name not in given]
        if missing:
            raise ConfigurationError(f"Production needs {', '.join(missing)} too. docs/operate.md says what each is.")
    else:
        given = local_secrets(data)
    return Settings(
        database_url=database_url(given["PORTAL_DATABASE_URL"]),
        secret_key=long_enough("PORTAL_SECRET_KEY", given["PORTAL_SECRET_KEY"]),
        peppers=read_peppers(given["PORTAL_PEPPERS"]),
        audit_key=long_enough("PORTAL_AUDIT_KEY", given["PORTAL_AUDIT_KEY"]).encode(),
        data=data,
        public_url=public_url(given.get("PORTAL_PUBLIC_URL", Settings.public_url)),
        production="PORTAL_PUBLIC_URL" in given,
        allow_documentation=flag(environ, "PORTAL_ALLOW_DOCUMENTATION", default=False),
        anonymous_reading=flag(environ, "PORTAL_ANONYMOUS_READING", default=True),
        proxy_hops=whole_number(environ, "PORTAL_PROXY_HOPS", default=0),
        redis_url=redis_url(environ.get("PORTAL_REDIS_URL", "")),
        security_contact=security_contact(environ.get("PORTAL_SECURITY_CONTACT", "")),
        smtp_url=smtp_url(environ.get("PORTAL_SMTP_URL", "")),
        mail_from=mail_from(environ.get("PORTAL_MAIL_FROM", "")),
        log_requests=flag(environ, "PORTAL_LOG_REQUESTS", default=False),
        trusted_hosts=trusted_hosts(environ.get("PORTAL_TRUSTED_HOSTS", "")),
    )


def local_secrets(data: Path) -> dict[str, str]:
    """The local mode's own settings: a SQLite file and secrets, made once in the data folder (0700, the file 0600)."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
        path, database = data / "secrets.json", data / "portal.sqlite3"
        if not path.exists():
            if database.exists():
                raise ConfigurationError(f"{path} is gone while {database} is there: without its peppers no key would work. Restore it.")
            write_secrets(path)
        stored: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The data folder {data} can't be used: {error}. Name another one in PORTAL_DATA.") from error
    return {"PORTAL_DATABASE_URL": f"sqlite:///{database}", **stored}


def write_secrets(path: Path) -> None:
    """Writes beside and renames, so that two processes or a kill never leave half a file."""
    secrets_by_name = {name: secrets.token_urlsafe(48) for name in ("PORTAL_SECRET_KEY", "PORTAL_AUDIT_KEY")}
    secrets_by_name["PORTAL_PEPPERS"] = f"1:{secrets.token_urlsafe(48)}"
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(secrets_by_name, file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its secrets hold
    finally:
        draft.unlink()


def read_peppers(text: str) -> dict[int, bytes]:
    """`1:…,2:…` → number → bytes; the numbers say which digests were made with which."""
    peppers = {}
    for part in text.split(","):
        number, colon, value = part.strip().partition(":")
        pepper = read_number(number, LARGEST_ID)
        if pepper is None or not colon or pepper in peppers:
            raise ConfigurationError("PORTAL_PEPPERS must read 1:SECRET or 1:OLD,2:NEW, each number once.")
        peppers[pepper] = long_enough(f"Pepper {number} of PORTAL_PEPPERS", value).encode()
    return peppers


def long_enough(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise ConfigurationError(f"{name} must have at least {SHORTEST_SECRET} random characters.")
    return value


def database_url(url: str) -> str:
    """SQLAlchemy's form, with psycopg 3 as the driver of PostgreSQL."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and separator:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return url
    raise ConfigurationError("PORTAL_DATABASE_URL must begin with postgresql:// or be sqlite:/// and a file's path.")


def redis_url(url: str) -> str | None:
    """None for "". Of a query only what says where the data are and whom to trust may be given: the rest is the portal's to choose."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        database = options.get("db") or (parts.path.strip("/") if parts.scheme != "unix" else "") or "0"
        placed = parts.path.startswith("/") if parts.scheme == "unix" else bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        placed = False
    if not url:
        return None
    if placed and parts.scheme in REDIS_SCHEMES and options.keys() <= REDIS_OPTIONS and read_number(database) is not None:
        return url
    raise ConfigurationError("PORTAL_REDIS_URL must be redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or unix:///PATH?db=NUMBER.")


def security_contact(text: str) -> str | None:
    """A URI (RFC 9116 §2.5.3) of an e-mail address or a page; None for ""."""
    parts = urlsplit(text)
    if not text or (parts.scheme == "https" and parts.hostname and text.isascii() and not SPACE.search(text)):
        return text or None
    try:
        return f"mailto:{check_email(text.removeprefix('mailto:'), '')}"
    except Invalid:
        raise ConfigurationError("PORTAL_SECURITY_CONTACT must be an e-mail address or the https:// address of a page.") from None


def smtp_url(url: str) -> str | None:
    """None for "". A password goes over an encrypted connection, or stays on this machine."""
    try:
        parts = urlsplit(url)
        placed = bool(parts.hostname) and parts.port != 0 and not (parts.path.strip("/") or parts.query or parts.fragment)
        signs_in = parts.username is not None
        has_credentials = bool(parts.username and parts.password and parts.scheme != "smtp+plain") if signs_in else True
    except ValueError:
        placed = False
    if not url:
        return None
    if placed and has_credentials and parts.scheme in SMTP_PORTS and not SPACE.search(url):
        return url
    raise ConfigurationError(
        "PORTAL_SMTP_URL must be smtp://USER:PASSWORD@HOST:PORT (with STARTTLS), smtps://USER:PASSWORD@HOST:PORT, either without "
        "USER:PASSWORD@, or smtp+plain://HOST:PORT without encryption. Other signs than letters and digits are written as %XX."
    )


def mail_from(text: str) -> str | None:
    try:
        return check_email(text, "") if text else None
    except Invalid:
        raise ConfigurationError("PORTAL_MAIL_FROM must be an e-mail address.") from None


def public_url(url: str) -> str:
    parts = urlsplit(url)
    try:
        host_name(parts.hostname or "")
    except UnicodeError:
        parts = urlsplit("")
    if (parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return url.rstrip("/")
    raise ConfigurationError("PORTAL_PUBLIC_URL must be the https:// address that people type (http:// only on a loopback address).")


def log_as_json(environ: Mapping[str, str]) -> bool:
    form = environ.get("PORTAL_LOG_FORMAT") or "text"
    if form not in {"text", "json"}:
        raise ConfigurationError(f"PORTAL_LOG_FORMAT must be text or json, not {form!r}.")
    return form == "json"


def trusted_hosts(text: str) -> frozenset[str]:
    """Names or addresses, separated by commas."""
    try:
        hosts = frozenset(host_name(part.strip()) for part in text.split(",") if part.strip())
    except UnicodeError:
        hosts = frozenset({""})
    if all(HOST.fullmatch(host) or is_ipv6(host) for host in hosts):
        return hosts
    raise ConfigurationError(
        "PORTAL_TRUSTED_HOSTS must be host names without scheme and port, separated by commas: portal.example.net, [::1]."
    )


def host_name(host: str) -> str:
    """Returns the name as requests spell it, without the brackets of IPv6. Raises UnicodeError."""
    return host.removeprefix("[").removesuffix("]").removesuffix(".").encode("idna").decode().lower()


def is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "")
    if value not in {"", "0", "1"}:
        raise ConfigurationError(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1" if value else default


def whole_number(environ: Mapping[str, str], name: str, *, default: int) -> int:
    value = environ.get(name) or str(default)
    number = read_number(value, LARGEST_ID)
    if number is None:
        raise ConfigurationError(f"{name} must be a whole number, not {value!r}.")
    return number
