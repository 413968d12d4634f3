"""The second opinion on a recording: TLC's, on a module in which its events drive the steps."""

from __future__ import annotations

from collections.abc import Sequence

from .. import tla
from ..translator import pipeline
from ..translator.driven import Due, driven
from ..translator.emit.emit import emit
from ..translator.recorded import Recorded
from .binding import MISFIT
from .search import Claim

LONGEST = 5000
"""Events of which TLC is asked at most."""


def explained(made: Recorded, claims: Sequence[Claim], tools: tla.Tools, *, reduction: bool) -> bool:
    """Whether TLC finds a behaviour that explains these events.  Raises NoOpinion."""
    threads = {thread: number for number, thread in enumerate(dict.fromkeys(c.thread for c in claims), 1)}
    events = [
        Due(
            claim.process,
            threads[claim.thread],
            tuple(
                (number, values)
                for number, values in claim.labels
                if all(value != MISFIT for _, value in values)
            ),
            claim.takes,
            claim.gives,
        )
        for claim in claims
    ]
    program = pipeline.prepared(driven(made, events), reduction=reduction)
    emission = emit(program)
    job = tla.Job(
        module=emission.module,
        module_text=emission.module_text,
        cfg_text=emission.cfg_text,
        check_deadlock=False,
        quick=True,
    )
    match tla.run(job, tools):
        case tla.Violated():
            return True
        case tla.Holds():
            return False
        case tla.Failed(message=message):
            raise NoOpinion(message)
        case _:
            raise NoOpinion("TLC was stopped")


class NoOpinion(Exception):
    """TLC came to no verdict; the text says why."""
