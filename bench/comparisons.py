"""The ways in which a model is checked, which must agree.

By the interpreter (`safety`, `liveness`): the whole program, the reduced one, the one that is reduced for
each property alone, the one that keeps the queues of its locks; under weak memory, what sequentially
consistent memory shows; and what is said to be interchangeable is exchanged; whoever `deadlock` calls stuck
never steps again in the graph of all states.  By TLC (`safety_by_tlc`, `liveness_by_tlc`): the whole program,
the reduced one, that up to symmetry, and the first two in one run, with the number of states; every trace is
replayed.  By Spin (`safety_by_spin`): the whole program and the reduced one, with the number of states and of
steps, what is reached, and the length of each trace, which is replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from exchanges import changed_by_an_exchange
from joined_runs import claims_together, difference, safety_together
from pfnspec import spin, tla
from pfnspec.check.load import Cell, load
from pfnspec.translator import pipeline
from pfnspec.translator.emit.codes import Unsupported
from pfnspec.translator.emit.emit import Emission, emit
from pfnspec.translator.emit.joined import Joined
from pfnspec.translator.emit.promela import promela
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.program.program import FALSE, TRUE, Program, Property
from pfnspec.translator.program.ways import leaves
from pfnspec.translator.reduce.symmetry import symmetry
from pfnspec.translator.retrace.expand import Expansion
from pfnspec.translator.retrace.lasso import retrace_lasso
from pfnspec.translator.retrace.retrace import retrace, states_of
from pfnspec.translator.retrace.trail import states_of_trail
from pfnspec.translator.run.decide import TooLarge, decided
from pfnspec.translator.run.interpreter import Exploration, Interpreter, State, path
from plain_cycles import PlainGraph
from stuck import false_alarm

STATES = 3000
# To so many states of the reduced program a behaviour of the whole one is looked for.
EXPANDED = 30
# In so many states of the reduced program tasks and values are exchanged.
EXCHANGED = 100


class Disagreement(Exception):
    """Two ways of checking the same model differ; the message begins with the kind and a colon."""


class NoVerdict(Exception):
    """TLC was stopped, or could not be run; no fault of the model's."""


def cells(
    text: str, name: str = "model.pfn", constants: Mapping[str, object] | None = None
) -> tuple[Cell, ...]:
    """The cells of a model; none when it is refused.  `name` is the file that it stands for, beside which the
    bases of a variant are looked for."""
    return load(name, constants or {}, text=text.encode()).cells


# ---- safety


def violated(interpreter: Interpreter, states: Iterable[State]) -> frozenset[str]:
    """Every safety property that some state violates, and every `sometimes` that one satisfies."""
    found = {violation.property for state in states for violation in interpreter.violations(state)}
    for formula in interpreter.program.sometimes:
        if any(interpreter.value(formula.condition, state) is True for state in states):
            found.add(f"met: {formula.property}")
    return frozenset(found)


def searched(interpreter: Interpreter, limit: int) -> Mapping[State, State | None]:
    return explored(interpreter, limit).found


def explored(interpreter: Interpreter, limit: int) -> Exploration:
    exploration = Exploration(interpreter)
    for _ in exploration:
        if len(exploration.found) > limit:
            raise TooLarge
    return exploration


@dataclass(frozen=True, slots=True)
class Safety:
    whole: Interpreter
    reduced: Interpreter
    states: int
    fewer: int
    violated: frozenset[str]


