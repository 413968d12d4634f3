"""Random models, or examples with something wrong in them, each checked in as many ways as there are.

    python bench/differential.py --models 300 [--mutants | --crowds] [--tlc] [--spin] [--liveness]
        [--seed 0] [--seconds 600]

`comparisons.py` says what is compared per model and cell, and must agree; with `--tlc` also by TLC, with
`--spin` by Spin; with `--liveness` temporal properties too, by the interpreter's search for fair cycles, by a
plain one, and without exchanging what can change places.  With `--crowds` the models are of such tasks and
values.  A disagreement is printed with the smallest model that shows it.  What a run came to is said at its
end, and how many models had which shape; stopped by Ctrl-C or `--seconds` it says with which `--seed` to go
on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

import mutants
import random_crowds
import random_models
from comparisons import (
    STATES,
    Disagreement,
    NoVerdict,
    TooLarge,
    cells,
    liveness,
    liveness_by_tlc,
    safety,
    safety_by_spin,
    safety_by_tlc,
    searched,
)
from pfnspec import spin, tla
from pfnspec.check.project.files import cache
from pfnspec.translator.retrace.retrace import Mismatch
from shrink import smaller
from stuck import missed


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is looked at: its text, the file that it stands for, its constants, and what is in it."""

    text: str
    name: str = "model.pfn"
    constants: Mapping[str, int] = field(default_factory=dict)
    shapes: frozenset[str] = frozenset()


@dataclass(slots=True)
class Count:
    models: int = 0
    refused: int = 0
    large: int = 0
    stopped: int = 0
    cells: int = 0
    runs: int = 0
    compiled: int = 0
    states: int = 0
    fewer: int = 0
    properties: int = 0
    stuck: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Count) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def _kind(name: str) -> str:
    words = {"claim": "an assertion", "safe": "an invariant", "met:": "a `sometimes` that is met"}
    return next((kind for start, kind in words.items() if name.startswith(start)), name)


def fault(
    text: str, count: Count | None = None, *, tools: tla.Tools | None = None, temporal: bool = False,
    compiled: spin.Tools | None = None,
    limit: int = STATES, name: str = "model.pfn", constants: Mapping[str, int] | None = None,
) -> str | None:  # fmt: skip
    """What two ways disagree about in a model, in words."""
    count = count or Count()
    count.models += 1
    try:
        found = cells(text, name, constants)
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
            count.kinds.update(_kind(one) for one in known.violated)
            count.stuck += missed(known.whole, searched(known.whole, limit))
            lively = liveness(cell, limit) if temporal else []
            count.properties += len(lively)
            count.kinds["a temporal property"] += sum(not one.holds for one in lively)
            if compiled is not None:
                count.compiled += safety_by_spin(cell, known, compiled)
            if tools is not None:
                count.runs += safety_by_tlc(cell, known, tools)
                for one in lively:
                    count.runs += liveness_by_tlc(one, tools)
        except TooLarge:
            count.large += 1
        except NoVerdict as stopped:
            count.stopped += 1
            print(f"no verdict: TLC, {stopped}", file=sys.stderr, flush=True)
        except Disagreement as error:
            return f"{where}{error}"
        except Mismatch as error:
            return f"{where}replay: {error}"
        except Exception as error:
            return f"{where}{type(error).__name__}: {error}"
    return None


def shrunk(
    subject: Subject, why: str, tools: tla.Tools | None, compiled: spin.Tools | None, *, temporal: bool,
    limit: int,
) -> str:  # fmt: skip
    """The smallest model found that fails alike, without TLC and Spin where it fails without."""
    kind = _alike(why)
    settings: dict[str, object] = {"temporal": temporal, "limit": limit}
    settings |= {"name": subject.name, "constants": subject.constants}
    alone = fault(subject.text, **settings) is None  # type: ignore[arg-type]
    settings |= {"tools": tools, "compiled": compiled} if alone else {}

    def fails(candidate: str) -> bool:
        found = fault(candidate, **settings)  # type: ignore[arg-type]
        return found is not None and _alike(found) == kind

    return smaller(subject.text, fails)


def _alike(why: str) -> str:
    """What is common to the same fault in a model and a smaller one."""
    return why.partition("] ")[2].partition(":")[0]


