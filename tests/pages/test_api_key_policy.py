"""The policy's page and form, and the report of keys that need attention: what members see, and that only admins change the policy."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import update

from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import PersonSession
from tests.browser import Browser, text
from tests.keys.policies import change_ceilings, change_policy
from tests.pages.api_keys import keys_of
from tests.pages.forms import Values, form_of
from tests.people import PASSWORD, People, Robot
from tests.rows import change_key

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def policy_of(people: People, more: str = "") -> str:
    return f"/organizations/{people.ours}/policy{more}"


def filled(browser: Browser, people: People, **values: str) -> Values:
    """The form as it stands, with some fields typed anew; a tick box is "y", or "" for none."""
    form = form_of(browser.get(policy_of(people, "/edit")))
    return {name: one for name, one in {**form, **{name: [value] for name, value in values.items()}}.items() if one != [""]}


@pytest.mark.parametrize("name", ["alice", "erin", "bob"])
def test_every_member_sees_the_policy_and_the_limits(app: Flask, visit: Visit, people: People, name: str) -> None:
    change_policy(app, people, longest_days=30, addresses_required=True, self_rotation_allowed=False, unused_days=None)
    change_ceilings(app, people, 200, 2000)
    said = text(visit(name).get(policy_of(people)))
    for words in (
        "Policy for API keys of Example Org",
        "Maximum lifetime 30 days",
        "Keys that never expire not allowed",
        "every key must list the addresses it works from",
        "Self-rotation no key can rotate itself",
        "Unused keys not reported",
        "A key 200 points a minute",
        "All keys together 2,000 points a minute",
        "There is no live key.",
    ):
        assert words in said
    assert ("Edit the policy" in said) is (name == "alice")


def test_an_admin_changes_the_policy(visit: Visit, people: People) -> None:
    alice = visit("alice")
    form = filled(alice, people, longest_days="90", never_allowed="y", addresses_required="y", self_rotation_allowed="", unused_days="")
    answer = alice.client.post(policy_of(people, "/edit"), data=form, follow_redirects=True)
    changed = ("Maximum lifetime 90 days", "Keys that never expire allowed", "no key can rotate itself", "Unused keys not reported")
    for words in ("The policy is changed.", *changed):
        assert words in text(answer)
    assert filled(alice, people)["longest_days"] == ["90"]
    said = text(alice.get(f"/organizations/{people.ours}/activity"))
    assert "Alice changed the policy for API keys of Example Org" in said
    assert "366 → 90" in said


def test_before_saving_the_admin_is_told_which_keys_wouldnt_comply(visit: Visit, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="old"), robot("networks:read", name="older")
    alice = visit("alice")
    answer = alice.client.post(policy_of(people, "/edit"), data=filled(alice, people, longest_days="30"))
    assert answer.status_code == 200
    for words in ("2 live keys wouldn't comply", "Nothing is saved yet.", "It expires later than 30 days from today.", "older"):
        assert words in text(answer)
    assert "Maximum lifetime 366 days" in text(alice.get(policy_of(people)))
    answer = alice.client.post(policy_of(people, "/edit"), data=form_of(answer), follow_redirects=True)
    assert "The policy is changed." in text(answer)
    assert "It expires later than 30 days from today." in text(answer)
    assert "2 keys don't comply with the policy" in text(alice.get(keys_of(people)))
    assert "Against the policy (2)" in text(alice.get(keys_of(people)))


def test_what_was_reviewed_is_just_this_policy(visit: Visit, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="old")
    alice = visit("alice")
    reviewed = form_of(alice.client.post(policy_of(people, "/edit"), data=filled(alice, people, longest_days="30")))
    answer = alice.client.post(policy_of(people, "/edit"), data={**reviewed, "longest_days": ["20"]})
    assert (answer.status_code, "1 live key wouldn't comply" in text(answer)) == (200, True)
    assert "Maximum lifetime 366 days" in text(alice.get(policy_of(people)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"longest_days": ""}, "Enter the maximum lifetime of a key in days."),
        ({"longest_days": "ninety"}, "Enter a number of days, such as 90."),
        ({"longest_days": "3661"}, "Give 1 to 3660 days."),
        ({"unused_days": "0"}, "Give 1 to 3660 days, or leave it empty."),
        ({"unused_days": "1" * 5000}, "Enter a number of days, such as 90."),
        ({"seen": "nonsense"}, "This form is incomplete."),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field(visit: Visit, people: People, typed: dict[str, str], words: str) -> None:
    alice = visit("alice")
    answer = alice.client.post(policy_of(people, "/edit"), data=filled(alice, people, **typed))
    assert answer.status_code in {400, 422}
    assert words in text(answer)
    assert "Error:" in text(answer)
    assert "Maximum lifetime 366 days" in text(alice.get(policy_of(people)))


def test_what_another_admin_changed_meanwhile_isnt_overwritten_unseen(app: Flask, visit: Visit, people: People) -> None:
    alice = visit("alice")
    form = filled(alice, people, longest_days="90")
    change_policy(app, people, longest_days=45)
    answer = alice.client.post(policy_of(people, "/edit"), data=form)
    assert answer.status_code == 409
    for words in ("Someone else changed the policy", "Maximum lifetime 45 days"):
        assert words in text(answer)
    again = form_of(answer)
    assert again["longest_days"] == ["90"]
    alice.client.post(policy_of(people, "/edit"), data=again)
    assert "Maximum lifetime 90 days" in text(alice.get(policy_of(people)))


def test_changing_the_policy_asks_who_one_is(app: Flask, visit: Visit, people: People) -> None:
    alice = visit("alice")
    form = filled(alice, people, longest_days="90")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(PersonSession).values(confirmed_at=now() - timedelta(minutes=61)))
        db.session.commit()
    path = policy_of(people, "/edit")
    assert alice.get(path, follow=False).headers["Location"] == f"/confirm-password?next={path}"
    answer = alice.client.post(path, data=form)
    assert (answer.status_code, "Confirm who you are, then send this form again" in text(answer)) == (403, True)
    alice.submit("/confirm-password", {"password": PASSWORD})
    assert alice.client.post(path, data=form_of(answer)).status_code == 302
    assert "Maximum lifetime 90 days" in text(alice.get(policy_of(people)))


@pytest.mark.parametrize(("name", "status"), [("erin", 403), ("bob", 403), ("charlie", 404)])
def test_who_only_looks_changes_no_policy(visit: Visit, people: People, name: str, status: int) -> None:
    browser = visit(name)
    form = {"csrf_token": form_of(browser.get("/account/password"))["csrf_token"], "longest_days": "30", "seen": "0"}
    for answer in (browser.get(policy_of(people, "/edit")), browser.client.post(policy_of(people, "/edit"), data=form)):
        assert answer.status_code == status
    assert "Maximum lifetime 366 days" in text(visit("alice").get(policy_of(people)))


def test_another_organizations_policy_and_report_dont_exist(visit: Visit, people: People) -> None:
    charlie = visit("charlie")
    for address in (policy_of(people), f"{keys_of(people)}/report", f"{keys_of(people)}/report.csv"):
        assert charlie.get(address).status_code == 404


@pytest.fixture
def looked_at(app: Flask, people: People, robot: MakeRobot) -> None:
    """Keys with a reason to be in the report, and one without."""
    change_key(app, robot("networks:read", name="soon over"), expires_at=now() + timedelta(days=10))
    change_key(app, robot("networks:read", name="asleep"), created=now() - timedelta(days=40))
    change_key(app, robot("networks:read", name="=eternal"), expires_at=None)
    change_key(app, robot("networks:read", name="over"), expires_at=now() - timedelta(days=1), created=now() - timedelta(days=90))
    robot("networks:read", name="in order")
    change_policy(app, people, unused_days=30)


def rows(browser: Browser, people: People) -> list[dict[str, str]]:
    answer = browser.get(f"{keys_of(people)}/report.csv")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True))))


@pytest.mark.usefixtures("looked_at")
def test_the_report_says_which_keys_to_look_at_and_why(visit: Visit, people: People) -> None:
    alice = visit("alice")
    said = text(alice.get(f"{keys_of(people)}/report"))
    for words in (
        "Expiring: 1, Unused: 1, Against the policy: 1.",
        "It was created more than 30 days ago and never used.",
        "It never expires.",
    ):
        assert words in said
    assert "in order" not in said
    report = rows(alice, people)
    assert [(row["name"], row["reason"]) for row in report] == [("soon over", "expiring"), ("asleep", "unused"), ("'=eternal", "breaching")]
    assert "Unused for 30 days (1)" in text(alice.get(keys_of(people)))
    assert "asleep : unused" in text(alice.get("/"))


@pytest.mark.usefixtures("looked_at")
def test_the_report_tells_a_viewer_nothing_of_use(visit: Visit, people: People) -> None:
    bob = visit("bob")
    report = rows(bob, people)
    assert [row["name"] for row in report] == ["soon over", "'=eternal"]
    assert not {"last used", "address"} & set(report[0])
    said = text(bob.get(f"{keys_of(people)}/report"))
    assert "asleep" not in said
    assert "Edit" not in said
    assert "unused" not in text(bob.get("/"))
    assert [row["name"] for row in rows(visit("erin"), people)] == ["soon over", "asleep", "'=eternal"]


def test_an_empty_report_says_so(visit: Visit, people: People, robot: MakeRobot) -> None:
    robot("networks:read")
    assert "No live key of Example Org needs attention" in text(visit("alice").get(f"{keys_of(people)}/report"))
    assert "The only live key complies." in text(visit("alice").get(policy_of(people)))
