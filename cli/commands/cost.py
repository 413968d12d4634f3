"""`pfnspec cost`: what each way of waiting costs under a table of costs; `pfnspec costs`: the table."""

from __future__ import annotations

import argparse
import os
import sys
from time import monotonic

from ...beside.required import about_nothing, all_known, answer_text
from ...beside.tables import own_table, tables
from ...beside.timed import Asked as AskedModel
from ...beside.timed import NotTimed, nothing_to_time, timed
from ...check.load import Loaded
from ...check.project.files import is_there
from ...dsl.diagnostics import Diagnostics
from ...dsl.source import Source
from ...report.cost.text import cost_text
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import can_overwrite, ink_for
from ...timing.figures.costing import Costing, costing
from ...timing.figures.required import answers
from ...timing.figures.study import Asked
from ...timing.run.episode import Cell
from ...timing.table.costs import Costs
from ...timing.table.read import costs as laid_over
from ...timing.table.requirement import NoRequirement, Requirement, requirement
from ..write import complain, data, put, redraw

WIDTH = 72


def run(options: argparse.Namespace) -> int:
    """Shows what the measures of a model come to; 1 when something required is not met, 2 for bad input, 3
    when the time was over before the precision was reached."""
    if options.bounds is not None:
        from ..costs.bounded import run_bounds

        return run_bounds(options)
    required = _required(options)
    if required is None:
        return 2
    diagnostics = Diagnostics()
    own = own_table(options.file) if options.file != "-" and not options.no_own else None
    paths = [own] if own is not None and is_there(own) else []
    laid = tables([*paths, *(os.fspath(path) for path in options.costs)], diagnostics, options.set)
    sources = dict(laid.sources)
    sweep = _sweep(options.sweep)
    if sweep is None:
        return 2
    points: list[tuple[str, Costs]] = []
    for at in sweep:
        costs = laid.costs(diagnostics, [at] if at else [])
        if costs is None:
            return _refused(diagnostics, sources)
        points.append((at, costs))
    if options.exact and (any(costs.steady for _, costs in points) or options.precision is not None):
        complain("--exact runs all episodes there are: there are none in a steady state, and no --precision")
        return 2
    asked_model = AskedModel(
        options.file, dict(options.constants), options.allow_outside, windows=options.windows
    )
    loaded = asked_model.load()
    put(diagnostics_text(loaded.diagnostics, loaded.sources, ink_for(sys.stderr)), sys.stderr)
    if not loaded.cells:
        return 2
    try:
        made = timed(loaded, asked_model, points[0][1], diagnostics)
    except NotTimed as fault:
        complain(str(fault))
        return 2
    if made is None or not all_known(points[0][1].required, made.loaded, diagnostics):
        return _refused(diagnostics, sources)
    loaded, changed = made.loaded, made.changed
    for note in made.notes:
        complain(note)
    cells = [
        Cell(cell.model, cell.policy, cell.program)
        for cell in loaded.cells
        if _wanted(options.scenarios, cell.scenario) and _wanted(options.policies, cell.policy)
    ]
    if not _usable(options, loaded, cells, required):
        return 2
    end = None if options.time is None else monotonic() + options.time
    asked = Asked(
        options.seed,
        options.precision,
        options.points,
        lambda: end is not None and monotonic() > end,
        options.exact,
    )
    done: list[Costing] = []
    for at, costs in points:
        if options.trace is not None:
            return _trace(options, cells, costs, diagnostics, {**sources, **loaded.sources})
        one = costing(
            cells, costs, asked, diagnostics, sensitivity=not options.quick and len(points) == 1,
            progress=_progress, at=at, changed=changed, last_first=options.ties == "last",
        )  # fmt: skip
        _progress("")
        if one is None:
            return _refused(diagnostics, {**sources, **loaded.sources})
        done.append(one)
    if len(points) == 1:
        # Of a sweep, each point has other costs than the tables that require something.
        required += [wanted for wanted, _ in points[0][1].required]
    if options.plot is not None:
        drawn = _drawn(done)
        if drawn is None:
            return 2
        options.plot.write_text(drawn, encoding="utf-8")
    return _told(options, done, required)


