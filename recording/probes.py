"""Scripts that ask a kernel for the events that a `recording` binds.

A probe is what `/sys/kernel/tracing/kprobe_events` takes (Documentation/trace/kprobetrace.rst in the kernel's
sources); for other tools it is said in their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ..dsl.model import model as m

GROUP = "pfnspec"


class NoProbe(Exception):
    """There is nothing to print, or this tool cannot do it; the text says why."""


def script(recording: m.Recording, model: str, tool: str, symbols: Mapping[str, str]) -> str:
    """The script for `tool` (ftrace, trace-cmd, bpftrace or perf).  `symbols` are other names for functions,
    with a module in front or not.  Raises NoProbe."""
    if not recording.probes:
        raise NoProbe(f'`recording {recording.name}` has no line `probe EVENT "p FUNCTION"`')
    probes = tuple(_renamed(probe, symbols) for probe in recording.probes)
    unknown = set(symbols) - {probe.symbol for probe in recording.probes}
    if unknown:
        raise NoProbe(f"no probe is on `{min(unknown)}`")
    print_: Callable[[m.Recording, tuple[m.Probe, ...], str], Iterator[str]] = {
        "ftrace": _ftrace, "trace-cmd": _trace_cmd, "bpftrace": _bpftrace, "perf": _perf,
    }[tool]  # fmt: skip
    bound = {rule.event for rule in recording.rules if rule.process is not None}
    missing = sorted(bound - {probe.event for probe in probes})
    lines = list(print_(recording, probes, model))
    if missing:
        mark = "//" if tool == "bpftrace" else "#"
        at = 1 if lines[0].startswith("#!") else 0
        lines.insert(
            at, f"{mark} No probe is declared for: {', '.join(missing)}; record them by other means."
        )
    return "\n".join(lines) + "\n"


def _renamed(probe: m.Probe, symbols: Mapping[str, str]) -> m.Probe:
    new = symbols.get(probe.symbol)
    if new is None:
        return probe
    module, colon, symbol = new.rpartition(":")
    return replace(probe, symbol=symbol, module=module if colon else probe.module)


def _kprobe(probe: m.Probe) -> str:
    symbol = f"{probe.module}:{probe.symbol}" if probe.module else probe.symbol
    words = [f"{'r' if probe.returns else 'p'}:{GROUP}/{probe.event}", symbol]
    return " ".join([*words, *(f"{name}={fetched}" for name, fetched in probe.arguments)])


_CHECKS = """\
# A function that the compiler has inlined, or that is not traceable, has no probe: look for it in
# available_filter_functions, choose a caller of it, or build it as `noinline`.  Names that end in .isra.0,
# .constprop.0 or .part.0 are given with `pfnspec probes --symbol OLD=NEW`, and so are functions of modules
# that are not loaded yet (MODULE:FUNCTION)."""


def _check(probes: tuple[m.Probe, ...]) -> Iterator[str]:
    names = " ".join(dict.fromkeys(probe.symbol for probe in probes))
    yield f"for f in {names}; do"
    yield '    grep -q "^$f\\( \\|$\\)" available_filter_functions ||'
    yield '        echo "$f: no such function, or inlined, or its module is not loaded" >&2'
    yield "done"


def _ftrace(recording: m.Recording, probes: tuple[m.Probe, ...], model: str) -> Iterator[str]:
    yield "#!/bin/sh"
    yield f"# Records what `recording {recording.name}` of {model} binds, while a command runs:"
    yield "#     sudo sh record.sh COMMAND... > recording.txt"
    yield "# Without a command, until it is interrupted.  The events are those of all threads."
    yield from _CHECKS.split("\n")
    yield "set -u"
    yield "cd /sys/kernel/tracing || exit 1"
    yield from _check(probes)
    yield "undo() {"
    yield f"    echo 0 > tracing_on; echo 0 > events/{GROUP}/enable"
    for probe in probes:
        yield f"    echo '-:{GROUP}/{probe.event}' >> kprobe_events"
    yield "}"
    yield "trap 'undo 2> /dev/null' EXIT"
    yield "echo 0 > tracing_on; echo > trace; echo mono > trace_clock; echo ${KB:-16384} > buffer_size_kb"
    for probe in probes:
        yield f"echo '{_kprobe(probe)}' >> kprobe_events || exit 1"
    yield f"echo 1 > events/{GROUP}/enable; echo 1 > tracing_on"
    yield 'if [ $# -gt 0 ]; then "$@" >&2; else trap : INT; sleep 1000000; fi'
    yield "echo 0 > tracing_on"
    yield "cat trace"


