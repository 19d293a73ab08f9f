"""What docs/deploy.md installs, and where to."""

import configparser

from tests.docs.blocks import ROOT

UNIT = ROOT / "docs" / "peering-portal.service"
DEPLOY = ROOT / "docs" / "deploy.md"
PROGRAMS, ENVIRONMENT_FILE, STATE = "/opt/peering-portal/bin", "/etc/peering-portal.env", "/var/lib/peering-portal"
COMMAND, BACKUPS = "/usr/local/sbin/portal", "/var/backups/peering-portal"


def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are
    parser.read(UNIT)
    return parser["Service"]
