"""What a temporal property costs: states and processor seconds, by both engines, with queues and in turn.

    python bench/liveness.py [FILE] [--size 2+1+2 ...] [--limit 120] [--no-tlc]

A size is VCPUS + NOTIFIERS + PAGES; without PAGES, the model's own.  For each size and property: the program
with the queues of its locks as state, as TLC and the interpreter's search without exchanging names decide it
(what there was before), and the program whose locks are had in turn, by TLC, by the search, and by the search
that exchanges names.  Behind `>` stands what was spent before `--limit` seconds were over.  Processor time is
counted, so that other work on the machine does not matter much.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from pfnspec import tla
from pfnspec.check.load import load
from pfnspec.check.project.files import cache
from pfnspec.translator import pipeline
from pfnspec.translator.emit.emit import emit
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.program.program import Program, Property
from pfnspec.translator.run.decide import decided

ONE_SHOT = Path(__file__).resolve().parent / "one_shot.pfn"
STATES = 1_000_000


class Late(Exception):
    """The time is over."""


def searched(program: Program, property: Property, limit: float, *, exchange: bool) -> str:
    """States and seconds of the interpreter's search."""
    began = time.process_time()

    def look() -> None:
        if time.process_time() - began > limit:
            raise Late

    try:
        found = decided(program, property.formula, STATES, look, exchange=exchange)
    except Late:
        return f"> {limit:.0f}"
    seconds = time.process_time() - began
    return f"{found.states:,} states, {seconds:.2f}, {'holds' if found.holds else 'violated'}"


def by_tlc(program: Program, property: Property, limit: float, tools: tla.Tools) -> str:
    """States and seconds of a run of TLC, Java's start included."""
    page = emit(program, (), temporal=(property.name,))
    job = tla.Job(
        module=page.module, module_text=page.module_text, cfg_text=page.cfg_text, check_deadlock=False,
        liveness=True, quick=True,
    )  # fmt: skip
    began = _children()
    # Seconds on the wall: four times as many where other work runs.
    outcome = tla.run(job, tools, tla.Limits(seconds=4 * limit))
    seconds = _children() - began
    if not isinstance(outcome, tla.Holds | tla.Violated):
        return f"> {seconds:.0f} ({getattr(outcome, 'why', '')})"
    word = "holds" if isinstance(outcome, tla.Holds) else "violated"
    return f"{outcome.totals.distinct or 0:,} states, {seconds:.2f}, {word}"


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(
    path: str, constants: dict[str, str], limit: float, tools: tla.Tools | None
) -> Iterator[tuple[str, ...]]:
    """A row for each cell and temporal property."""
    for cell in load(path, constants).cells:
        kept = lower(cell.model, cell.policy, in_turn=True, all_queues=True)[0]
        assert kept is not None
        for before, after in zip(kept.temporal, cell.live.temporal, strict=True):
            queued = pipeline.prepared(pipeline.about(kept, before))
            program = pipeline.prepared(pipeline.about(cell.live, after))
            yield (
                " ".join(filter(None, (cell.scenario, cell.policy, after.name))),
                by_tlc(queued, before, limit, tools) if tools else "-",
                searched(queued, before, limit, exchange=False),
                by_tlc(program, after, limit, tools) if tools else "-",
                searched(program, after, limit, exchange=False),
                searched(program, after, limit, exchange=True),
            )


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("file", nargs="?", default=str(ONE_SHOT))
    parser.add_argument("--size", nargs="+", default=["2+1+2", "2+2+3"])
    parser.add_argument("--limit", type=float, default=120)
    parser.add_argument("--no-tlc", action="store_true")
    asked = parser.parse_args()
    tools = None if asked.no_tlc else tla.with_archive(tla.find_tools(), cache())
    print(
        "| size | property | queue, TLC | queue, search | in turn, TLC | in turn, search | names exchanged |"
    )
    print("|---|---|---|---|---|---|---|")
    for size in asked.size:
        constants = dict(zip(("VCPUS", "NOTIFIERS", "PAGES"), size.split("+"), strict=False))
        for row in measured(asked.file, constants, asked.limit, tools):
            print(f"| {size} | {' | '.join(row)} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
