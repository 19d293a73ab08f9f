"""Where an answer leads to is never what a stranger wrote into the request."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "path", ["//login", "/organizations//1/keys", "//evil.example/organizations/1/keys", "/static//portal.css", "/login/", "/account"]
)
def test_no_redirect_names_the_host_of_the_request(client: FlaskClient, path: str) -> None:
    answer = client.get("/", base_url="http://localhost:6666", environ_overrides={"PATH_INFO": path})
    assert answer.status_code in {200, 302, 404}
    assert answer.headers.get("Location", "/").startswith("/")
    assert not answer.headers.get("Location", "/").startswith("//")
    assert "http://localhost:6666" not in answer.get_data(as_text=True)
