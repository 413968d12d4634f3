"""Runs TLC, the model checker of TLA+, as a library; it knows nothing of any other language.

    from pfnspec.tla import Failed, Holds, Job, Limits, Stopped, Violated, find_tools, run

    job = Job(module="Clock", module_text=text, cfg_text="SPECIFICATION Spec")
    match run(job, find_tools(), Limits(seconds=60)):
        case Holds(totals=totals): ...
        case Violated(kind=kind, name=name, trace=trace): ...
        case Stopped(why=why): ...
        case Failed(why=why, message=message): ...

`run` says what a run does, `outcome` what comes out of it, `module` how TLA+ and its values are written and
read, `tools` where Java and the jar are found, `archive` how Java starts faster, `memory` how the same
question is not asked twice. Below `run`: `workdir` the run's folder, `process` and `tether` the JVM's life
and end, `messages` and `listener` what TLC says, `verdict` what that comes to.
TLC from 2.15 (January 2020) on is understood.
"""

from .archive import only_ours, with_archive
from .memory import Memory
from .module.values import (
    Function,
    ModelValue,
    Value,
    ValueSyntaxError,
    format_value,
    parse_state,
    parse_value,
)
from .outcome import Failed, Holds, Outcome, Progress, Stopped, Totals, Trace, TraceState, Violated
from .run import Job, Limits, heap_share, run
from .tools import ToolMissing, Tools, find_jar, find_tools, java_version, tlc_version

__all__ = [
    "Failed",
    "Function",
    "Holds",
    "Job",
    "Limits",
    "Memory",
    "ModelValue",
    "Outcome",
    "Progress",
    "Stopped",
    "ToolMissing",
    "Tools",
    "Totals",
    "Trace",
    "TraceState",
    "Value",
    "ValueSyntaxError",
    "Violated",
    "find_jar",
    "find_tools",
    "format_value",
    "heap_share",
    "java_version",
    "only_ours",
    "parse_state",
    "parse_value",
    "run",
    "tlc_version",
    "with_archive",
]
