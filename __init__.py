"""pfnspec: concurrent kernel protocols, written like the code and checked by TLC.

What is public is listed here, and on the page docs/api.md; `__init__.pyi` has the types.  Each name is
imported when it is first asked for: a command must not wait for what it does not use.
"""

from importlib import import_module

_HOMES = {
    "Cell": "check.load",
    "Change": "translator.program.findings",
    "Diagnostic": "dsl.diagnostics",
    "Event": "translator.program.findings",
    "Evidence": "check.result",
    "Failure": "check.result",
    "Finding": "translator.program.findings",
    "HOLDS": "check.result",
    "Loaded": "check.load",
    "Options": "check.options",
    "Position": "translator.program.findings",
    "Progress": "check.options",
    "Result": "check.result",
    "Scene": "check.result",
    "Source": "dsl.source",
    "Span": "dsl.source",
    "Standing": "translator.program.findings",
    "Task": "translator.program.values",
    "TraceStep": "translator.program.findings",
    "UNDECIDED": "check.result",
    "VIOLATED": "check.result",
    "Verdict": "check.result",
    "check_file": "check.run",
    "diagnostics_text": "report.text.diagnostics",
    "load": "check.load",
    "properties_of": "check.expectations",
    "report_text": "report.files",
    "result_text": "report.text.result",
    "step_text": "report.text.words",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
