"""Measures `pfnspec check` beside TLC and Spin on models of the same protocol written by hand.

    python bench/speed.py [PART...] [-n RUNS] [--small] [--workers N] [--limit SECONDS] [--point SECONDS]
    python bench/speed.py --mutants

Parts are `plain` (PlusCal and Promela, a step per statement), `hand` (TLA+ made small by hand), `smallest`,
`engines` (our own model on Spin instead of TLC), `growth` and `interpreter`; all of them without being
named. All sides of a size are run in turn, RUNS times while a turn is short; times are medians of whole
commands, `busy` is their processor time. What runs longer than --limit is stopped and said to be; its ratio
is then a lower bound. Ratios are the other's time, or states, through pfnspec's. With --mutants nothing is
timed: the same bug is put into all four models, and each must find it.

The exit status is 1 when a verdict is not what it should be.  Without spin or a C compiler those rows are
left out.  bench/speed.md has the method, and a table as measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pfnspec import tla
from pfnspec.check.load import load
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.pipeline import whole
from pfnspec.translator.reduce.reduce import safety_reduced
from pfnspec.translator.run.interpreter import Interpreter
from timed import Ran, Sides, Wrong, command, compared, head, last, median, row, shown

HERE = Path(__file__).resolve().parent
ONE_SHOT = HERE / "one_shot.pfn"
BASELINES = HERE / "baselines"
PARTS = ("plain", "hand", "smallest", "engines", "growth", "interpreter")
INTERPRETED = 20_000

_SMALLEST = "model smallest\n\nshared l: spinlock\n\nprocess vcpu:\n    with l:\n        cpu_relax()\n"


@dataclass(frozen=True)
class Size:
    vcpus: int
    notifiers: int
    pages: int

    def __str__(self) -> str:
        return f"{self.vcpus}+{self.notifiers}+{self.pages}"


SMALL, LARGE = Size(2, 2, 3), Size(3, 3, 4)
# Without reduction there is no symmetry either.
UNREDUCED = (HERE.parent / "examples/pfncache/upstream.pfn", "--const", "NOTIFIERS=2", "--no-reduction")


@dataclass(frozen=True)
class Mutant:
    """A bug, as a replacement in each of the models."""

    name: str
    replaced: dict[str, tuple[str, str]]


MUTANTS = (
    Mutant(
        "an invalidation leaves `valid` set",
        {
            "pfn": (
                "",
                "def gfn_to_pfn_cache_invalidate():\n    with gpc.lock.read():\n        if not gpc_hit():\n"
                "            return\n    with gpc.lock.write():\n        pass\n",
            ),
            "upstream.tla": ("forget:         valid := FALSE", "forget:         skip"),
            "upstream.pml": ("valid && pfn != NONE -> valid = 0", "valid && pfn != NONE -> skip"),
            "upstream_by_hand.tla": (
                "    /\\ valid' = FALSE\n    /\\ pfn' = None\n    /\\ UNCHANGED <<pte,",
                "    /\\ UNCHANGED <<valid, pfn, pte,",
            ),
        },
    ),
    Mutant(
        "a refresh does not look at the count",
        {
            "pfn": ("", "def mmu_notifier_retry_cache(seen: snapshot) -> bool:\n    return seq != seen\n"),
            "upstream.tla": ("if (active # 0)", "if (FALSE)"),
            "upstream.pml": ("count != 0 -> goto sample", "false -> goto sample"),
            "upstream_by_hand.tla": ("/\\ IF Active", "/\\ IF FALSE"),
        },
    ),
)


# ---- the sides


class Bench:
    """Runs each side; `limit` is the longest that one may take."""

    def __init__(self, folder: Path, limit: float, workers: int) -> None:
        self.folder = folder
        self.limit = limit
        self.workers = workers
        self.tools = tla.find_tools()
        self.made = 0

    def place(self) -> Path:
        """An empty directory."""
        self.made += 1
        place = self.folder / str(self.made)
        place.mkdir()
        return place

    def pfnspec(self, model: Path, *more: str, limit: float | None = None) -> Ran:
        """A whole `pfnspec check` of the safety properties."""
        (cell, *_) = load(os.fspath(model), outside=True).cells
        asked = [word for name in cell.program.properties for word in ("--property", name)]
        words = [sys.executable, "-m", "pfnspec", "check", os.fspath(model), "--format", "json"]
        words += ["--allow-outside", "--no-cache", "--workers", str(self.workers), *asked, *more]
        limit = self.limit if limit is None else limit
        ran = command([*words, "--timeout", str(limit)], self.place(), limit + 60)
        try:
            result = json.loads(ran.output)
            violated = any(verdict["outcome"] == "violated" for verdict in result["verdicts"])
            states = result["evidence"]["states"] or 0
            return Ran(ran.seconds, ran.busy, states, violated, result["status"] == 3)
        except (ValueError, KeyError, TypeError):
            raise Wrong(f"pfnspec: {ran.output.strip()[-200:]}") from None

    def one_shot(self, size: Size, limit: float | None = None, engine: str = "tlc") -> Ran:
        sizes = (f"VCPUS={size.vcpus}", f"NOTIFIERS={size.notifiers}", f"PAGES={size.pages}")
        words = [word for s in sizes for word in ("--const", s)]
        return self.pfnspec(ONE_SHOT, *words, "--engine", engine, limit=limit)

    def tlc(self, folder: Path, module: str, *flags: str) -> Ran:
        """TLC on a module and its configuration that lie in `folder`."""
        words = [os.fspath(self.tools.java), *flags, f"-Djava.io.tmpdir={folder}", "-cp"]
        words += [os.fspath(self.tools.jar), "tlc2.TLC", "-workers", str(self.workers), f"{module}.tla"]
        ran = command(words, folder, self.limit)
        violated = "Assert" in ran.output or "is violated" in ran.output
        if not ran.stopped and not violated and "No error has been found" not in ran.output:
            raise Wrong(f"TLC on {module}: {ran.output.strip()[-200:]}")
        states = last(r"([\d,]+) distinct states found", ran.output)
        return Ran(ran.seconds, ran.busy, states, violated, ran.stopped)

    def baseline(
        self, module: str, size: Size, *, mutant: Mutant | None = None, symmetry: bool = False
    ) -> Ran:
        """TLC on a module of `baselines`; translating PlusCal is not counted."""
        folder = self.place()
        (folder / f"{module}.tla").write_text(changed(f"{module}.tla", mutant), encoding="utf-8")
        if module == "upstream":
            words = [os.fspath(self.tools.java), "-cp", os.fspath(self.tools.jar), "pcal.trans", "-nocfg"]
            ran = command([*words, f"{module}.tla"], folder, self.limit)
            if "Translation completed" not in ran.output:
                raise Wrong(f"pcal.trans: {ran.output.strip()[-200:]}")
        lines = ["SPECIFICATION Spec", "CONSTANT None = None"]
        for name, count in (("Vcpus", size.vcpus), ("Notifiers", size.notifiers), ("Pages", size.pages)):
            values = [f"{name[0].lower()}{number}" for number in range(count)]
            lines += [f"CONSTANT {name} = {{{', '.join(values)}}}", *(f"CONSTANT {v} = {v}" for v in values)]
        lines += ["INVARIANT NotStale"] if module == "upstream_by_hand" else []
        lines += ["SYMMETRY Perms"] if symmetry else []
        (folder / f"{module}.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.tlc(folder, module, "-XX:+UseSerialGC", f"-Xmx{tla.heap_share(1)}m")

    def spin(self, size: Size, *, mutant: Mutant | None = None) -> Ran:
        """Spin, the C compiler and the verifier that they make, with partial-order reduction."""
        folder = self.place()
        (folder / "upstream.pml").write_text(changed("upstream.pml", mutant), encoding="utf-8")
        sizes = f"-DVCPUS={size.vcpus} -DNOTIFIERS={size.notifiers} -DPAGES={size.pages}"
        memory = tla.heap_share(1) * 4 // 3
        table = 24 if size.vcpus < 3 else 27
        script = (
            f"spin -a {sizes} upstream.pml && gcc -O2 -DSAFETY -DMEMLIM={memory} -o pan pan.c"
            f" && exec ./pan -m1000000 -w{table}"
        )
        ran = command(["sh", "-c", script], folder, self.limit)
        if ran.stopped or "MEMLIM" in ran.output:
            return Ran(ran.seconds, ran.busy, last(r"States= *(\S+)", ran.output), False, True)
        if "errors:" not in ran.output or "too small" in ran.output:
            raise Wrong(f"Spin: {ran.output.strip()[-200:]}")
        found = last(r"errors: (\d+)", ran.output) > 0
        return Ran(ran.seconds, ran.busy, last(r"(\d+) states, stored", ran.output), found)


def changed(name: str, mutant: Mutant | None) -> str:
    """The text of a baseline, with a mutant's change."""
    text = (BASELINES / name).read_text(encoding="utf-8")
    if mutant is None:
        return text
    old, new = mutant.replaced[name]
    if text.count(old) != 1:
        raise Wrong(f"{name} has `{old}` {text.count(old)} times")
    return text.replace(old, new)


