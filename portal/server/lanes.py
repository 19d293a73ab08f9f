"""Threads that run the application, in lanes with a queue each, so that what is slow on one keeps nothing on another waiting."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

Job = Callable[[], None]


class Lane:
    """`threads` that work on what is put; `speaks_json`: whom it answers expects errors in JSON."""

    def __init__(self, name: str, threads: int, max_waiting: int, *, speaks_json: bool = False) -> None:
        self.name, self.threads, self.max_waiting, self.speaks_json = name, threads, max_waiting, speaks_json
        self.queue: SimpleQueue[Job | None] = SimpleQueue()

    def start(self) -> None:
        for number in range(self.threads):
            Thread(target=self.run, name=f"{self.name} {number + 1}", daemon=True).start()

    def put(self, job: Job) -> bool:
        """Never waits. False where too many wait already."""
        if self.queue.qsize() >= self.max_waiting:
            return False
        self.queue.put(job)
        return True

    def run(self) -> None:
        while (job := self.queue.get()) is not None:
            job()

    def stop(self) -> None:
        for _ in range(self.threads):
            self.queue.put(None)
