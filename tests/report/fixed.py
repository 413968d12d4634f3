"""Results that no run of TLC was needed for: the interpreter follows a schedule, and what it comes to is told
by the code that tells TLC's traces.

`NAMES` says which there are; `result(name)` makes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pfnspec.check.expectations import expectation, expected, place_of
from pfnspec.check.load import Cell, Loaded, load
from pfnspec.check.result import (
    HOLDS,
    UNDECIDED,
    VIOLATED,
    Asked,
    Evidence,
    Failure,
    Result,
    Scene,
    Verdict,
)
from pfnspec.check.states.graph import StateGraph, graph_of
from pfnspec.translator.program.findings import Finding
from pfnspec.translator.retrace.lasso import retrace_lasso
from pfnspec.translator.retrace.retrace import retrace
from pfnspec.translator.run.interpreter import Interpreter, State

EITHER_ORDER = """shared a: spinlock
shared b: spinlock

process first:
    with a:
        with b:
            pass

process second:
    with b:
        with a:
            pass
"""

MODELS: Mapping[str, str] = {
    "assertion": '''"""A flag is set after the lock is dropped.

Its texts have markup in them: </script><b>bold</b>, `code`, | and @somebody.
"""
model assertion

const TOP: int = 3

shared lock: spinlock
shared count: range(TOP) = 0
shared ready: bool = False

process writer:
    with lock:
        count += 1
    ready = True  # </script><script>alert(1)</script>

process reader:
    seen: bool = ready
    if seen:
        check_it()

def check_it():
    with lock:
        assert count == 0, "a </script> | `x` & @you, 100%: read"

invariant small:
    count < TOP
''',
    "deadlock": f'''"""Two locks, taken in either order."""
model deadlock

{EITHER_ORDER}
expect deadlock violated
''',
    "sample": f"model sample\n\n{EITHER_ORDER}",
    "livelock": '''"""One task passes a baton to itself for ever."""
model livelock

shared baton: bool = False
shared lock: rwsem

process runner:
    while True:
        with lock.write():
            baton = not baton

process waiter:
    await baton
    await not baton
    label done

property ends:
    always eventually waiter at done
''',
    "policies": '''"""Somebody waits for a flag, in all the ways there are."""
model policies

shared flag: bool = False
shared wq: waitqueue

process sleeper:
    wait until flag on wq

process waker:
    flag = True
    wake_up(wq)

scenario one_cpu:
    cpus = 1

scenario two_cpus:
    cpus = 2

expect deadlock violated under spin in one_cpu
''',
    "errors": """model errors
shared x: range(3) = 0

process p:
    x == 1
    y = 2
""",
}
NAMES = (*MODELS, "failure", "stopped")

SCHEDULES: Mapping[str, tuple[str, str, int | None]] = {
    # The property that is violated, whose process steps (its first letter), and where a loop begins.
    "assertion": ("a </script> | `x` & @you, 100%: read", "w w w w w r r", None),
    "deadlock": ("deadlock", "f s", None),
    "sample": ("deadlock", "f s", None),
    "livelock": ("ends", "r r r r w r r r r r r r", 5),
}
EVIDENCE = Evidence(states=1204, generated=3100, depth=9, runs=2, seconds=1.25, complete=True)


def result(name: str) -> Result:
    """The result of that name, the same every time."""
    model = {"failure": "deadlock", "stopped": "deadlock"}.get(name, name)
    loaded = load(f"{model}.pfn", text=MODELS[model].encode())
    made = _result(loaded)
    if name == "failure":
        failure = Failure("memory", "TLC ran out of memory", "java.lang.OutOfMemoryError\n\x1b[1m", "/tmp/x")
        return replace(made, failure=failure)
    if name == "stopped":
        open_ = replace(_verdict(loaded.cells[0], "deadlock", None), outcome=UNDECIDED)
        return replace(made, verdicts=(open_,), stopped="time")
    if name in SCHEDULES:
        return replace(made, verdicts=_decided(loaded.cells[0], *SCHEDULES[name]))
    return replace(made, verdicts=_matrix(loaded)) if loaded.cells else made


def graphs() -> tuple[StateGraph, ...]:
    """The state graph of each result that has a trace."""
    found: list[StateGraph] = []
    for name in SCHEDULES:
        (cell,) = load(f"{name}.pfn", text=MODELS[name].encode()).cells
        found.append(graph_of(f"{name}.pfn", cell, result(name).verdicts, 500))
    return tuple(found)


def _decided(cell: Cell, property: str, who: str, loop: int | None) -> tuple[Verdict, ...]:
    """Verdicts on everything that a model has: `property` is violated, all else holds."""
    interpreter = Interpreter(cell.program)
    states = _follow(interpreter, who)
    temporal = {formula.name: formula for formula in cell.program.temporal}
    if property in temporal:
        finding = retrace_lasso(temporal[property], states, loop, interpreter)
    else:
        finding = retrace(property, states, interpreter)
    names = dict.fromkeys((property, *temporal, *cell.program.properties))
    return tuple(_verdict(cell, name, finding if name == property else None) for name in names)


def _matrix(loaded: Loaded) -> tuple[Verdict, ...]:
    """Verdicts on `deadlock` alone: all hold, the second is not decided.  The first was to be violated."""
    first, second, *others = (_verdict(cell, "deadlock", None) for cell in loaded.cells)
    return (first, replace(second, outcome=UNDECIDED), *others)


def _follow(interpreter: Interpreter, who: str) -> tuple[State, ...]:
    states = [interpreter.initial()]
    for letter in who.split():
        task = next(task for task in interpreter.program.tasks if task.process.startswith(letter))
        states.append(next(iter(interpreter.transitions(states[-1], task))).state)
    return tuple(states)


def _verdict(cell: Cell, property: str, finding: Finding | None) -> Verdict:
    model = cell.model
    temporal = [formula.name for formula in cell.program.temporal]
    kind = (
        "assertion" if property in model.assertions
        else "property" if property in temporal
        else "invariant" if place_of(cell, property)
        else "built-in"
    )  # fmt: skip
    stated = expectation(cell, property)
    return Verdict(
        property=property,
        kind=kind,
        outcome=HOLDS if finding is None else VIOLATED,
        expected=expected(cell, property),
        scenario=cell.scenario,
        policy=cell.policy,
        finding=finding,
        evidence=EVIDENCE,
        place=place_of(cell, property),
        expectation=None if stated is None else stated.span,
    )


def _result(loaded: Loaded) -> Result:
    cells = loaded.cells
    first = cells[0].model if cells else None
    scenes = {cell.scenario: Scene(cell.scenario, (), cell.model.cpus, cell.model.preempt) for cell in cells}
    return Result(
        path=loaded.path,
        name=first.name if first else "",
        doc=first.doc if first else None,
        constants=first.constants if first else (),
        processes=tuple((p.name, p.count) for p in first.processes) if first else (),
        scenes=tuple(scenes.values()),
        policies=tuple(dict.fromkeys(cell.policy for cell in cells)),
        sources=loaded.sources,
        diagnostics=loaded.diagnostics,
        verdicts=(),
        evidence=EVIDENCE if cells else None,
        engine="tlc",
        tlc="",
        unreached=(),
        barriers=(),
        unlocked=(),
        fairness=(),
        overrides=(),
        asked=Asked(),
    )
