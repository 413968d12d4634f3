"""The types of what `__init__.py` imports on demand."""

from .check.expectations import properties_of
from .check.load import Cell, Loaded, load
from .check.result import HOLDS, UNDECIDED, VIOLATED, Evidence, Failure, Result, Scene, Verdict
from .check.run import Options, Progress, check_file
from .dsl.diagnostics import Diagnostic
from .dsl.source import Source, Span
from .report.diagnostics import diagnostics_text
from .report.files import report_text
from .report.text import result_text
from .report.words import step_text
from .translator.findings import Change, Event, Finding, Position, Standing, TraceStep
from .translator.values import Task

__all__ = [
    "HOLDS",
    "UNDECIDED",
    "VIOLATED",
    "Cell",
    "Change",
    "Diagnostic",
    "Event",
    "Evidence",
    "Failure",
    "Finding",
    "Loaded",
    "Options",
    "Position",
    "Progress",
    "Result",
    "Scene",
    "Source",
    "Span",
    "Standing",
    "Task",
    "TraceStep",
    "Verdict",
    "check_file",
    "diagnostics_text",
    "load",
    "properties_of",
    "report_text",
    "result_text",
    "step_text",
]
