"""What Schemathesis can't know: how to write our scalars, some that the demo has and some that nobody has, and what NOT_FOUND means."""

from hypothesis import strategies
from schemathesis import graphql
from schemathesis.graphql import nodes
from schemathesis.specs.graphql import validation

TEXTS = {
    "Cursor": strategies.text(max_size=40),
    "DateTime": strategies.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}") | strategies.text(max_size=20),
    "IPAddress": strategies.ip_addresses().map(str) | strategies.just("198.51.100.1") | strategies.text(max_size=20),
    "IPPrefix": strategies.sampled_from(["198.51.100.0/24", "2001:db8::/32", "0.0.0.0/0", "::/0", "198.51.100.1/24", "/", ""]),
}

graphql.scalar("ASN", (strategies.integers(64496, 64511) | strategies.integers(-1, 2**32)).map(nodes.Int))
for name, texts in TEXTS.items():
    graphql.scalar(name, texts.map(nodes.String))

# It knows Apollo's codes of what the caller did wrong; naming a network that isn't there is another.
validation.CLIENT_ERROR_MARKERS |= {"NOT_FOUND"}
