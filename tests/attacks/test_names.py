"""Names made to deceive whoever reads them, in a list or in a terminal."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.access.permissions import Permission
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import now
from portal.errors import Invalid
from portal.extensions import db
from tests.people import People


def draft(name: str) -> Draft:
    return Draft(name, "noc@example.net", now().date() + timedelta(days=90), grants={Permission.NETWORKS_READ: None})


@pytest.mark.parametrize(
    "name",
    [
        "\u200b\u200b",
        "\u200d",
        "nightly\u200bbuild",
        "\u202ednilaer",
        "\u2066x",
        "\ufeffnightly",
        "\x1b[31mred",
        "a\x08b",
        "soft\u00adhyphen",
    ],
    ids=ascii,
)
def test_a_name_with_characters_that_nobody_sees_is_refused(app: Flask, people: People, name: str) -> None:
    with app.app_context(), pytest.raises(Invalid, match="invisible") as refused:
        issue(db.session(), people.principal("alice"), people.ours, draft(name))
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    "name", ["Łódź – nightly", "夜間ビルド", "بناء ليلي", "می\u200cسازد", "👩\u200d🔧 robot", "e\u0301tude", "<b>{{ name }}</b>"], ids=ascii
)
def test_a_name_in_any_script_is_kept_as_it_is(app: Flask, people: People, name: str) -> None:
    with app.app_context():
        key, _ = issue(db.session(), people.principal("alice"), people.ours, draft(name))
        assert key.name == name
