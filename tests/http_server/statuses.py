"""What somebody else is answered meanwhile."""

from http.client import HTTPConnection

from tests.server import Server


def statuses(server: Server, path: str, times: int = 5) -> list[int]:
    """Each on a connection of its own."""
    answers = []
    for _ in range(times):
        connection = HTTPConnection(server.url.removeprefix("http://"), timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        answers.append(response.status)
        connection.close()
    return answers
