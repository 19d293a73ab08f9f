"""Counters follow every act in its own transaction: counting everything again finds nothing to mend."""

from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.registry.write.recount import recount
from tests.graphql.mutations.mutation_inputs import ROWS
from tests.graphql.mutations.rules_by_mutation import RULES_BY_MUTATION
from tests.graphql.mutations.sides import add_sides
from tests.people import People
from tests.registry import Records


def test_every_act_counts_what_it_changes(app: Flask, people: People, records: Records) -> None:
    with app.app_context():
        session, alice = db.session(), people.principal("alice")
        side, _, _ = add_sides(session, people, records)
        version = lock(session)
        recount(session.connection(), version)
        session.commit()
        touched = {}
        for name, row in ROWS.items():
            kind, act = RULES_BY_MUTATION[name]
            act(session, alice, kind, row.given(side))
            version = lock(session)
            touched[name] = recount(session.connection(), version)
            session.rollback()
    assert touched == dict.fromkeys(ROWS, 0)
