"""Acts of several threads at once."""

from collections.abc import Callable
from threading import Barrier, Thread

from flask import Flask

from portal.errors import Conflict
from portal.extensions import db

Act = Callable[[], object]


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
