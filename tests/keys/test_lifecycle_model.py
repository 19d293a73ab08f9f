"""Whatever admins and keys themselves do, in whatever order, a small model says which tokens work; only an edit ever lengthens a life."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from
from sqlalchemy import select

from portal.access.permissions import Permission, Role
from portal.access.principal import ANONYMOUS, Kind, Principal
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle import create, edit, stop
from portal.api_keys.lifecycle import rotate as rotation
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.freeze import freeze, thaw
from portal.api_keys.lifecycle.leak import Way, report
from portal.api_keys.lifecycle.rotate import Overlap
from portal.api_keys.lifecycle.rotate_self import rotate_self
from portal.api_keys.token import Token, read_token
from portal.api_keys.usage import note_first_use
from portal.db.reader import Snapshot
from portal.db.session import lock, next_id, now
from portal.errors import Conflict, Limited, Unauthenticated
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken, Membership
from portal.registry.organizations import Organization
from tests.keys.lifecycle_model import HeldToken, Life
from tests.people import People
from tests.repetitions import Dose

PASSING = [timedelta(minutes=17), timedelta(hours=5, minutes=11), timedelta(days=1, hours=2, minutes=13), timedelta(days=31, minutes=7)]
ADMINS = sampled_from(["alice", "erin"])
WHICH = integers(0, 7)


class Lifecycles(RuleBasedStateMachine):
    """Each run has an organization of its own, in one database. `bounds`: after when a token can't work, whatever happens but edits."""

    app: Flask
    people: People

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.lives: list[Life] = []
        self.bounds: dict[str, datetime] = {}
        self.frozen = False

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @initialize()
    def add_organization(self) -> None:
        session = db.session()
        lock(session)
        self.organization = next_id(session)
        session.add(Organization(id=self.organization, name=f"Organization {self.organization}", latitude=None, longitude=None))
        session.flush()
        for name in ("alice", "erin"):
            session.add(Membership(organization_id=self.organization, person_id=self.people.ids[name], role=Role.ADMIN))
        session.commit()

    def admin(self, name: str) -> Principal:
        person, roles = str(self.people.ids[name]), {self.organization: Role.ADMIN}
        return Principal(Kind.MEMBER, person, name, roles=roles, confirmed_at=now())

    def life(self, which: int) -> Life:
        return self.lives[which % len(self.lives)]

    def token_of(self, which: int, token: int) -> HeldToken:
        tokens = self.life(which).tokens
        return tokens[token % len(tokens)]

    def draft(self, key_id: str | int, days: int) -> Draft:
        last = now().date() + timedelta(days=days)
        return Draft(
            f"key {key_id}", "noc@example.net", last, grants=dict.fromkeys((Permission.NETWORKS_READ, Permission.KEYS_ROTATE_SELF))
        )

    def do(self, act: Callable[[], object], *, works: bool = True) -> None:
        """Does it, or is told of a conflict."""
        if works:
            act()
            db.session.commit()
        else:
            with pytest.raises((Conflict, Limited)):
                act()
            db.session.rollback()

    @rule(admin=ADMINS, days=integers(0, 366))
    def issue(self, admin: str, days: int) -> None:
        draft = self.draft(len(self.lives), days)
        key, token = create.issue(db.session(), self.admin(admin), self.organization, draft)
        life = Life(key.id, end_of(draft), tokens=[HeldToken(token.reveal(), now())])
        db.session.commit()
        self.lives.append(life)

    @precondition(lambda self: self.lives)
    @rule(admin=ADMINS, which=WHICH, days=integers(0, 366), stale=sampled_from([False, False, True]))
    def edit(self, admin: str, which: int, days: int, stale: bool) -> None:
        edited, draft = self.life(which), self.draft(self.lives.index(self.life(which)), days)
        seen = db.session.scalars(select(ApiKey.changed).where(ApiKey.id == edited.key_id)).one() - stale
        works = not (edited.revoked or stale)
        self.do(lambda: edit.edit(db.session(), self.admin(admin), self.organization, edited.key_id, draft, seen=seen), works=works)
        if works and draft.expires_on != edited.ends.date():
            edited.ends = end_of(draft)
            for token in edited.tokens:
                self.bounds.pop(token.text, None)

    @precondition(lambda self: self.lives)
    @rule(admin=ADMINS, which=WHICH, overlap=sampled_from(Overlap), stale=sampled_from([False, False, True]))
    def rotate(self, admin: str, which: int, overlap: Overlap, stale: bool) -> None:
        turned = self.life(which)
        stale = stale and len(turned.tokens) > 1
        seen, tokens = read(turned.tokens[-2 if stale else -1].text).token_id, list[Token]()

        def act() -> None:
            key = (self.organization, turned.key_id)
            tokens.append(rotation.rotate(db.session(), self.admin(admin), *key, seen=seen, overlap=overlap)[1])

        works = not (turned.revoked or stale) and now() <= turned.ends
        self.do(act, works=works)
        if works:
            turned.rotate(tokens[0].reveal(), overlap.value, now())

    @precondition(lambda self: self.lives)
    @rule(which=WHICH, token=WHICH, overlap=sampled_from([Overlap.HOUR, Overlap.DAY, Overlap.WEEK]))
    def rotate_itself(self, which: int, token: int, overlap: Overlap) -> None:
        turned, holding, tokens = self.life(which), self.token_of(which, token), list[Token]()
        at = now()
        if turned.near(at) or not turned.works(holding, at, frozen=self.frozen):
            return
        works = turned.may_rotate_itself(holding, at)
        self.do(lambda: tokens.append(rotate_self(db.session(), caller(holding.text), overlap).token), works=works)
        if works:
            turned.rotate_itself(holding, tokens[0].reveal(), overlap.value, at)

    @precondition(lambda self: self.lives)
    @rule(which=WHICH, token=WHICH)
    def use(self, which: int, token: int) -> None:
        used, holding = self.life(which), self.token_of(which, token)
        if used.works(holding, now(), frozen=self.frozen):
            note_first_use(db.session(), read(holding.text).token_id)
            used.use(holding, now())

    @precondition(lambda self: self.lives)
    @rule(admin=ADMINS, which=WHICH)
    def disable_or_enable(self, admin: str, which: int) -> None:
        turned = self.life(which)
        act = stop.enable if turned.disabled else stop.disable
        self.do(lambda: act(db.session(), self.admin(admin), self.organization, turned.key_id), works=not turned.revoked)
        turned.disabled = turned.disabled if turned.revoked else not turned.disabled

    @precondition(lambda self: len(self.lives) > 1)
    @rule(admin=ADMINS, which=WHICH)
    def revoke(self, admin: str, which: int) -> None:
        ended = self.life(which)
        self.do(lambda: stop.revoke(db.session(), self.admin(admin), self.organization, ended.key_id), works=not ended.revoked)
        ended.revoked = True

    @rule(admin=ADMINS)
    def freeze_or_thaw(self, admin: str) -> None:
        act = thaw if self.frozen else freeze
        self.do(lambda: act(db.session(), self.admin(admin), self.organization))
        self.frozen = not self.frozen

    @precondition(lambda self: self.lives)
    @rule(which=WHICH, token=WHICH)
    def find_leaked(self, which: int, token: int) -> None:
        holding = self.token_of(which, token)
        self.do(lambda: report(db.session(), ANONYMOUS, [read(holding.text)], Way.API))
        holding.leaked = True

    @precondition(lambda self: self.lives)
    @rule(by=sampled_from(PASSING))
    def pass_time(self, by: timedelta) -> None:
        """All ends of this organization's keys come nearer."""
        session = db.session()
        lock(session)
        for key in session.scalars(select(ApiKey).where(ApiKey.organization_id == self.organization)):
            key.expires_at = key.expires_at - by if key.expires_at else None
        ours = select(ApiKeyToken).join(ApiKey, ApiKey.id == ApiKeyToken.api_key_id).where(ApiKey.organization_id == self.organization)
        for token in session.scalars(ours):
            token.retires_at = token.retires_at - by if token.retires_at else None
            token.created -= by
        session.commit()
        for life in self.lives:
            life.pass_time(by)
        self.bounds = {text: bound - by for text, bound in self.bounds.items()}

    @invariant()
    def what_works_is_what_the_model_says(self) -> None:
        at = now()
        for life in self.lives:
            for token in [] if life.near(at) else life.tokens:
                assert works(token.text) == life.works(token, at, frozen=self.frozen), (life, token)

    @invariant()
    def no_token_lives_longer_but_by_an_edit(self) -> None:
        for life in self.lives:
            ends = db.session.scalars(select(ApiKey.expires_at).where(ApiKey.id == life.key_id)).one()
            for token in life.tokens:
                retires = db.session.scalars(select(ApiKeyToken.retires_at).where(ApiKeyToken.token_id == read(token.text).token_id)).one()
                bound = min(filter(None, (ends, retires)))
                assert bound <= self.bounds.get(token.text, bound), (life, token)
                self.bounds[token.text] = bound
        db.session.rollback()


def end_of(draft: Draft) -> datetime:
    assert draft.expires_on
    return datetime.combine(draft.expires_on, time(23, 59, 59), UTC)


def read(text: str) -> Token:
    token = read_token(text)
    assert token
    return token


def caller(text: str) -> Principal:
    with Snapshot(db.engine) as opened:
        return admit(credential([f"Bearer {text}"]), Origin("192.0.2.1"), opened).principal


def works(text: str) -> bool:
    try:
        return caller(text).kind is Kind.KEY
    except Unauthenticated:
        return False


def test_lives_are_the_models(app: Flask, people: People, dose: Dose) -> None:
    class InThisApp(Lifecycles):
        pass

    InThisApp.app, InThisApp.people = app, people
    examples = dose(16, 40)
    chosen = settings(
        max_examples=examples, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(InThisApp, settings=chosen)
