"""`pfnspec translate`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ...check.load import Cell, Loaded
from ...report.text.behaviour import Page, where_text
from ...report.text.ink import ink_for, width_for
from ...report.text.reduction import reduction_text
from ...report.text.result import folded, head_text
from ...report.visible import visible
from ...translator import pipeline
from ...translator.emit.emit import Emission, emit
from ...translator.program.program import Program
from ...translator.program.show import program_text
from ...translator.reduce.symmetry import symmetry
from ..cell import one_cell
from ..write import complain, put


def run(options: argparse.Namespace) -> int:
    """Prints or writes the TLA+ of a model, or shows its program."""
    if options.explain_reduction and (options.no_reduction or options.program or options.output):
        complain("--explain-reduction goes with none of -o, --program, --no-reduction")
        return 2
    chosen = one_cell(options)
    if chosen is None:
        return 2
    loaded, cell = chosen
    temporal = tuple(options.properties)
    unknown = [name for name in temporal if name not in {p.name for p in cell.program.temporal}]
    if unknown:
        complain(f"there is no temporal property `{unknown[0]}`")
        return 2
    whole = cell.live if temporal else cell.program
    program = pipeline.about(whole, *(p for p in whole.temporal if p.name in temporal))
    if options.explain_reduction:
        return _explain(program, cell, loaded, options)
    program = pipeline.prepared(program, reduction=not options.no_reduction)
    if options.program:
        put(program_text(program))
        return 0
    lines = {path: source.lines for path, source in loaded.sources.items()}
    name = "standard input" if options.file == "-" else Path(options.file).name
    emission = emit(
        program,
        () if temporal else None,
        temporal=temporal,
        source=lines,
        header=(f"made by pfnspec from {name}",),
        symmetry=None if temporal or options.no_reduction else symmetry(program),
    )
    if options.output is None:
        put(emission.module_text)
        return 0
    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, text in (
        ("tla", emission.module_text),
        ("cfg", emission.cfg_text),
        ("map.json", json.dumps(_map(program, emission), indent=2, ensure_ascii=False) + "\n"),
    ):
        path = folder / f"{emission.module}.{suffix}"
        path.write_text(text, encoding="utf-8")
        put(f"{visible(str(path))}\n")
    return 0


def _explain(program: Program, cell: Cell, loaded: Loaded, options: argparse.Namespace) -> int:
    """Shows how the steps are merged, and why no further."""
    found = pipeline.explanation(program)
    ink = ink_for(sys.stdout)
    page = Page(loaded.sources, loaded.path, width_for(sys.stdout), ink)
    names = ", ".join(p.name for p in program.temporal) or "the safety properties"
    where = where_text(cell.scenario, cell.policy)
    head = f"{head_text(program.name, program.constants, ink, program.memory)}\n\nreduction for {names}"
    head += f" {where}\n\n" if where else "\n\n"
    put(folded(head + reduction_text(found, page), page.width, ink))
    return 0


def _map(program: Program, emission: Emission) -> dict[str, object]:
    """From the module's names to the source's."""
    actions: dict[str, object] = {}
    for name, point in emission.actions.items():
        step = program.point(point).step
        assert step is not None
        actions[name] = {
            "path": step.span.path,
            "line": step.span.line,
            "column": step.span.column,
            "kind": step.kind,
            "calls": [{"path": call.path, "line": call.line} for call in step.calls],
        }
    return {
        "module": emission.module,
        "actions": actions,
        "variables": {name: program.variable(own).title for name, own in emission.variables.items()},
        "tasks": {name: str(task) for name, task in emission.tasks.items()},
        "invariants": {name: own for name, own in emission.invariants.items() if own},
        "properties": dict(emission.temporal),
    }
