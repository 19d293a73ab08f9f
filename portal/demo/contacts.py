"""Contacts: a public NOC for every network, as ports need one, and some of every other role and visibility."""

from portal.demo.builder import Builder, Row
from portal.registry.contacts import Contact

FIRST_NAMES = (
    "Anouk",
    "Bjørn",
    "Chiara",
    "Dawit",
    "Eleni",
    "Félix",
    "Gréta",
    "Hiroshi",
    "Inés",
    "Jakub",
    "Kwame",
    "Łucja",
    "Małgorzata",
    "Noor",
)
LAST_NAMES = (
    "Andersen",
    "Bianchi",
    "Çelik",
    "Dvořák",
    "Eriksen",
    "Fernández",
    "Grünwald",
    "Haddad",
    "Ito",
    "Jansen",
    "Kamau",
    "Lefèvre",
    "Müller",
)
# role, visibility, name ("" for a person's), local part, how likely, in percent
USUAL = (
    ("Technical", "Users", "", "", 70),
    ("Policy", "Users", "Interconnection", "interconnection", 50),
    ("Policy", "Public", "Peering requests", "peering", 50),
    ("Abuse", "Public", "Abuse desk", "abuse", 70),
    ("Maintenance", "Users", "Maintenance", "maintenance", 40),
    ("Sales", "Public", "", "sales", 40),
    ("Public Relations", "Public", "", "press", 25),
    ("Technical", "Private", "", "oncall", 35),
)


def add_contacts(builder: Builder, network_id: int, network: Row, domain: str) -> None:
    """The demo admin's first network has them all; a network that is gone has one that is blank."""
    status = network.get("status", "ok")
    if status == "deleted":
        builder.add(Contact, network_id=network_id, role="NOC", status=status)
        return
    builder.add(
        Contact,
        network_id=network_id,
        status=status,
        role="NOC",
        visible="Public",
        name=f"{network['name']} NOC",
        email=f"noc@{domain}",
        phone=phone(builder),
    )
    for role, visible, name, local, likely in USUAL:
        if network["asn"] == 64500 or builder.random.randrange(100) < likely:
            add_usual(builder, network_id, domain, status=status, role=role, visible=visible, name=name, local=local)


def add_usual(builder: Builder, network_id: int, domain: str, *, name: str, local: str, **values: str) -> None:
    first, last = builder.random.choice(FIRST_NAMES), builder.random.choice(LAST_NAMES)
    email = f"{local or 'hostmaster'}@{domain}"
    number = phone(builder) if builder.random.random() < 0.6 else ""
    builder.add(Contact, network_id=network_id, name=name or f"{first} {last}", email=email, phone=number, **values)


def phone(builder: Builder) -> str:
    """Returns a number in the range that Ofcom keeps for drama, which belongs to no one."""
    return f"+4420794607{builder.random.randrange(100):02d}"
