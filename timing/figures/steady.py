"""Behaviours that go on and on: every stretch of them is a sample."""

from __future__ import annotations

from dataclasses import dataclass

from ..run.episode import DONE, UNFINISHED, Start, Timing, outcome
from ..run.measures import Sample
from .sampling import BATCHES

WARM = 10
"""One part of so many is left out at the beginning: it may not be steady yet."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One behaviour: its samples with their batches, by time; `seconds` is how long each batch is.

    `stuck` is the part of the time for which nothing more happened, and `ended` why; `open`, by measure, the
    part for which a stretch was under way at the end, in the mean over the tasks.
    """

    samples: tuple[tuple[int, Sample], ...]
    seconds: float
    stuck: float
    ended: str
    open: tuple[float, ...]


def watched(timing: Timing, seed: int, time: int) -> Watched:
    """The first `time` ns of a behaviour, without its first part.  Raises what an episode raises."""
    machine = timing.machine(Start(0.5, 0.5, 0), seed, horizon=time, steady=True)
    machine.run()
    first = time // WARM
    length = (time - first) / BATCHES
    samples = tuple(
        (min(BATCHES - 1, int((sample.began - first) / length)), sample)
        for sample in machine.samples
        if first <= sample.began < time
    )
    ended = outcome(machine).ended
    stuck = 0.0
    if ended not in (DONE, UNFINISHED):
        stuck = (time - max(first, min(time, machine.clock.now))) / (time - first)
    parts: list[float] = []
    under_way = machine.measuring.open
    for measure in range(len(timing.cell.model.measures)):
        tasks = [task for one, task in timing.wanted if one == measure]
        since = [under_way[measure, task][0] for task in tasks if (measure, task) in under_way]
        parts.append(sum((time - max(first, begun)) / (time - first) for begun in since) / max(1, len(tasks)))
    return Watched(samples, length / 1e9, stuck, ended, tuple(parts))
