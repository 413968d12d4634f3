"""`pfnspec validate` and `pfnspec probes`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from ... import tla
from ...check.load import Cell, Loaded
from ...dsl.diagnostics import Diagnostics
from ...dsl.model.model import Recording, Stretch
from ...recording.result import Validated, Validation
from ...recording.validate import MOST_STATES, Options, validate, validated
from ...report.recording.text import histogram_text, validation_text
from ...report.text.behaviour import Page
from ...report.text.diagnostics import diagnostics_text
from ...report.text.ink import can_overwrite, ink_for, width_for
from ...report.text.result import folded
from ..cell import one_binding, one_cell
from ..write import complain, data, put, redraw


def run(options: argparse.Namespace) -> int:
    """Tells of each recording whether the model explains it; the exit status."""
    if [options.file, *options.recordings].count("-") > 1:
        complain("standard input can be read once only")
        return 2
    if not options.recordings:
        return _beside(options)
    chosen = one_binding(options)
    if chosen is None:
        return 2
    loaded, cell, binding = chosen
    asked = _asked(options)
    if asked is None:
        return 4
    asked = replace(
        asked, skew=options.skew or 0.0, begin=options.begin, end=options.end, threads=tuple(options.threads)
    )
    done = validate(loaded, cell, binding, options.recordings, asked)
    return _told(options, loaded, cell, binding, done)


def _beside(options: argparse.Namespace) -> int:
    """Those that stand beside the model."""
    from ...beside.compared import against, bound
    from ...beside.declared import own_recordings, recordings

    named = None if options.file == "-" else recordings(options.file)
    if named is None:
        where = "" if options.file == "-" else f", and there is no {own_recordings(options.file)}"
        complain(f"name a recording: none is given{where}")
        return 2
    given = {
        "--recording": options.recording, "--scenario": options.scenario, "--policy": options.policy,
        "--skew": options.skew, "--from": options.begin, "--to": options.end, "--thread": options.threads,
    }  # fmt: skip
    odd = next((name for name, value in given.items() if value not in (None, [])), None)
    if odd is not None:
        complain(f"{odd} is for recordings that are named; {own_recordings(options.file)} says it of its own")
        return 2
    chosen = one_cell(options)
    if chosen is None:
        return 2
    loaded, _ = chosen
    asked = _asked(options)
    if asked is None:
        return 4
    diagnostics = Diagnostics()
    diagnostics.extend(named.diagnostics)
    cells = [bound(loaded, declared, diagnostics) for declared in named.declared]
    if diagnostics.errors:
        sources = {**loaded.sources, **named.sources}
        put(diagnostics_text(diagnostics.sorted(), sources, ink_for(sys.stderr)), sys.stderr)
        return 2
    assert cells[0] is not None
    cell, binding = cells[0]
    done = chain.from_iterable(against(loaded, one, diagnostics, asked) or () for one in named.declared)
    return _told(options, loaded, cell, binding, done)


def _asked(options: argparse.Namespace) -> Options | None:
    """What is asked for, whatever the recording; None, and why, where TLC is and is not there."""
    tools: tla.Tools | None = None
    if options.tlc:
        try:
            tools = tla.find_tools(options.java, options.tla2tools)
        except tla.ToolMissing as fault:
            complain(f"{fault}")
            return None
    drawing = can_overwrite(sys.stderr)

    def progress(events: int, states: int) -> None:
        if drawing:
            redraw(f"{events} events, {states} states")

    stretches = tuple(Stretch(first, last) for _, first, last in options.intervals)
    return Options(
        states=options.max_states or MOST_STATES, reduction=not options.no_reduction, tools=tools,
        stretches=stretches, stop=options.cancel.is_set, progress=progress,
    )  # fmt: skip


def _told(
    options: argparse.Namespace, loaded: Loaded, cell: Cell, binding: Recording, found: Iterable[Validation]
) -> int:
    """Shows each as soon as it is there; the exit status of all."""
    drawing = can_overwrite(sys.stderr)
    ink = ink_for(sys.stdout)
    page = Page(loaded.sources, loaded.path, options.width or width_for(sys.stdout), ink)
    done: list[Validation] = []
    for one in found:
        if drawing:
            redraw()
        done.append(one)
        if options.format == "text":
            text = validation_text(cell.model.name, one, page)
            put(("\n" if len(done) > 1 else "") + folded(text, page.width, ink))
            if options.histogram:
                put("".join(f"\n{histogram_text(interval)}" for interval in one.intervals))
    whole = validated(loaded, cell, binding, done)
    if options.format == "json":
        from ...report.recording.data import validated_text

        data(validated_text(whole))
    elif options.format == "junit":
        from ...report.recording.junit import junit_text

        data(junit_text(whole))
    elif options.format == "html":
        from ...report.files import own_version
        from ...report.recording.page import recordings_page

        data(recordings_page(whole, own_version()))
    elif options.format == "costs":
        return _costs(options, whole)
    return whole.status


def _costs(options: argparse.Namespace, whole: Validated) -> int:
    """Prints a table of the lengths; what is not as expected is told beside it, and so is what is wrong."""
    from ...report.recording.costs import NoLengths, Place, costs_text

    for one in whole.recordings:
        if not one.as_expected:
            complain(f"{one.path}: {one.fault or one.outcome}; `--format text` says more")
    if whole.status:
        return whole.status
    places = list(dict.fromkeys(Place(*one) for one in options.intervals if one[0] is not None))
    intervals = " ".join(f"--interval {one.name}={one.first}:{one.last}" for one in places)
    named = " ".join([options.file, *options.recordings])
    try:
        data(costs_text(whole.recordings, places, f"pfnspec validate {named} {intervals} --format costs"))
    except NoLengths as fault:
        complain(str(fault))
        return 2
    return whole.status


def probes(options: argparse.Namespace) -> int:
    """Prints the script that records events; 2 when there is no probe to print."""
    from ...recording.probes import NoProbe, script

    chosen = one_binding(options)
    if chosen is None:
        return 2
    _, cell, binding = chosen
    try:
        data(script(binding, cell.model.name, options.tool, dict(options.symbols)))
    except NoProbe as fault:
        complain(f"{options.file}: {fault}")
        return 2
    return 0
