"""How a check ends before its runs do."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from .result import Failure


@dataclass(slots=True)
class Stop:
    """Why and when everything has to stop: a signal, a deadline, the first failure."""

    cancel: threading.Event
    deadline: float | None
    why: str | None = None
    event: threading.Event = field(default_factory=threading.Event)

    def now(self, why: str) -> None:
        self.why = self.why or why
        self.event.set()

    def watch(self, every: float = 0.05) -> None:
        """Passes the user's signal on, until everything has stopped; runs beside the checks."""
        while not self.event.is_set():
            if self.cancel.wait(every):
                self.now("interrupted")

    @property
    def left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.monotonic()

    def reason(self) -> str | None:
        """Why no run should begin any more, if so."""
        if self.cancel.is_set():
            return "interrupted"
        if self.event.is_set():
            return self.why
        return "time" if self.left is not None and self.left <= 0 else None


class RunStopped(Exception):
    """A run ended before a verdict; `why` as in `Stop`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RunFailed(Exception):
    """A run could not be made, or what it says cannot be believed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
