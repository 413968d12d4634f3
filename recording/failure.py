"""Why an event is not explained: a behaviour up to it, and what the model could do in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..dsl.model import model as m
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


def failure(stuck: Stuck, search: Search, recorded: Recorded, recording: m.Recording) -> Failure:
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
                    told = _values(search, recorded, recording, said, label, after) if task in own else ()
                    one_way = Instead(str(task), label[2], recorded.spans[label], told, task not in own)
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


def _values(
    search: Search, recorded: Recorded, recording: m.Recording, said: Said, label: Label, after: State
) -> tuple[tuple[str, str], ...]:
    """What the fields of the event would be, if it were recorded in that state."""
    found: dict[str, str] = {}
    for (place, other, index), slot in recorded.slots.items():
        rule = recording.rules[place]
        if other == label and rule.event == said.event.name:
            found[rule.values[index].field] = value_text(after[search.interpreter.slots[slot]])
    return tuple(found.items())


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
            yield replace(step, number=number)


def _named(step: TraceStep, said: Said) -> TraceStep:
    """The step that records, with the line of the recording."""

    def named(event: Told) -> Told:
        if event.kind != "record":
            return event
        return replace(event, text=f"{said.event.name} (recorded in line {said.event.line})")

    return replace(step, events=tuple(named(event) for event in step.events))