# ---- the run


@dataclass(frozen=True, slots=True)
class Asked:
    """What every process has to know."""

    mutants: bool
    crowds: bool
    tlc: bool
    spin: bool
    liveness: bool
    states: int
    whole: bool


def subject(seed: int, asked: Asked) -> Subject:
    if asked.mutants:
        mutant = mutants.mutant(seed)
        return Subject(mutant.text, mutant.path, mutant.constants, frozenset(mutant.changes))
    if asked.crowds:
        return Subject(random_crowds.model(seed))
    made = random_models.made(seed, liveness=asked.liveness)
    return Subject(made.text, shapes=made.shapes)


@lru_cache
def _tools() -> tla.Tools:
    return tla.with_archive(tla.find_tools(), cache())


def one(seed: int, asked: Asked) -> tuple[int, Count, str | None]:
    """The model of a seed: what it counts for, and what is wrong, with the model made small."""
    count = Count()
    looked_at = subject(seed, asked)
    tools = _tools() if asked.tlc else None
    compiled = spin.find_tools() if asked.spin else None
    count.shapes.update(looked_at.shapes)
    why = fault(
        looked_at.text, count, tools=tools, compiled=compiled, temporal=asked.liveness, limit=asked.states,
        name=looked_at.name, constants=looked_at.constants,
    )  # fmt: skip
    if why is None:
        return seed, count, None
    text = looked_at.text
    if not asked.whole:
        text = shrunk(looked_at, why, tools, compiled, temporal=asked.liveness, limit=asked.states)
    told = "".join(f" {name}={value}" for name, value in looked_at.constants.items())
    return seed, count, f"{why}\n# {looked_at.name}{told}\n{text}"


def results(
    first: int, number: int, asked: Asked, seconds: float, jobs: int
) -> Iterator[tuple[int, Count, str | None]]:
    """What becomes of the seeds, in their order; none is begun after so many seconds."""
    ends = time.monotonic() + seconds
    if jobs == 1:
        for seed in range(first, first + number):
            if time.monotonic() > ends:
                return
            yield one(seed, asked)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for start in range(first, first + number, 4 * jobs):
            if time.monotonic() > ends:
                return
            some = range(start, min(start + 4 * jobs, first + number))
            yield from pool.map(one, some, [asked] * len(some))


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no model after so long")
    parser.add_argument("--states", type=int, default=STATES, help="leave larger models out")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--mutants", action="store_true", help="changed examples instead of random models")
    parser.add_argument(
        "--crowds", action="store_true", help="models of tasks and values that can change places"
    )
    parser.add_argument("--tlc", action="store_true")
    parser.add_argument("--spin", action="store_true")
    parser.add_argument("--liveness", action="store_true")
    parser.add_argument("--whole", action="store_true", help="print failing models as they are")
    given = parser.parse_args()
    asked = Asked(
        given.mutants, given.crowds, given.tlc, given.spin, given.liveness, given.states, given.whole
    )
    count = Count()
    began = time.monotonic()
    faults = 0
    following = given.seed
    try:
        for seed, counted, why in results(given.seed, given.models, asked, given.seconds, given.jobs):
            following = seed + 1
            if following % 100 == 0:
                print(f"up to seed {seed}, {faults} disagreements", file=sys.stderr, flush=True)
            count.add(counted)
            if why is not None:
                faults += 1
                print(f"== seed {seed}: {why}", flush=True)
    except KeyboardInterrupt:
        pass
    print(f"{count.models} models, {count.cells} cells checked; {count.refused} models refused,")
    print(f"{count.large} cells too large, {count.stopped} without a verdict")
    print(f"{count.states} states, {count.fewer} reduced; {count.properties} temporal properties")
    print(f"{count.runs} runs of TLC, {count.compiled} of Spin")
    print(f"{count.stuck} cells with a task that never steps again, and no deadlock")
    print("violated:", ", ".join(f"{name} {number}" for name, number in count.kinds.most_common()))
    print("models with:", ", ".join(f"{name} {number}" for name, number in count.shapes.most_common()))
    print(f"{faults} disagreements, {time.monotonic() - began:.0f} s; go on with --seed {following}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