def has_spin() -> bool:
    missing = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    if missing:
        print(f"no {' and no '.join(missing)}: the rows with Spin are left out", file=sys.stderr)
    return not missing


# ---- the parts


def beside(bench: Bench, parts: tuple[str, ...], sizes: Sequence[Size], runs: int) -> None:
    """Parts `plain`, `hand` and `smallest`."""
    if not {"plain", "hand", "smallest"} & set(parts):
        return
    head(
        "against", "size", "states", "s", "busy", "its states", "its s", "its busy", "states, ratio",
        "s, ratio", "busy, ratio",
    )  # fmt: skip
    with_spin = "plain" in parts and has_spin()
    for size in sizes:
        others: list[tuple[str, Callable[[], Ran]]] = []
        if "hand" in parts:
            by_hand = partial(bench.baseline, "upstream_by_hand", size)
            others.append(("TLA+ by hand", by_hand))
            others.append(("TLA+ by hand, symmetry", partial(by_hand, symmetry=True)))
        if with_spin:
            others.append(("Promela on Spin", partial(bench.spin, size)))
        if "plain" in parts:
            others.append(("PlusCal on TLC", partial(bench.baseline, "upstream", size)))
        if others:
            compared(size, partial(bench.one_shot, size), others, runs)
    if "smallest" in parts:
        folder = bench.place()
        model = folder / "smallest.pfn"
        model.write_text(_SMALLEST, encoding="utf-8")
        words = [sys.executable, "-m", "pfnspec", "translate", os.fspath(model), "-o", os.fspath(folder)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        bare = partial(bench.tlc, folder, "smallest")
        compared("-", partial(bench.pfnspec, model), [("bare TLC on the same module", bare)], runs)


def engines(bench: Bench, sizes: Sequence[Size], runs: int) -> None:
    """The same model, translated for TLC, with symmetry, and for Spin, without: whole commands."""
    if not has_spin():
        return
    head("pfnspec check", "TLC: states", "s", "busy", "Spin: states", "s", "busy")
    models: list[tuple[str, Callable[[str], Ran]]] = [
        (f"one_shot.pfn {size}", lambda engine, size=size: bench.one_shot(size, engine=engine))  # type: ignore[misc]
        for size in sizes
    ]
    models.append(("upstream.pfn, not reduced", lambda engine: bench.pfnspec(*UNREDUCED, "--engine", engine)))
    for title, run in models:
        sides = [median([run(engine) for _ in range(runs)]) for engine in ("tlc", "spin")]
        row(title, *(cell for side in sides for cell in shown(side)))


def growth(bench: Bench, limit: float) -> None:
    head("vCPUs", *(f"{notifiers} notifiers: states, s" for notifiers in (1, 2, 3)))
    for vcpus in (1, 2, 3, 4):
        cells = []
        for notifiers in (1, 2, 3):
            states, seconds, _ = shown(bench.one_shot(Size(vcpus, notifiers, SMALL.pages), limit))
            cells.append(f"{states}, {seconds}")
        row(vcpus, *cells)


def interpreter() -> None:
    head("interpreter", "states", "s", "states/s")
    (cell, *_) = load(os.fspath(ONE_SHOT), outside=True).cells
    plain = focused(cell.program, ())
    formulas = [formula.condition for formula in (*plain.invariants, *plain.sometimes)]
    for title, program in (("whole program", plain), ("reduced program", safety_reduced(plain, formulas))):
        began = time.monotonic()
        states, _ = Interpreter(whole(program)).search(INTERPRETED)
        seconds = time.monotonic() - began
        row(title, f"{len(states):,}", f"{seconds:.2f}", f"{len(states) / seconds:,.0f}")


# ---- mutants


def mutants(bench: Bench) -> None:
    """Every model must find every bug, at a size where that is quick."""
    head("mutant", "pfnspec", "PlusCal on TLC", "Promela on Spin", "TLA+ by hand")
    with_spin = has_spin()
    for number, mutant in enumerate(MUTANTS):
        model = bench.place() / f"mutant{number}.pfn"
        base = os.path.relpath(ONE_SHOT, model.parent)
        text = f'model mutant{number} varies "{base}"\n\n{mutant.replaced["pfn"][1]}'
        model.write_text(text, encoding="utf-8")
        sides: Sides = (
            ("pfnspec", partial(bench.pfnspec, model)),
            ("PlusCal on TLC", partial(bench.baseline, "upstream", SMALL, mutant=mutant)),
            ("Promela on Spin", partial(bench.spin, SMALL, mutant=mutant)),
            ("TLA+ by hand", partial(bench.baseline, "upstream_by_hand", SMALL, mutant=mutant)),
        )
        cells = []
        for title, run in sides:
            if title == "Promela on Spin" and not with_spin:
                cells.append("-")
                continue
            if not run().violated:
                raise Wrong(f"{title} does not find: {mutant.name}")
            cells.append("found")
        row(mutant.name, *cells)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("-n", type=int, default=3, help="runs of what is short (default 3)")
    parser.add_argument("--workers", type=int, default=1, help="threads of TLC, on both sides (default 1)")
    parser.add_argument("--limit", type=float, default=600, help="seconds that a run may take (default 600)")
    parser.add_argument("--point", type=float, default=60, help="the same for a point of growth (default 60)")
    parser.add_argument("--small", action="store_true", help="not the large size, which takes long")
    parser.add_argument("--mutants", action="store_true", help="only whether every model finds the same bugs")
    options = parser.parse_args()
    parts = tuple(options.parts) or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown or options.n < 1 or options.workers < 1:
        parser.error(f"no such part: {', '.join(unknown)}" if unknown else "-n and --workers are at least 1")
    try:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), options.limit, options.workers)
            if options.mutants:
                mutants(bench)
                return 0
            beside(bench, parts, (SMALL,) if options.small else (SMALL, LARGE), options.n)
            if "engines" in parts:
                engines(bench, (SMALL,) if options.small else (SMALL, LARGE), options.n)
            if "growth" in parts:
                growth(bench, options.point)
            if "interpreter" in parts:
                interpreter()
    except (Wrong, tla.ToolMissing) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
