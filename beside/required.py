"""What the table beside a model requires of its figures, and whether they are so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..check.load import Loaded
from ..check.project.files import Contents
from ..dsl.diagnostics import Diagnostic, Diagnostics, did_you_mean
from ..dsl.source import Source, Span
from ..timing.figures.costing import costing
from ..timing.figures.estimates import number
from ..timing.figures.required import Answer, answers
from ..timing.figures.study import Asked as Depth
from ..timing.table.costs import Costs
from ..timing.table.requirement import TIMES, Requirement
from .tables import Tables, own_table, tables
from .timed import Asked, NotTimed, timed


@dataclass(frozen=True, slots=True)
class Own:
    """The table beside a model: its costs over the default ones, None where that is wrong, as `diagnostics`
    say; `required` is what it asks for, and where."""

    tables: Tables
    costs: Costs | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def required(self) -> tuple[tuple[Requirement, Span], ...]:
        return () if self.costs is None else self.costs.required

    @property
    def sources(self) -> Mapping[str, Source]:
        return self.tables.sources


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of all requirements, by their number; none of them where `diagnostics` say why."""

    answers: tuple[tuple[Answer, ...], ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    trouble: str | None = None


def own(path: str, contents: Contents | None = None) -> Own | None:
    """The table beside the model at `path`; None where there is none.  `contents` is where files come from,
    the disk unless it is given."""
    table = own_table(path)
    if contents is None and not os.path.isfile(table):
        return None
    if contents is not None:
        try:
            contents(table)
        except (OSError, ValueError):
            return None
    found = Diagnostics()
    made = tables([table], found, contents=contents)
    return Own(made, made.costs(found), found.sorted())


def judge(own: Own, loaded: Loaded, asked: Asked) -> Judged:
    """Times the model as `pfnspec cost --quick` does, and compares.  Always the same answer."""
    found = Diagnostics()
    assert own.costs is not None
    try:
        made = timed(loaded, asked, own.costs, found)
    except NotTimed as fault:
        return Judged((), trouble=str(fault))
    if made is None or not all_known(own.required, made.loaded, found):
        return Judged((), found.sorted())
    scenarios = {wanted.scenario for wanted, _ in own.required}
    cells = [cell for cell in made.cells() if scenarios & {None, cell.model.scenario}]
    whole = costing(cells, own.costs, Depth(), found, sensitivity=False, changed=made.changed)
    if whole is None:
        return Judged((), found.sorted())
    return Judged(tuple(tuple(answers(wanted, whole)) for wanted, _ in own.required))


def all_known(required: Iterable[tuple[Requirement, Span]], timed: Loaded, found: Diagnostics) -> bool:
    """Whether each is about something in the model as it is timed; tells those that are not."""
    measures = {measure.name for measure in timed.cells[0].model.measures}
    scenarios = {cell.scenario for cell in timed.cells if cell.scenario is not None}
    policies = {cell.policy for cell in timed.cells if cell.policy is not None}
    policies |= {name.partition("(")[0] for name in policies}
    fine = True
    for wanted, place in required:
        known = (
            ("measure", wanted.measure, measures), ("policy", wanted.policy, policies),
            ("scenario", wanted.scenario, scenarios),
        )  # fmt: skip
        missing = next((one for one in known if one[1] is not None and one[1] not in one[2]), None)
        if missing is not None:
            fine = False
            what, name, names = missing
            message = f"`{wanted.text}`: there is no {what} `{name}` here"
            help = did_you_mean(str(name), names) or f"there are: {', '.join(sorted(names)) or 'none'}"
            found.add("costs", place, message, help)
        elif not any(wanted.about(cell.policy, cell.scenario) for cell in timed.cells):
            fine = False
            found.add("costs", place, f"`{wanted.text}` is about no scenario and policy that the model has")
    return fine


def answer_text(answer: Answer) -> str:
    """The line about it for people: the requirement, with the cell where it does not name it, the figure, and
    the table that this rests on."""
    wanted, cell = answer.wanted, answer.cell
    policy = f" under {cell.policy}" if cell.policy and wanted.policy is None else ""
    scenario = f" in {cell.scenario}" if cell.scenario and wanted.scenario is None else ""
    head, tail = f"{wanted.text}{policy}{scenario}", f"(costs: {answer.table})"
    if answer.value is None:
        told = "FAILS, it never ends" if cell.never else "not known, too few episodes"
        return f"{head}: {told} {tail}"
    value, low, high = answer.value
    unit, word = (1000.0, " us") if wanted.figure in TIMES else (1.0, "")
    half = max((high - low) / 2 / unit, 0.0005)
    text = f"{number(value / unit, half)}{word}"
    if low != high:
        text += f" ({number(low / unit, half)} to {number(high / unit, half)})"
    if cell.shares and wanted.figure != "never":
        text += f", and {100 * sum(cell.shares.values()):.3g} % never end"
    return f"{head}: {'FAILS' if answer.fails else 'met'}, {text} {tail}"