def safety(cell: Cell, limit: int = STATES) -> Safety:
    """Whole and reduced program in the interpreter; raises Disagreement when a verdict differs."""
    plain = pipeline.about(cell.program)
    whole = Interpreter(pipeline.whole(plain))
    every = explored(whole, limit)
    reduced = Interpreter(pipeline.prepared(plain))
    merged = explored(reduced, limit)
    states, fewer = every.found, merged.found
    if every.reached != merged.reached:
        raise Disagreement(f"reduced: reaches {sorted(merged.reached)}, whole: {sorted(every.reached)}")
    expected, found = violated(whole, states), violated(reduced, fewer)
    if expected != found:
        raise Disagreement(f"reduced: {sorted(found)}, whole: {sorted(expected)}")
    points = reduced.program.points
    loops = [p.name for p in points if p.step and p.name in {leaf.target for leaf in leaves(p.step.block)}]
    if loops:
        raise Disagreement(f"merged: a step leads back to {loops[0]}")
    expansion = Expansion(reduced.program, whole)
    for state in islice(fewer, 0, None, max(1, len(fewer) // EXPANDED)):
        expansion.path(path(state, fewer))
    alone(plain, expected, limit)
    stronger(cell, expected, limit)
    queued(cell, expected, limit)
    exchanged = changed_by_an_exchange(reduced.program, fewer, EXCHANGED)
    if exchanged:
        raise Disagreement(f"symmetry: {exchanged}")
    if wrong := false_alarm(whole, states):
        raise Disagreement(f"stuck: {wrong}")
    return Safety(whole, reduced, len(states), len(fewer), expected)


def alone(plain: Program, expected: frozenset[str], limit: int) -> None:
    """Each property by itself, with a reduction that looks at nothing else; raises Disagreement."""
    names = (*plain.properties, *(f"met: {formula.property}" for formula in plain.sometimes))
    if len(names) < 2:
        return
    for name in names:
        own = name.removeprefix("met: ")
        only = replace(
            plain,
            properties=tuple(p for p in plain.properties if p == name),
            invariants=tuple(i for i in plain.invariants if i.property == name),
            sometimes=tuple(f for f in plain.sometimes if f.property == own and own != name),
            points=tuple(
                replace(point, claims=tuple(claim for claim in point.claims if claim.property == name))
                for point in plain.points
            ),
        )
        reduced = Interpreter(pipeline.prepared(only))
        if (name in violated(reduced, searched(reduced, limit))) != (name in expected):
            raise Disagreement(f"alone: {name} is{' not' if name in expected else ''} found when reduced")


def stronger(cell: Cell, expected: frozenset[str], limit: int) -> None:
    """Whatever sequentially consistent memory shows, weak memory shows, too; raises Disagreement."""
    if cell.model.memory == "sc":
        return
    program = lower(replace(cell.model, memory="sc"), cell.policy)[0]
    assert program is not None
    plain = Interpreter(pipeline.whole(pipeline.about(program)))
    found = violated(plain, states := searched(plain, limit))
    if not found <= expected:
        raise Disagreement(f"memory: weak finds {sorted(expected)}, sc {sorted(found)}")
    if not cell.program.weak and len(states) != len(
        searched(Interpreter(pipeline.whole(pipeline.about(cell.program))), limit)
    ):
        raise Disagreement("memory: no location is weak, and there are other states")


def queued(cell: Cell, expected: frozenset[str], limit: int) -> None:
    """With the queues of all locks that can have one; raises Disagreement."""
    program = lower(cell.model, cell.policy, all_queues=True)[0]
    if program is None or program.queued_locks == cell.program.queued_locks:
        return
    keeping = Interpreter(pipeline.whole(pipeline.about(program)))
    try:
        found = violated(keeping, searched(keeping, 4 * limit))
    except TooLarge:
        return
    if found != expected:
        raise Disagreement(f"queues: with them {sorted(found)}, without {sorted(expected)}")


def safety_by_tlc(cell: Cell, known: Safety, tools: tla.Tools) -> int:
    """TLC on both programs: verdicts, number of states, traces.  The number of runs."""
    names = [name for name in cell.program.properties if name not in known.violated]
    broken = [name for name in cell.program.properties if name in known.violated]
    runs = 0
    for interpreter, number, expansion in (
        (known.whole, known.states, None),
        (known.reduced, known.fewer, Expansion(known.reduced.program, known.whole)),
    ):
        program = interpreter.program
        emission = emit(program, names, registers=True)
        outcome = tlc(emission, tools, deadlock=emission.check_deadlock)
        runs += 1
        if not isinstance(outcome, tla.Holds):
            raise Disagreement(
                f"TLC: finds {outcome.name or outcome.kind} violated, the interpreter does not"
            )
        if outcome.totals.distinct != number:
            raise Disagreement(f"states: TLC counts {outcome.totals.distinct}, the interpreter {number}")
        for name in broken:
            emission = emit(program, [name], registers=True)
            outcome = tlc(emission, tools, deadlock=emission.check_deadlock)
            runs += 1
            if not isinstance(outcome, tla.Violated):
                raise Disagreement(f"TLC: the interpreter finds {name} violated, TLC does not")
            states = states_of(tuple(s.values for s in outcome.trace.states), program, emission)
            path = expansion.path(states, everyone=name == "deadlock") if expansion else states
            retrace(name, path, known.whole)
    return runs + symmetric_by_tlc(known, names, broken, tools) + together_by_tlc(known, broken, tools)


def together_by_tlc(known: Safety, broken: list[str], tools: tla.Tools) -> int:
    """TLC on both programs in one run, which notes what is violated.  The number of runs."""
    parts, page = safety_together([known.whole.program, known.reduced.program], broken)
    if page is None:
        return 0
    outcome = tlc(page, tools, deadlock=page.check_deadlock)
    message = difference(outcome, parts, broken, [known.states, known.fewer])
    if message is not None:
        raise Disagreement(f"TLC, together: {message}")
    return 1


def safety_by_spin(cell: Cell, known: Safety, tools: spin.Tools) -> int:
    """Spin on both programs, all properties in one run each.  The number of runs."""
    runs = 0
    for interpreter, expansion in (
        (known.whole, None),
        (known.reduced, Expansion(known.reduced.program, known.whole)),
    ):
        program = interpreter.program
        try:
            made = promela(program)
        except Unsupported:
            return runs
        exploration = Exploration(interpreter)
        nearest: dict[str, State] = {}
        for state in exploration:
            for violation in interpreter.violations(state):
                nearest.setdefault(violation.property, state)
        job = spin.Job(files=made.files, state_bytes=made.bytes, optimise=0)
        outcome = spin.run(job, tools, spin.Limits(seconds=300))
        runs += 1
        if isinstance(outcome, spin.Failed):
            raise Disagreement(f"Spin: {outcome.message} {outcome.directory}")
        if isinstance(outcome, spin.Stopped):
            raise NoVerdict(outcome.why)
        found = {made.properties[number]: one for one in outcome.found for number in one.properties}
        if found.keys() != nearest.keys():
            raise Disagreement(f"Spin: finds {sorted(found)} violated, the interpreter {sorted(nearest)}")
        ours = (len(exploration.found), exploration.generated, exploration.depth)
        totals = outcome.totals
        if (totals.distinct, totals.generated) != ours[:2]:
            raise Disagreement(f"Spin: counts {totals}, the interpreter {ours}")
        if outcome.reached != exploration.reached:
            raise Disagreement(f"Spin: reaches {outcome.reached}, the interpreter {exploration.reached}")
        met = {f"met: {program.sometimes[number].property}" for number in outcome.met}
        if met != {name for name in known.violated if name.startswith("met: ")}:
            raise Disagreement(f"Spin: meets {met}")
        for name, one in found.items():
            states = states_of_trail(one.rows, made.codes, interpreter)
            if len(states) != len(exploration.path(nearest[name])):
                raise Disagreement(f"Spin: {len(states)} states to {name}, which is not the shortest way")
            path = expansion.path(states, everyone=name == "deadlock") if expansion else states
            retrace(name, path, known.whole)
    return runs


def symmetric_by_tlc(known: Safety, names: list[str], broken: list[str], tools: tla.Tools) -> int:
    """TLC on the reduced program up to symmetry: the same verdicts, no more states.  The number of runs."""
    same = symmetry(known.reduced.program)
    if not same.names:
        return 0
    for asked in (names, *([name] for name in broken)):
        emission = emit(known.reduced.program, asked, registers=True, symmetry=same)
        outcome = tlc(emission, tools, deadlock=emission.check_deadlock)
        if isinstance(outcome, tla.Holds) != (asked is names):
            about = f"TLC, symmetry of {', '.join(same.names)}"
            raise Disagreement(f"{about}: TLC disagrees on {', '.join(asked)}")
        if asked is names and not 0 < (outcome.totals.distinct or 0) <= known.fewer:
            raise Disagreement(f"TLC, symmetry: {outcome.totals.distinct} states, without {known.fewer}")
    return 1 + len(broken)


def tlc(
    emission: Emission | Joined, tools: tla.Tools, *, deadlock: bool = False, liveness: bool = False
) -> tla.Holds | tla.Violated:
    """The outcome of one run; raises Disagreement when TLC finds fault with the module."""
    job = tla.Job(
        module=emission.module,
        module_text=emission.module_text,
        cfg_text=emission.cfg_text,
        others=emission.others if isinstance(emission, Joined) else {},
        check_deadlock=deadlock,
        liveness=liveness,
        quick=True,
        max_heap=512,
    )
    outcome = tla.run(job, tools, tla.Limits(seconds=300))
    if isinstance(outcome, tla.Failed) and outcome.why in ("parse", "config", "evaluation"):
        raise Disagreement(f"TLC cannot evaluate it: {outcome.message}")
    if not isinstance(outcome, tla.Holds | tla.Violated):
        raise NoVerdict(outcome.why)
    return outcome


# ---- temporal properties


@dataclass(frozen=True, slots=True)
class Liveness:
    property: Property
    whole: Program
    reduced: Program
    holds: bool


def liveness(cell: Cell, limit: int = STATES) -> list[Liveness]:
    """Every temporal property on the whole and on the reduced program; raises Disagreement."""
    found: list[Liveness] = []
    for property in cell.live.temporal:
        focus = pipeline.about(cell.live, property)
        if property.formula in (TRUE, FALSE):
            continue
        whole = pipeline.whole(focus)
        reduced = pipeline.prepared(focus)
        expected = PlainGraph.of(whole, limit).holds(property.formula)
        told = f"{property.name} {'holds' if expected else 'fails'}"
        if PlainGraph.of(reduced, limit).holds(property.formula) != expected:
            raise Disagreement(f"liveness: {told}, but not when reduced")
        for program, kind in ((whole, "whole"), (reduced, "reduced")):
            for exchange in (False, True):
                if fairly_holds(property, program, whole, limit, exchange=exchange) != expected:
                    how = f"{kind}{', with exchanges' * exchange}"
                    raise Disagreement(f"fair cycles: {told}, but not to the engine ({how})")
        fair_queues(cell, property, expected, limit)
        found.append(Liveness(property, whole, reduced, expected))
    return found


def fair_queues(cell: Cell, property: Property, expected: bool, limit: int) -> None:
    """With the queue of each lock whose writers are promised instead not to be passed over for ever; raises
    Disagreement."""
    if not cell.live.patient_locks:
        return
    program = lower(cell.model, cell.policy, in_turn=True, all_queues=True)[0]
    assert program is not None
    same = next(one for one in program.temporal if one.name == property.name)
    try:
        held = PlainGraph.of(pipeline.whole(pipeline.about(program, same)), 4 * limit).holds(same.formula)
    except TooLarge:
        return
    if held != expected:
        raise Disagreement(f"fair queues: with them {property.name} {'holds' if held else 'fails'}")


def fairly_holds(property: Property, program: Program, whole: Program, limit: int, *, exchange: bool) -> bool:
    """Whether the engine finds no fair behaviour that violates a property; what it finds is replayed."""
    found = decided(program, property.formula, limit, lambda: None, exchange=exchange)
    if found.holds:
        return True
    walker = Interpreter(whole)
    states, loop = found.behaviour, found.loop
    if program is not whole:
        states, loop = Expansion(program, walker).lasso(states, loop)
    retrace_lasso(property, states, loop, walker)
    return False


def liveness_by_tlc(known: Liveness, tools: tla.Tools) -> int:
    """TLC on both programs, each counterexample replayed.  The number of runs."""
    whole = Interpreter(known.whole)
    name = known.property.name
    for program, expansion in ((known.whole, None), (known.reduced, Expansion(known.reduced, whole))):
        emission = emit(program, (), temporal=(name,))
        outcome = tlc(emission, tools, liveness=True)
        if isinstance(outcome, tla.Holds) != known.holds:
            kind = "reduced" if expansion else "whole"
            raise Disagreement(
                f"TLC, liveness: {not known.holds} of {name} ({kind}), the search {known.holds}"
            )
        if isinstance(outcome, tla.Violated):
            states = states_of(tuple(s.values for s in outcome.trace.states), program, emission)
            loop = None if outcome.trace.back_to is None else outcome.trace.back_to - 1
            if expansion:
                states, loop = expansion.lasso(states, loop)
            retrace_lasso(known.property, states, loop, whole)
    page = claims_together([known.whole, known.reduced], name)
    if page is None:
        return 2
    if isinstance(tlc(page, tools, liveness=True), tla.Holds) != known.holds:
        raise Disagreement(f"TLC, liveness: {not known.holds} of {name} (together), the search {known.holds}")
    return 3
