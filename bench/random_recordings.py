"""Random recordings of random models: what each search says of them has to be the same.

    python bench/random_recordings.py --models 300 [--start SEED] [--tlc]

A recording is made by a walk of the whole program, so it is explained; then it is spoilt, and nobody knows.
Four searches judge it: that of `pfnspec validate`, that without reduction, that in which all tasks step at
all times, and a plain one that knows no records: it walks through the program as it is lowered, and counts
for each task which of the labels that it stands at have been recorded.  With `--tlc`, TLC judges as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from differential import cells
from pfnspec import tla
from pfnspec.check.load import Cell, load
from pfnspec.recording.binding import Binding
from pfnspec.recording.events import Event
from pfnspec.recording.formats import items
from pfnspec.recording.result import DISAGREEMENT
from pfnspec.recording.search import NOBODY, Claim, Search
from pfnspec.recording.validate import Options, validate
from pfnspec.translator import pipeline
from pfnspec.translator.program.levels import above, cpu, handlers, quiet
from pfnspec.translator.program.program import Assign, Point, Task
from pfnspec.translator.recorded import RECORDED, Recorded, recorded
from pfnspec.translator.run.interpreter import Interpreter, State
from random_models import model

MOST_STATES = 400


@dataclass(frozen=True, slots=True)
class Sample:
    """A model with a `recording`, and events of it as lines of NDJSON."""

    text: str
    lines: tuple[str, ...]


def bound(text: str, seed: int) -> str | None:
    """A model with a `recording` of its labels, None where it has none or is refused."""
    chance = Random(seed)
    found = cells(text)
    if not found:
        return None
    checked = found[0].model
    lines = ["", "recording r:"]
    events: list[str] = []
    values = [v.name for v in checked.variables if str(v.sort) in ("bool", "range(3)", "Phase")]
    for process in checked.processes:
        points = [p for p in found[0].program.points if p.process == process.name]
        labels = sorted({label for p in points for label in p.labels})
        if chance.random() < 0.2:
            labels.append(("", "end"))
        if not labels or process.count == 0 or chance.random() < 0.15:
            continue
        stretch = ""
        if len(labels) > 1 and chance.random() < 0.3:
            first, last = chance.sample(range(len(labels)), 2)
            stretch = f" from {process.name}_{first} to {process.name}_{last}"
        lines.append(f"    part {process.name}{stretch}")
        for number, (owner, name) in enumerate(labels):
            where = ""
            if values and chance.random() < 0.4:
                where = f" where v == {chance.choice(values)}"
            label = f"{owner}.{name}" if owner else name
            also = f", {'.'.join(filter(None, labels[0]))}" if chance.random() < 0.1 and number else ""
            events.append(f"    event {process.name}_{number}: {process.name} at {label}{also}{where}")
    if not events:
        return None
    return text + "\n".join([*lines, *events]) + "\n"


def cell_of(text: str) -> Cell | None:
    loaded = load("random.pfn", text=text)
    return loaded.cells[0] if loaded.cells else None


def walk(cell: Cell, chance: Random, steps: int) -> list[dict[str, object]]:
    """Events of a random walk of the whole program."""
    binding = cell.model.recordings[0]
    made = recorded(cell.program, cell.model, binding)
    interpreter = Interpreter(pipeline.whole(made.program))
    names = {number: label for label, number in made.numbers.items()}
    state = interpreter.initial()
    players: dict[Task, str] = {}
    events: list[dict[str, object]] = []
    fresh = 10
    for _ in range(steps):
        ways = list(interpreter.transitions(state))
        if not ways:
            break
        way = chance.choice(ways)
        state = way.state
        number = state[interpreter.slots[RECORDED]]
        if not number:
            continue
        label = names[number]  # type: ignore[index]
        rules = [
            (place, rule)
            for place, rule in enumerate(binding.rules)
            if rule.process == label[0] and label[1:] in rule.labels
        ]
        place, rule = chance.choice(rules)
        if way.task not in players:
            fresh += 1
            players[way.task] = str(fresh)
        value = state[interpreter.slots[made.slots[place, label, 0]]] if rule.values else None
        events.append({"event": rule.event, "time": len(events), "thread": players[way.task], "v": value})
        stretch = binding.part(label[0]).stretch
        if stretch is not None and stretch.last == rule.event:
            del players[way.task]
        state = tuple(interpreter.initial()[i] if n.startswith("(recorded") else value
                      for i, (n, value) in enumerate(zip(interpreter.slots, state, strict=True)))  # fmt: skip
    return events


def spoilt(events: list[dict[str, object]], chance: Random) -> list[dict[str, object]]:
    """The events with something wrong, most probably."""
    events = [dict(event) for event in events]
    at = chance.randrange(len(events))
    match chance.randrange(5):
        case 0:
            del events[at]
        case 1:
            events.insert(at, dict(chance.choice(events)))
        case 2:
            other = chance.randrange(len(events))
            events[at], events[other] = events[other], events[at]
        case 3:
            events[at]["v"] = chance.choice([True, False, 0, 1, 2, "idle", "busy"])
        case _:
            events[at]["thread"] = chance.choice(events)["thread"]
    for time, event in enumerate(events):
        event["time"] = time
    return events


def samples(seed: int, walks: int = 2) -> Iterator[Sample]:
    """Recordings of a random model, some of them spoilt."""
    chance = Random(seed)
    text = bound(model(seed), seed)
    cell = None if text is None else cell_of(text)
    if cell is None or text is None:
        return
    for _ in range(walks):
        events = walk(cell, chance, chance.choice((15, 40)))
        if not events:
            continue
        yield Sample(text, tuple(json.dumps(event) for event in events))
        yield Sample(text, tuple(json.dumps(event) for event in spoilt(events, chance)))


# ---- the plain search

_Node = tuple[State, tuple[int, ...], tuple[str, ...]]


class Plain:
    """A search without records, reductions and memory."""

    def __init__(self, cell: Cell, made: Recorded) -> None:
        self.interpreter = Interpreter(pipeline.whole(pipeline.about(cell.program)))
        self.tasks = self.interpreter.tasks
        self.numbers = made.numbers
        there = handlers(cell.program.processes)
        self.free = {
            p.name: quiet(levels, cpu(p.interrupts))
            for p in cell.program.processes
            if (levels := above(p.name, p.interrupts, there))
        }
        self.told: dict[int, dict[str, object]] = {}
        for point in made.program.points:
            if point.step is not None and point.step.kind == "record":
                ops = [op for op in point.step.block.ops if isinstance(op, Assign)]
                self.told[ops[0].value.value] = {op.variable: op.value for op in ops[1:]}  # type: ignore[union-attr,index]

    def labels(self, point: Point) -> tuple[int, ...]:
        ends = point.step is None and not point.halted
        written = (*point.labels, ("", "end")) if ends else point.labels
        keys = [(point.process, owner, name) for owner, name in written]
        return tuple(self.numbers[key] for key in keys if key in self.numbers)

    def start(self) -> set[_Node]:
        return {(self.interpreter.initial(), (0,) * len(self.tasks), (NOBODY,) * len(self.tasks))}

    def after(self, nodes: set[_Node], claim: Claim) -> set[_Node]:
        todo, seen, found = list(nodes), set(nodes), set()
        while todo:
            state, used, players = todo.pop()
            playing = [
                i
                for i, t in enumerate(self.tasks)
                if t.process == claim.process and players[i] == claim.thread
            ]
            for i, task in enumerate(self.tasks):
                labels = self.labels(self.interpreter.pc(state, task))
                if used[i] < len(labels):
                    ready = i in playing or (not playing and claim.takes and players[i] == NOBODY)
                    if (
                        task.process == claim.process
                        and ready
                        and self._says(labels[used[i]], state, task, claim)
                    ):
                        now = NOBODY if claim.gives else claim.thread
                        found.add((state, _put(used, i, used[i] + 1), _put(players, i, now)))
                    continue
                for after, _ in self.interpreter.successors(state, task):
                    node = (after, _put(used, i, 0), players)
                    if node not in seen:
                        seen.add(node)
                        todo.append(node)
        return found

    def _says(self, number: int, state: State, task: Task, claim: Claim) -> bool:
        values = next((values for n, values in claim.labels if n == number), None)
        if values is None:
            return False
        free = self.free.get(task.process)
        if free is not None and self.interpreter.value(free, state, task) is not True:
            return False
        told = self.told[number]
        return all(self.interpreter.value(told[name], state, task) == value for name, value in values)  # type: ignore[arg-type]


def _put(items: tuple, at: int, item: object) -> tuple:  # type: ignore[type-arg]
    return (*items[:at], item, *items[at + 1 :])


# ---- comparing


def verdicts(sample: Sample, path: Path, tools: tla.Tools | None = None) -> dict[str, int | str]:
    """By search: the line of the first event that is not explained, 0 if all are.  With `tools`, TLC is asked
    whether that is so."""
    path.write_text("\n".join(sample.lines) + "\n", encoding="utf-8")
    cell = cell_of(sample.text)
    assert cell is not None
    loaded = load("random.pfn", text=sample.text)
    binding = cell.model.recordings[0]
    found: dict[str, int | str] = {}
    for name, options in {
        "validate": Options(),
        "unreduced": Options(reduction=False),
        "every task": Options(every=True),
        **({} if tools is None else {"TLC": Options(tools=tools)}),
    }.items():
        (one,) = validate(loaded, cell, binding, [str(path)], options)
        if one.fault:
            return {"fault": one.fault}
        if one.outcome == DISAGREEMENT:
            return {"validate": found["validate"], "TLC": "something else"}
        found[name] = 0 if one.failure is None else one.failure.event.line
    made = recorded(cell.program, cell.model, binding)
    plain, reader = Plain(cell, made), Binding(binding, made)
    nodes = plain.start()
    found["plain"] = 0
    for item in items(str(path)):
        assert isinstance(item, Event)
        said = reader.read(item)
        if said is None:
            continue
        nodes = set().union(*(nodes if c is None else plain.after(nodes, c) for c in said.claims))
        if not nodes:
            found["plain"] = item.line
            break
    return found


def small(text: str) -> bool:
    """Whether a model has few enough states to be searched plainly."""
    cell = cell_of(text)
    assert cell is not None
    made = recorded(cell.program, cell.model, cell.model.recordings[0])
    search = Search(pipeline.prepared(made.program, reduction=False), most=MOST_STATES)
    try:
        search.anything()
    except Exception:
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--tlc", action="store_true")
    options = parser.parse_args(arguments)
    tools = tla.find_tools() if options.tlc else None
    explained = refuted = 0
    path = Path("random.ndjson")
    for seed in range(options.start, options.start + options.models):
        text = bound(model(seed), seed)
        if text is None or not small(text):
            continue
        for sample in samples(seed):
            print(f"seed {seed}", end="\r", file=sys.stderr, flush=True)
            found = verdicts(sample, path, tools)
            if len(set(found.values())) > 1:
                print(f"seed {seed}: {found}", sample.text, *sample.lines, sep="\n")
                return 1
            lines = set(found.values())
            explained += lines == {0}
            refuted += bool(lines - {0})
    path.unlink(missing_ok=True)
    print(f"{explained} explained, {refuted} not, all alike")
    return 0


if __name__ == "__main__":
    sys.exit(main())
