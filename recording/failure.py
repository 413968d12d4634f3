"""Why an event is not explained: a behaviour up to it, and what the model could do in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..translator.program.findings import Event as Told
from ..translator.program.findings import Standing, TraceStep
from ..translator.program.program import Task
from ..translator.program.values import value_text
from ..translator.recorded import Label, Recorded
from ..translator.retrace.retrace import standing, told_step
from ..translator.run.interpreter import State
from .binding import Said, processes
from .result import Failure, Instead
from .search import Node, Nodes, Search
from .window import Stuck, Taken

MOST_NODES = 200
"""Nodes of which the ways to go on are told."""
MOST_STATES = 20_000
"""States that are looked at for it."""


def failure(stuck: Stuck, search: Search, recorded: Recorded) -> Failure:
    """What is told of an event that cannot be taken."""
    said, cut = stuck.said, stuck.cut
    claim = next(claim for claim in said.claims if claim is not None)
    nodes = sorted(cut.nodes, key=repr)[:MOST_NODES]
    instead: dict[Instead, None] = {}
    waiting: dict[Standing, None] = {}
    free = False
    left = MOST_STATES
    for node in nodes:
        own = search.candidates(node, claim)
        free |= bool(own)
        for state in _closure(search, node[0], min(left, MOST_STATES // 10)):
            left -= 1
            for one in own:
                if not search.interpreter.enabled(state, one):
                    waiting[standing(one, state, search.interpreter)] = None
            for task in search.tasks:
                for label, after in _records(search, state, task, recorded):
                    one_way = _instead(search, recorded, said, label, task, after, task in own)
                    instead.setdefault(one_way, None)
        if left <= 0:
            break
    events = tuple(taken.said.event for taken in cut.last)
    path = tuple(_steps(search, cut.last, cut.nodes, recorded))
    ways = sorted(instead, key=lambda way: (way.others, way.task, way.span))
    return Failure(
        said.event, ", ".join(processes(said.claims)), events, path, tuple(list(waiting)[:6]),
        tuple(ways), free,
    )  # fmt: skip


def _closure(search: Search, start: State, most: int) -> Iterator[State]:
    """The states to which steps lead that record nothing."""
    todo, seen = [start], {start}
    while todo:
        state = todo.pop()
        yield state
        for task in search.tasks:
            for after, _ in search.interpreter.steps(state, task):
                if not search.number(after) and after not in seen and len(seen) < most:
                    seen.add(after)
                    todo.append(after)


def _records(search: Search, state: State, task: Task, recorded: Recorded) -> Iterator[tuple[Label, State]]:
    names = {number: label for label, number in recorded.numbers.items()}
    for after, _ in search.interpreter.steps(state, task):
        if number := search.number(after):
            yield names[number], after


def _instead(
    search: Search, recorded: Recorded, said: Said, label: Label, task: Task, after: State, own: bool
) -> Instead:
    values: list[tuple[str, str]] = []
    for claim in said.claims:
        for number, slots in claim.labels if claim is not None and own else ():
            if number == recorded.numbers[label]:
                values += [(name, value_text(after[search.interpreter.slots[name]])) for name, _ in slots]
    return Instead(str(task), label[2], recorded.spans[label], tuple(values), not own)


def _steps(search: Search, last: tuple[Taken, ...], nodes: Nodes, recorded: Recorded) -> Iterator[TraceStep]:
    """The steps of one behaviour that explains the last events; of as many of them as there is one."""
    target: Node = min(nodes, key=repr)
    number = 0
    found: list[list[TraceStep]] = []
    for taken in reversed(last):
        way = next(
            (
                (before, steps)
                for before in sorted(taken.before, key=repr)
                for claim in taken.said.claims
                if claim is not None and (steps := search.way(before, claim, target)) is not None
            ),
            None,
        )
        if way is None:
            break
        before, steps = way
        made = [told_step(0, state, step, search.interpreter) for state, step in steps]
        made[-1] = _named(made[-1], taken.said)
        found.append(made)
        target = before
    for made in reversed(found):
        for step in made:
            number += 1
            changes = tuple(change for change in step.changes if not change.name.startswith("(recorded"))
            yield replace(step, number=number, changes=changes)


def _named(step: TraceStep, said: Said) -> TraceStep:
    """The step that records, with the line of the recording."""

    def named(event: Told) -> Told:
        if event.kind != "record":
            return event
        return replace(event, text=f"{said.event.name} (recorded in line {said.event.line})")

    return replace(step, events=tuple(named(event) for event in step.events))
