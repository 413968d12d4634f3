"""What the table beside a model requires of its figures, and whether they are so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..check.load import Loaded
from ..check.project.files import Contents, is_there
from ..dsl.advice import Advice
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
    if not is_there(table, contents):
        return None
    diagnostics = Diagnostics()
    made = tables([table], diagnostics, contents=contents)
    return Own(made, made.costs(diagnostics), diagnostics.sorted())


def judge(own: Own, loaded: Loaded, asked: Asked) -> Judged:
    """Times the model as `pfnspec cost --quick` does, and compares.  Always the same answer."""
    diagnostics = Diagnostics()
    assert own.costs is not None
    try:
        made = timed(loaded, asked, own.costs, diagnostics)
    except NotTimed as fault:
        return Judged((), trouble=str(fault))
    if made is None or not all_known(own.required, made.loaded, diagnostics):
        return Judged((), diagnostics.sorted())
    scenarios = {wanted.scenario for wanted, _ in own.required}
    cells = [cell for cell in made.cells() if scenarios & {None, cell.model.scenario}]
    whole = costing(cells, own.costs, Depth(), diagnostics, sensitivity=False, changed=made.changed)
    if whole is None:
        return Judged((), diagnostics.sorted())
    return Judged(tuple(tuple(answers(wanted, whole)) for wanted, _ in own.required))


def all_known(required: Iterable[tuple[Requirement, Span]], timed: Loaded, diagnostics: Diagnostics) -> bool:
    """Whether each is about something in the model as it is timed; tells those that are not."""
    measures = [measure.name for measure in timed.cells[0].model.measures]
    cells = [(cell.policy, cell.scenario) for cell in timed.cells]
    fine = True
    for wanted, place in required:
        missing = about_nothing(wanted, measures, cells)
        if missing is not None:
            fine = False
            diagnostics.add("costs", place, *missing)
    return fine


def about_nothing(
    wanted: Requirement, measures: Sequence[str], cells: Sequence[tuple[str | None, str | None]]
) -> tuple[str, str | Advice | None] | None:
    """Why it is about nothing that is timed, and what could be meant; None where it is about something.
    `cells` are policies with scenarios."""
    policies = {name for policy, _ in cells if policy for name in (policy, policy.partition("(")[0])}
    for what, name, names in (
        ("measure", wanted.measure, measures), ("policy", wanted.policy, policies),
        ("scenario", wanted.scenario, {scenario for _, scenario in cells if scenario is not None}),
    ):  # fmt: skip
        if name is not None and name not in names:
            help = did_you_mean(name, names) or f"there are: {', '.join(sorted(names)) or 'none'}"
            return f"`{wanted.text}`: there is no {what} `{name}` here", help
    if not any(wanted.about(*cell) for cell in cells):
        return f"`{wanted.text}` is about no scenario and policy that the model has", None
    return None


_UNKNOWN = {
    "rate": "a steady state has one",
    "beyond": "a task that arrives in a call has it, outside of a steady state",
}
"""Of a figure that is not told of every measure: what has one."""


def answer_text(answer: Answer) -> str:
    """The line about it for people: the requirement, with the cell where it does not name it, the figure, and
    the table that this rests on."""
    wanted, cell = answer.wanted, answer.cell
    policy = f" under {cell.policy}" if cell.policy and wanted.policy is None else ""
    scenario = f" in {cell.scenario}" if cell.scenario and wanted.scenario is None else ""
    head, tail = f"{wanted.text}{policy}{scenario}", f"(costs: {answer.table})"
    if answer.value is None:
        never = "FAILS, it never ends" if cell.stuck else "FAILS, it is never measured"
        told = never if cell.never else f"not known, {_UNKNOWN.get(wanted.figure, 'too few episodes')}"
        return f"{head}: {told} {tail}"
    value, low, high = answer.value
    unit, word = (1000.0, " us") if wanted.figure in TIMES else (1.0, "")
    half = max((high - low) / 2 / unit, 0.0005)
    text = f"{number(value / unit, half)}{word}"
    if low != high:
        text += f" ({number(low / unit, half)} to {number(high / unit, half)})"
    if cell.stuck and wanted.figure != "never":
        text += f", and {100 * cell.stuck:.3g} % never end"
    return f"{head}: {'FAILS' if answer.fails else 'met'}, {text} {tail}"
