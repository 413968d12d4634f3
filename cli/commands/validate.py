"""`pfnspec validate` and `pfnspec probes`."""

from __future__ import annotations

import argparse
import sys

from ... import tla
from ...recording.result import Validation
from ...recording.validate import MOST_STATES, Options, validate, validated
from ...report.recording.text import validation_text
from ...report.text.behaviour import Page
from ...report.text.ink import can_overwrite, ink_for, width_for
from ...report.text.result import folded
from ..cell import one_binding
from ..write import complain, data, put, redraw


def run(options: argparse.Namespace) -> int:
    """Tells of each recording whether the model explains it; the exit status."""
    if [options.file, *options.recordings].count("-") > 1:
        complain("standard input can be read once only")
        return 2
    chosen = one_binding(options)
    if chosen is None:
        return 2
    loaded, cell, binding = chosen
    tools: tla.Tools | None = None
    if options.tlc:
        try:
            tools = tla.find_tools(options.java, options.tla2tools)
        except tla.ToolMissing as fault:
            complain(f"{fault}")
            return 4
    drawing = can_overwrite(sys.stderr)

    def progress(events: int, states: int) -> None:
        if drawing:
            redraw(f"{events} events, {states} states")

    asked = Options(
        skew=options.skew, begin=options.begin, end=options.end, threads=tuple(options.threads),
        states=options.max_states or MOST_STATES, reduction=not options.no_reduction, tools=tools,
        stop=options.cancel.is_set, progress=progress,
    )  # fmt: skip
    ink = ink_for(sys.stdout)
    page = Page(loaded.sources, loaded.path, options.width or width_for(sys.stdout), ink)
    done: list[Validation] = []
    for one in validate(loaded, cell, binding, options.recordings, asked):
        if drawing:
            redraw()
        done.append(one)
        if options.format == "text":
            text = validation_text(validated(loaded, cell, binding, done), one, page)
            put(("\n" if len(done) > 1 else "") + folded(text, page.width, ink))
    whole = validated(loaded, cell, binding, done)
    if options.format == "json":
        from ...report.recording.data import validated_text

        data(validated_text(whole))
    elif options.format == "junit":
        from ...report.recording.junit import junit_text

        data(junit_text(whole))
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
