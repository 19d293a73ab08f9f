"""Reads what a refused request still sends before it is answered: a server cuts off a connection with unread bytes."""

from flask import Flask, Request, Response, request
from werkzeug.exceptions import ClientDisconnected


def register(app: Flask) -> None:
    app.after_request(lambda response: read_rest(request, response))


def read_rest(incoming: Request, response: Response) -> Response:
    """Reads what may be sent at most; beyond that, or where the length is unknown, the client is told not to go on."""
    length = incoming.content_length
    if length is None:
        if "Transfer-Encoding" in incoming.headers:
            response.headers["Connection"] = "close"
    elif length > (incoming.max_content_length or 0):
        response.headers["Connection"] = "close"
    elif length:
        try:
            incoming.get_data(cache=False)
        except ClientDisconnected:
            response.headers["Connection"] = "close"
    return response
