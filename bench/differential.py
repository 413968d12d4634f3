"""Random models, each checked in as many ways as there are, which must agree.

    python bench/differential.py --models 300 [--tlc] [--liveness] [--seed 0] [--seconds 600]

Per model and cell: the interpreter on the whole and on the reduced program, whose behaviours are told as
those of the whole one; whoever `deadlock` calls stuck never steps again in the graph of all states; with
`--tlc`, TLC on both, with the number of distinct states and every trace replayed, and on the reduced one up
to symmetry; with `--liveness`, temporal properties by the interpreter's own search for fair cycles, on the
whole and on the reduced program, and with `--tlc` by TLC on both.  A disagreement is printed with the
smallest model that shows it.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from pfnspec import tla
from pfnspec.check.files import cache
from pfnspec.check.load import Cell, load
from pfnspec.translator.emit import Emission, emit
from pfnspec.translator.expand import Expansion
from pfnspec.translator.fair_cycles import Graph, TooLarge
from pfnspec.translator.interpreter import Interpreter, State, path
from pfnspec.translator.lasso import retrace_lasso
from pfnspec.translator.program import FALSE, TRUE, Program, Property
from pfnspec.translator.reduce import liveness_reduced, safety_reduced
from pfnspec.translator.retrace import Mismatch, retrace, states_of
from pfnspec.translator.schedule import scheduled
from pfnspec.translator.symmetry import symmetry
from pfnspec.translator.temporal import focused
from pfnspec.translator.ways import leaves
from random_models import model
from shrink import smaller
from stuck import false_alarm, missed

STATES = 3000
# To so many states of the reduced program a behaviour of the whole one is looked for.
EXPANDED = 30


class Disagreement(Exception):
    """Two ways of checking the same model differ."""


class NoVerdict(Exception):
    """TLC was stopped, or could not be run; no fault of the model's."""


def cells(text: str) -> tuple[Cell, ...]:
    """The cells of a model; none when it is refused."""
    return load("model.pfn", {}, text=text.encode()).cells


# ---- safety


def violated(interpreter: Interpreter, states: Iterable[State]) -> frozenset[str]:
    """Every safety property that some state violates, and every `sometimes` that one satisfies."""
    found = {violation.property for state in states for violation in interpreter.violations(state)}
    for formula in interpreter.program.sometimes:
        if any(interpreter.value(formula.condition, state) is True for state in states):
            found.add(f"met: {formula.property}")
    return frozenset(found)


def searched(interpreter: Interpreter, limit: int) -> Mapping[State, State | None]:
    found, complete = interpreter.search(limit)
    if not complete:
        raise TooLarge
    return found


@dataclass(frozen=True, slots=True)
class Safety:
    whole: Interpreter
    reduced: Interpreter
    states: int
    fewer: int
    violated: frozenset[str]


