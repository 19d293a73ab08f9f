"""The first page: what this is, for those who are new, and what needs attention, for those who are signed in."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.api_keys.queries.attention import frozen_organizations, keys_needing_attention
from portal.db.session import now, snapshot
from portal.extensions import db, settings
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal
from portal.registry.read.queries import counts

blueprint = PageBlueprint("home", __name__, needs=Needs.NOTHING)

FIRST_QUERY = """\
curl {url}/graphql \\
  -H 'Content-Type: application/json' \\
  -d '{{"query": "{{ network(asn: 64500) {{ name policyGeneral ports {{ nodes {{ exchange {{ name }} ipaddr4 speed }} }} }} }}"}}'"""
EXPIRING_WITHIN = timedelta(days=14)
COUNTED_TYPES = {"net": "networks", "ix": "exchanges", "netixlan": "exchange ports", "fac": "facilities", "org": "organizations"}


@blueprint.get("/")
def show() -> ResponseReturnValue:
    principal = current_principal()
    with snapshot(db.engine) as connection:
        numbers = counts(connection, principal)
        frozen = frozen_organizations(connection, principal)
        keys = keys_needing_attention(connection, principal, before=now() + EXPIRING_WITHIN)
    counted = [(word, numbers[tag]) for tag, word in COUNTED_TYPES.items()]
    values = {"counts": counted, "frozen": frozen, "attention": keys}
    return render_template("home/show.html", first_query=FIRST_QUERY.format(url=settings().public_url), **values)
