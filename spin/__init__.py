"""Runs Spin, a model checker for Promela, as a library; it knows nothing of any other language.

    from pfnspec.spin import Failed, Job, Limits, Searched, Stopped, find_tools, run

    match run(Job(files={"model.pml": text}), find_tools(), Limits(seconds=60)):
        case Searched(found=found, complete=complete): ...
        case Stopped(why=why): ...
        case Failed(why=why, message=message): ...

`run` has Spin make a verifier, a C compiler translate it, and the verifier search, each with the life of a
child of the room `tla`: ended with certainty, in a directory of its own. `outcome` is what comes of it,
`report` reads what the verifier prints, `tools` finds Spin and the compiler, which come with the system.
"""

from .outcome import Failed, Found, Outcome, Searched, Stopped
from .run import Job, Limits, run
from .tools import Tools, find_tools, tools_mark

__all__ = [
    "Failed",
    "Found",
    "Job",
    "Limits",
    "Outcome",
    "Searched",
    "Stopped",
    "Tools",
    "find_tools",
    "run",
    "tools_mark",
]
