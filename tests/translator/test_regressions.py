"""Small models that were got wrong once, or could be: full and reduced program agree with what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import cases
from pfnspec.dsl.checker.declarations import check
from pfnspec.dsl.checker.scenarios import scenario_names
from pfnspec.dsl.source import Source
from pfnspec.dsl.syntax.parse import parse
from pfnspec.translator.lower.lower import lower
from pfnspec.translator.lower.temporal import focused
from pfnspec.translator.pipeline import whole
from pfnspec.translator.program.program import Program
from pfnspec.translator.reduce.reduce import safety_reduced
from pfnspec.translator.run.interpreter import Interpreter

FILE = Path(__file__).with_name("regressions.txt")
CASES = cases(FILE)
MOST_STATES = 40_000


def violated(program: Program) -> str:
    interpreter = Interpreter(whole(program))
    states, complete = interpreter.search(MOST_STATES)
    assert complete
    names = {violation.property for state in states for violation in interpreter.violations(state)}
    met = {
        f"some {formula.property}"
        for formula in program.sometimes
        if any(interpreter.value(formula.condition, state) is True for state in states)
    }
    return ", ".join(sorted(names | met)) or "nothing"


def verdicts(text: str) -> str:
    parsed, diagnostics = parse(Source("model.pfn", text))
    assert parsed is not None, [fault.message for fault in diagnostics.sorted()]
    lines: list[str] = []
    for scenario in scenario_names(parsed):
        model, faults = check(parsed, None, scenario)
        if model is None:
            return "refused: " + ", ".join(fault.code for fault in faults.sorted())
        for policy in model.choices or (None,):
            program, faults = lower(model, policy)
            if program is None:
                return "refused: " + ", ".join(fault.code for fault in faults.sorted())
            program = focused(program, ())
            formulas = [claim.condition for claim in (*program.invariants, *program.sometimes)]
            whole = violated(program)
            assert violated(safety_reduced(program, formulas)) == whole
            cell = " ".join(word for word in (scenario, policy) if word)
            lines.append(f"{cell}: {whole}" if cell else whole)
    return "\n".join(lines)


@pytest.mark.parametrize("name", CASES)
def test_verdicts(name: str, rewrite: bool) -> None:
    model, expected = CASES[name]
    found = verdicts(model)
    if rewrite:
        text = FILE.read_text(encoding="utf-8")
        before = f"#### {name}\n{model.rstrip()}\n----"
        start = text.index(before) + len(before)
        end = text.find("#### ", start)
        end = len(text) if end < 0 else end
        FILE.write_text(f"{text[:start]}\n{found}\n\n{text[end:]}", encoding="utf-8")
        return
    assert found == expected
