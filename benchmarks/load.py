"""Asks a server: a fixed number of requests over kept connections, in a process of its own whose work isn't the server's.

`python benchmarks/load.py` reads a Job as JSON and writes what came of it. Standard library only, so that it starts at once.
"""

import json
import socket
import sys
import threading
from pathlib import Path
from time import perf_counter
from typing import TypedDict

CONNECTIONS = 2


class Job(TypedDict):
    """`bodies` and `tokens` are taken in turn, from the one numbered `begin` on."""

    port: int
    bodies: list[str]
    tokens: list[str]
    begin: int
    count: int


class Outcome(TypedDict):
    """How long it took, how many bytes an answer's body has, and the first answer that wasn't 200."""

    seconds: float
    bytes: float
    refused: str


def request(job: Job, number: int) -> bytes:
    body = job["bodies"][number % len(job["bodies"])].encode()
    token = job["tokens"][number % len(job["tokens"])] if job["tokens"] else ""
    lines = ["POST /graphql HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(connection: socket.socket) -> tuple[bytes, int]:
    """(the beginning of the answer, the length of its body), read to its end."""
    read = connection.recv(262_144)
    while b"\r\n\r\n" not in read:
        read += connection.recv(262_144)
    head, _, rest = read.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    left = length - len(rest)
    while left > 0:
        left -= len(connection.recv(262_144))
    return read[:1000], length


def ask(job: Job, numbers: range, outcome: Outcome) -> None:
    requests = [request(job, number) for number in numbers]
    with socket.create_connection(("127.0.0.1", job["port"])) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for sent in requests:
            connection.sendall(sent)
            begun, length = answer(connection)
            outcome["bytes"] += length
            if not begun.startswith(b"HTTP/1.1 200"):
                outcome["refused"] = begun.decode(errors="replace")
                return


def run(job: Job) -> Outcome:
    outcome = Outcome(seconds=0, bytes=0, refused="")
    shares = [range(job["begin"] + place, job["begin"] + job["count"], CONNECTIONS) for place in range(CONNECTIONS)]
    threads = [threading.Thread(target=ask, args=(job, share, outcome)) for share in shares if share]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome["seconds"] = perf_counter() - begun
    outcome["bytes"] /= job["count"]
    return outcome


if __name__ == "__main__":
    json.dump(run(json.loads(Path(sys.argv[1]).read_bytes())), sys.stdout)