def safety(cell: Cell, limit: int = STATES) -> Safety:
    """Whole and reduced program in the interpreter; raises Disagreement when a verdict differs."""
    plain = focused(cell.program, ())
    formulas = [formula.condition for formula in (*plain.invariants, *plain.sometimes)]
    whole = Interpreter(scheduled(plain))
    states = searched(whole, limit)
    reduced = Interpreter(scheduled(safety_reduced(plain, formulas)))
    fewer = searched(reduced, limit)
    expected, found = violated(whole, states), violated(reduced, fewer)
    if expected != found:
        raise Disagreement(f"reduced: {sorted(found)}, whole: {sorted(expected)}")
    points = reduced.program.points
    loops = [p.name for p in points if p.step and p.name in {leaf.target for leaf in leaves(p.step.block)}]
    if loops:
        raise Disagreement(f"a merged step leads back to {loops[0]}")
    expansion = Expansion(reduced.program, whole)
    for state in islice(fewer, 0, None, max(1, len(fewer) // EXPANDED)):
        expansion.path(path(state, fewer))
    if wrong := false_alarm(whole, states):
        raise Disagreement(wrong)
    return Safety(whole, reduced, len(states), len(fewer), expected)


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
            raise Disagreement(f"TLC finds {outcome.name or outcome.kind} violated, the interpreter does not")
        if outcome.totals.distinct != number:
            raise Disagreement(f"TLC counts {outcome.totals.distinct} states, the interpreter {number}")
        for name in broken:
            emission = emit(program, [name], registers=True)
            outcome = tlc(emission, tools, deadlock=emission.check_deadlock)
            runs += 1
            if not isinstance(outcome, tla.Violated):
                raise Disagreement(f"the interpreter finds {name} violated, TLC does not")
            states = states_of(tuple(s.values for s in outcome.trace.states), program, emission)
            path = expansion.path(states, everyone=name == "deadlock") if expansion else states
            retrace(name, path, known.whole)
    return runs + symmetric_by_tlc(known, names, broken, tools)


def symmetric_by_tlc(known: Safety, names: list[str], broken: list[str], tools: tla.Tools) -> int:
    """TLC on the reduced program up to symmetry: the same verdicts, no more states.  The number of runs."""
    same = symmetry(known.reduced.program)
    if not same.names:
        return 0
    for asked in (names, *([name] for name in broken)):
        emission = emit(known.reduced.program, asked, registers=True, symmetry=same)
        outcome = tlc(emission, tools, deadlock=emission.check_deadlock)
        if isinstance(outcome, tla.Holds) != (asked is names):
            about = f"symmetry of {', '.join(same.names)}"
            raise Disagreement(f"with {about} TLC disagrees on {', '.join(asked)}")
        if asked is names and not 0 < (outcome.totals.distinct or 0) <= known.fewer:
            raise Disagreement(f"with symmetry {outcome.totals.distinct} states, without {known.fewer}")
    return 1 + len(broken)


def tlc(
    emission: Emission, tools: tla.Tools, *, deadlock: bool = False, liveness: bool = False
) -> tla.Holds | tla.Violated:
    """The outcome of one run; raises Disagreement when TLC finds fault with the module."""
    job = tla.Job(
        module=emission.module,
        module_text=emission.module_text,
        cfg_text=emission.cfg_text,
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
        focus = focused(cell.live, (property,))
        if property.formula in (TRUE, FALSE):
            continue
        whole = scheduled(focus)
        reduced = scheduled(liveness_reduced(focus, (property.formula,)))
        expected = Graph.of(whole, limit).holds(property.formula)
        if Graph.of(reduced, limit).holds(property.formula) != expected:
            raise Disagreement(f"{property.name} {'holds' if expected else 'fails'}, but not when reduced")
        found.append(Liveness(property, whole, reduced, expected))
    return found


def liveness_by_tlc(known: Liveness, tools: tla.Tools) -> int:
    """TLC on both programs, each counterexample replayed.  The number of runs."""
    whole = Interpreter(known.whole)
    name = known.property.name
    for program, expansion in ((known.whole, None), (known.reduced, Expansion(known.reduced, whole))):
        emission = emit(program, (), temporal=(name,))
        outcome = tlc(emission, tools, liveness=True)
        if isinstance(outcome, tla.Holds) != known.holds:
            kind = "reduced" if expansion else "whole"
            raise Disagreement(f"TLC says {not known.holds} of {name} ({kind}), the search {known.holds}")
        if isinstance(outcome, tla.Violated):
            states = states_of(tuple(s.values for s in outcome.trace.states), program, emission)
            loop = None if outcome.trace.back_to is None else outcome.trace.back_to - 1
            if expansion:
                states, loop = expansion.lasso(states, loop)
            retrace_lasso(known.property, states, loop, whole)
    return 2


# ---- the run


@dataclass(slots=True)
class Count:
    models: int = 0
    refused: int = 0
    large: int = 0
    stopped: int = 0
    cells: int = 0
    runs: int = 0
    states: int = 0
    fewer: int = 0
    properties: int = 0
    stuck: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


def _kind(name: str) -> str:
    words = {"claim": "an assertion", "safe": "an invariant", "met:": "a `sometimes` that is met"}
    return next((kind for start, kind in words.items() if name.startswith(start)), name)


def fault(
    text: str, count: Count | None = None, *, tools: tla.Tools | None = None, temporal: bool = False,
    limit: int = STATES,
) -> str | None:  # fmt: skip
    """What two ways disagree about in a model, in words."""
    count = count or Count()
    count.models += 1
    try:
        found = cells(text)
    except Exception as error:
        return f"lowering: {error!r}"
    if not found:
        count.refused += 1
        return None
    for cell in found:
        where = f"[{cell.scenario}, {cell.policy}] "
        try:
            known = safety(cell, limit)
            count.cells += 1
            count.states += known.states
            count.fewer += known.fewer
            count.kinds.update(_kind(name) for name in known.violated)
            count.stuck += missed(known.whole, searched(known.whole, limit))
            lively = liveness(cell, limit) if temporal else []
            count.properties += len(lively)
            count.kinds["a temporal property"] += sum(not one.holds for one in lively)
            if tools is not None:
                count.runs += safety_by_tlc(cell, known, tools)
                for one in lively:
                    count.runs += liveness_by_tlc(one, tools)
        except TooLarge:
            count.large += 1
        except NoVerdict as stopped:
            count.stopped += 1
            print(f"no verdict: TLC, {stopped}", file=sys.stderr, flush=True)
        except (Disagreement, Mismatch) as error:
            return f"{where}{error}"
        except Exception as error:
            return f"{where}{type(error).__name__}: {error}"
    return None


def shrunk(text: str, why: str, tools: tla.Tools | None, *, temporal: bool, limit: int) -> str:
    """The smallest model found that fails alike, without TLC where it fails without."""
    kind = re.sub(r"\W*\w*\d.*", "", why.rpartition("] ")[2])
    needed = tools if fault(text, temporal=temporal, limit=limit) is None else None

    def fails(candidate: str) -> bool:
        found = fault(candidate, tools=needed, temporal=temporal, limit=limit)
        return found is not None and found.rpartition("] ")[2].startswith(kind)

    return smaller(text, fails)


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no model after so long")
    parser.add_argument("--states", type=int, default=STATES, help="leave larger models out")
    parser.add_argument("--tlc", action="store_true")
    parser.add_argument("--liveness", action="store_true")
    parser.add_argument("--whole", action="store_true", help="print failing models as they are")
    asked = parser.parse_args()
    tools = tla.with_archive(tla.find_tools(), cache()) if asked.tlc else None
    count = Count()
    began = time.monotonic()
    faults = 0

    def one(seed: int) -> tuple[int, str, str | None]:
        if time.monotonic() - began > asked.seconds:
            return seed, "", None
        text = model(seed, liveness=asked.liveness)
        return seed, text, fault(text, count, tools=tools, temporal=asked.liveness, limit=asked.states)

    with ThreadPoolExecutor(2 if asked.tlc else 1) as pool:
        for seed, text, why in pool.map(one, range(asked.seed, asked.seed + asked.models)):
            if why is None:
                continue
            faults += 1
            print(f"== seed {seed}: {why}", flush=True)
            if not asked.whole:
                text = shrunk(text, why, tools, temporal=asked.liveness, limit=asked.states)
            print(text, flush=True)
    print(f"{count.models} models, {count.cells} cells checked; {count.refused} models refused,")
    print(f"{count.large} cells too large, {count.stopped} without a verdict")
    print(f"{count.states} states, {count.fewer} reduced; {count.properties} temporal properties")
    print(f"{count.runs} runs of TLC")
    print(f"{count.stuck} cells with a task that never steps again, and no deadlock")
    print("violated:", ", ".join(f"{name} {number}" for name, number in count.kinds.most_common()))
    print(f"{faults} disagreements, {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
