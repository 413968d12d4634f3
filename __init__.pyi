"""The types of what `__init__.py` imports on demand."""

from .check.expectations import properties_of
from .check.load import Cell, Loaded, load
from .check.options import Options, Progress
from .check.result import HOLDS, UNDECIDED, VIOLATED, Evidence, Failure, Result, Scene, Verdict
from .check.run import check_file
from .dsl.diagnostics import Diagnostic
from .dsl.source import Source, Span
from .report.files import report_text
from .report.text.diagnostics import diagnostics_text
from .report.text.result import result_text
from .report.text.words import step_text
from .translator.program.findings import Change, Event, Finding, Position, Standing, TraceStep
from .translator.program.values import Task

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