def _drawn(done: list[Costing]) -> str | None:
    """The picture of a sweep; None, and why, where there is none."""
    from ...report.cost.picture import NoPicture, picture

    try:
        return picture(done)
    except NoPicture as fault:
        complain(str(fault))
        return None


def _told(options: argparse.Namespace, done: list[Costing], required: list[Requirement]) -> int:
    judged = [
        (answer, answer_text(answer))
        for wanted in required
        for one in done
        for answer in answers(wanted, one)
    ]
    match options.format:
        case "text":
            ink, width = ink_for(sys.stdout), options.width or WIDTH
            if len(done) > 1:
                from ...report.cost.sweep import sweep_text

                put(sweep_text(done, width, ink))
            else:
                put(cost_text(done[0], width, ink))
        case "svg":
            drawn = _drawn(done)
            if drawn is None:
                return 2
            data(drawn)
        case "html":
            from ...report.cost.page import cost_page
            from ...report.files import own_version

            data(cost_page(done, judged, own_version()))
        case format:
            from ...report.cost.data import cost_csv, cost_json

            data(cost_json(done) if format == "json" else cost_csv(done))
    stream = sys.stdout if options.format == "text" else sys.stderr
    for _, line in judged:
        put(f"require {line}\n", stream)
    status = int(any(answer.fails for answer, _ in judged))
    if (
        status == 0
        and options.precision is not None
        and any(why != "precision" for one in done for why in one.stopped)
    ):
        return 3
    return status


def _trace(
    options: argparse.Namespace,
    cells: list[Cell],
    costs: Costs,
    diagnostics: Diagnostics,
    sources: dict[str, Source],
) -> int:
    from ...report.cost.trace import trace_text

    text = trace_text(
        cells[0], costs, options.seed, options.trace, sources, options.width or 100, diagnostics
    )
    if text is None:
        return _refused(diagnostics, sources)
    put(text)
    return 0


def _required(options: argparse.Namespace) -> list[Requirement] | None:
    try:
        return [requirement(text) for text in options.require]
    except NoRequirement as fault:
        complain(str(fault))
        return None


def _sweep(text: str | None) -> list[str] | None:
    """`duration.zap=1us,10us` as one setting for each value."""
    if text is None:
        return [""]
    name, equals, values = text.partition("=")
    settings = [f"{name}={value.strip()}" for value in values.split(",") if value.strip()]
    if not equals or not settings:
        complain(f"`{text}` is not of the form SECTION.KEY=VALUE,VALUE,...")
        return None
    return settings


def _wanted(names: list[str], name: str | None) -> bool:
    return not names or name in names or (name or "").partition("(")[0] in names


def _usable(
    options: argparse.Namespace, loaded: Loaded, cells: list[Cell], required: list[Requirement]
) -> bool:
    """Whether there is something to time; says what is missing."""
    measures = [measure.name for measure in loaded.cells[0].model.measures]
    nothing = nothing_to_time(loaded, options.file)
    if nothing:
        complain(nothing)
        return False
    if not cells:
        there = sorted({" ".join(filter(None, (c.scenario, c.policy))) for c in loaded.cells} - {""})
        complain(f"there is no such scenario and policy; there are: {', '.join(there) or 'none'}")
        return False
    timed = [(cell.policy, cell.model.scenario) for cell in cells]
    for wanted in required:
        missing = about_nothing(wanted, measures, timed)
        if missing is not None:
            complain("; ".join(str(part) for part in missing if part))
            return False
    return True


def _refused(diagnostics: Diagnostics, sources: dict[str, Source]) -> int:
    put(diagnostics_text(diagnostics.sorted(), sources, ink_for(sys.stderr)), sys.stderr)
    return 2


def _progress(what: str) -> None:
    if can_overwrite(sys.stderr):
        redraw(what)


def table(options: argparse.Namespace) -> int:
    """`pfnspec costs`: the default costs, or what measures those of a host; 0."""
    from importlib.resources import files

    from ...report.cost.sources import sources_text
    from ...timing.table import read as reading

    if options.program or options.bpftrace:
        name = "measure.c" if options.program else "lengths.bt"
        data((files(reading.__package__ or "") / "host" / name).read_text(encoding="utf-8"))
    elif options.toml:
        data(reading.default().text)
    else:
        costs = laid_over((), Diagnostics())
        assert costs is not None, "the default table is sound"
        put(sources_text(costs))
    return 0
