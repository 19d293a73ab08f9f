"""Acts of several threads at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Thread

from flask import Flask

from portal.errors import Conflict
from portal.extensions import db

Act = Callable[[], object]


@contextmanager
def in_background(*works: Callable[[Event], object]) -> Iterator[None]:
    """Each in a thread of its own, until the end of the block: then the event that it was given is set, and it is waited for."""
    over = Event()
    threads = [Thread(target=work, args=(over,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def at_once(app: Flask, *acts: Act) -> list[str]:
    """Each in a thread of its own: its name, or `conflict`."""
    barrier, outcomes = Barrier(len(acts)), []

    def run(act: Act) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
                db.session.commit()
                outcomes.append(act.__name__)
            except Conflict:
                outcomes.append("conflict")

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
