"""What a refused request still sends is read before it is answered: a server cuts the connection off with bytes that nobody read."""

from flask import Flask, Response, request
from werkzeug.exceptions import ClientDisconnected


def register(app: Flask) -> None:
    app.after_request(read_rest)


def read_rest(response: Response) -> Response:
    """Reads what may be sent at most; beyond that, or where nobody knows how much there is, the client is told not to go on."""
    length = request.content_length
    if length is None:
        if "Transfer-Encoding" in request.headers:
            response.headers["Connection"] = "close"
    elif length > (request.max_content_length or 0):
        response.headers["Connection"] = "close"
    elif length:
        try:
            request.get_data(cache=False)
        except ClientDisconnected:
            response.headers["Connection"] = "close"
    return response
