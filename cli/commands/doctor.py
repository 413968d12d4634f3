"""`pfnspec doctor`."""

from __future__ import annotations

import argparse
import sys
import tempfile

from ... import tla
from ...check.project.files import cache, grammar_cache
from ..write import complain, put_line

_MODULE = """---- MODULE doctor ----
EXTENDS Integers
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 3
Spec == Init /\\ [][Next]_x
====
"""


# tlaplus #835, repaired in June 2024.
FIXED_FOR_JAVA_21 = "2024-06"


def run(options: argparse.Namespace) -> int:
    """Says which tools are used and whether they work; 4 when they do not."""
    put_line(f"Python        {sys.version.split()[0]}, {sys.executable}")
    put_line(f"grammar cache {grammar_cache() or 'none: no folder can be written'}")
    put_line(f"temporary     {tempfile.gettempdir()}")
    try:
        tools = tla.find_tools(options.java, options.tla2tools)
    except tla.ToolMissing as fault:
        complain(f"{fault}")
        return 4
    version = tla.java_version(tools.java)
    number = ".".join(str(part) for part in version) if version else "of unknown version"
    put_line(f"Java          {number}, {tools.java}")
    put_line(f"TLC           {tla.tlc_version(tools.jar)}, {tools.jar}")
    if version and version[0] >= 21 and (tla.tlc_version(tools.jar).built or "") < FIXED_FOR_JAVA_21:
        put_line("              its liveness checking is not reliable on Java 21 and later; use Java 17")
    if not tools.jar_stands_alone:
        put_line("              other jars lie beside it; pfnspec runs a copy of it that stands alone")
    folder = cache()
    tools = tla.with_archive(tools, folder)
    shared = folder is not None and not tla.only_ours(folder)
    why = f"others can write to {folder}" if shared else "Java starts without"
    put_line(f"class archive {tools.archive or f'none: {why}'}")
    job = tla.Job(module="doctor", module_text=_MODULE, cfg_text="SPECIFICATION Spec\n", quick=True)
    outcome = tla.run(job, tools, tla.Limits(seconds=60))
    if isinstance(outcome, tla.Holds) and outcome.totals.distinct == 3:
        put_line(f"a small check works, {outcome.seconds:.1f} s")
        return 0
    reason = outcome.message if isinstance(outcome, tla.Failed) else type(outcome).__name__
    complain(f"a small check fails: {reason}")
    return 4
