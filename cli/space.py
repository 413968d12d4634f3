"""What `check --outcomes` and `--numbers` show below the verdicts: what is in the state space."""

from __future__ import annotations

import argparse
import sys

from ..check.asked import ask, split
from ..check.project.files import read
from ..check.space import STATES, counts_of, outcomes_of
from ..report.text.behaviour import where_text
from ..report.text.diagnostics import diagnostics_text
from ..report.text.ink import ink_for
from ..report.text.space import counts_text, outcomes_text
from ..translator import pipeline
from .write import put


def tell_space(path: str, options: argparse.Namespace) -> int:
    """Shows outcomes and numbers of each cell of a model that `--scenario` and `--policy` leave; 0, or 2 for
    an expression that is none.  Nothing where the model has faults: its check has told them."""
    source, _, _ = read(path)
    if source is None:
        return 0
    asked = ask(
        path,
        source.text,
        split(options.outcomes or ""),
        dict(options.constants),
        outside=options.allow_outside,
    )
    if asked.fault is not None:
        put(diagnostics_text((asked.fault,), {}, ink_for(sys.stderr)), sys.stderr)
        return 2
    limit = options.max_states or STATES
    for cell, questions in asked.cells:
        if options.scenarios and cell.scenario not in options.scenarios:
            continue
        if options.policies and cell.policy not in options.policies:
            continue
        where = where_text(cell.scenario, cell.policy)
        plain = pipeline.about(cell.program)
        if options.outcomes:
            program = pipeline.prepared(plain, reduction=not options.no_reduction)
            put("\n" + outcomes_text(outcomes_of(program, questions, limit), where))
        if options.numbers:
            found = counts_of(pipeline.whole(plain), limit)
            put("\n" + counts_text(found, where, asked.loaded.path, asked.loaded.sources))
    return 0