def _trace_cmd(recording: m.Recording, probes: tuple[m.Probe, ...], model: str) -> Iterator[str]:
    yield "#!/bin/sh"
    yield f"# Records what `recording {recording.name}` of {model} binds, while a command runs:"
    yield "#     sudo sh record.sh COMMAND... > recording.txt"
    yield from _CHECKS.split("\n")
    yield "set -u"
    yield "(cd /sys/kernel/tracing || exit 1"
    yield from _check(probes)
    for probe in probes:
        yield f"echo '{_kprobe(probe)}' >> kprobe_events || exit 1"
    yield ") || exit 1"
    yield f'trace-cmd record -C mono -e {GROUP} -o trace.dat "$@" >&2'
    yield "trace-cmd report -t -i trace.dat"


def _perf(recording: m.Recording, probes: tuple[m.Probe, ...], model: str) -> Iterator[str]:
    yield "#!/bin/sh"
    yield f"# Records what `recording {recording.name}` of {model} binds, while a command runs:"
    yield "#     sudo sh record.sh COMMAND... > recording.txt"
    yield "# Arguments are named as for kprobe_events; perf finds functions of modules with -m."
    yield from _CHECKS.split("\n")
    yield "set -u"
    for probe in probes:
        module = f"-m {probe.module} " if probe.module else ""
        place = f"{probe.symbol}%return" if probe.returns else probe.symbol
        words = " ".join([place, *(f"{name}={fetched}" for name, fetched in probe.arguments)])
        yield f"perf probe -q {module}--add '{GROUP}:{probe.event}={words}' || exit 1"
    yield f"perf record -q -k mono -a -e '{GROUP}:*' -o perf.data \"$@\" >&2"
    yield "perf script -i perf.data --ns --show-lost-events -F comm,tid,cpu,time,event,trace"
    yield f"perf probe -q --del '{GROUP}:*'"


def _bpftrace(recording: m.Recording, probes: tuple[m.Probe, ...], model: str) -> Iterator[str]:
    yield "#!/usr/bin/env bpftrace"
    yield f"// Records what `recording {recording.name}` of {model} binds:"
    yield "//     sudo bpftrace record.bt > recording.txt          (sort -s -k 4n if lines are not in order)"
    for line in _CHECKS.split("\n"):
        yield f"//{line[1:]}"
    for probe in probes:
        symbol = f"{probe.module}:{probe.symbol}" if probe.module else probe.symbol
        formats: list[str] = []
        values: list[str] = []
        for name, fetched in probe.arguments:
            source, _, kind = fetched.partition(":")
            value = "retval" if source == "$retval" else f"arg{int(source.removeprefix('$arg')) - 1}"
            if kind == "string":
                formats.append(f'{name}=\\"%s\\"')
                values.append(f"str({value})")
            else:
                formats.append(f"{name}=%{'d' if kind.startswith('s') else 'u'}")
                cast = {"u": "uint", "x": "uint", "s": "int"}.get(kind[:1])
                values.append(f"({cast}{kind[1:]}){value}" if cast else value)
        text = f"%s-%d [%03d] %u.%06u: {probe.event}: {' '.join(formats)}".rstrip()
        told = ["comm", "tid", "cpu", "nsecs / 1000000000", "nsecs % 1000000000 / 1000", *values]
        yield f"{'kretprobe' if probe.returns else 'kprobe'}:{symbol}"
        yield "{"
        yield f'    printf("{text}\\n", {", ".join(told)});'
        yield "}"
