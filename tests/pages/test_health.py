"""What a load balancer is told."""

from pathlib import Path

from flask.testing import FlaskClient

from tests.apps import opened, settings_for


def test_a_portal_that_can_work_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "version": 0}


def test_a_portal_without_its_database_answers_but_is_not_ready(tmp_path: Path) -> None:
    with opened(settings_for(f"sqlite:///{tmp_path}/no/such/folder/portal.sqlite3", tmp_path)) as app:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_a_database_that_was_never_migrated_is_not_ready(tmp_path: Path) -> None:
    with opened(settings_for(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path)) as app:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "unreachable or not migrated"})
