"""The recordings that stand beside a model, against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..check.load import Cell, Loaded
from ..dsl.advice import Advice
from ..dsl.diagnostics import Diagnostic, Diagnostics, did_you_mean
from ..dsl.model import model as m
from ..recording.result import Validation
from ..recording.validate import Options, binding_of, validate
from .declared import Declared


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of recordings, in the order of `declared.paths`; none where `diagnostics` say why."""

    validations: tuple[Validation, ...]
    diagnostics: tuple[Diagnostic, ...]


def compare(loaded: Loaded, declared: Declared, options: Options | None = None) -> Compared:
    """All of the recordings, against a model without errors."""
    diagnostics = Diagnostics()
    done = against(loaded, declared, diagnostics, options)
    return Compared(() if done is None else tuple(done), diagnostics.sorted())


def against(
    loaded: Loaded, declared: Declared, diagnostics: Diagnostics, options: Options | None = None
) -> Iterator[Validation] | None:
    """What comes of each of the recordings, with what was expected; None with what is wrong in `diagnostics`.
    `options` are further ones, and what is declared goes into them."""
    chosen = bound(loaded, declared, diagnostics)
    if chosen is None:
        return None
    cell, binding = chosen
    asked = replace(
        options or Options(), skew=declared.skew, begin=declared.begin, end=declared.end,
        threads=declared.threads,
    )  # fmt: skip
    done = validate(loaded, cell, binding, declared.paths, asked)
    return (replace(one, expected=declared.expected) for one in done)


def bound(loaded: Loaded, declared: Declared, diagnostics: Diagnostics) -> tuple[Cell, m.Recording] | None:
    """The cell and the `recording` that are meant; None with what is wrong in `diagnostics`."""
    cells = [
        cell
        for cell in loaded.cells
        if declared.scenario in (None, cell.scenario)
        and declared.policy in (None, cell.policy, (cell.policy or "").partition("(")[0])
    ]
    if not cells:
        _refuse(diagnostics, declared, "the model has no such scenario and policy")
        return None
    binding = binding_of(cells[0].model, declared.binding)
    if binding is not None:
        return cells[0], binding
    names = [one.name for one in cells[0].model.recordings]
    if not names:
        _refuse(diagnostics, declared, "the model has no `recording`, which says what events mean")
    elif declared.binding is None:
        _refuse(diagnostics, declared, "the model has several recordings", f'add `binding = "{names[0]}"`')
    else:
        help = did_you_mean(declared.binding, names) or f"there are: {', '.join(names)}"
        _refuse(diagnostics, declared, f"there is no recording `{declared.binding}`", help)
    return None


def _refuse(
    diagnostics: Diagnostics, declared: Declared, message: str, help: str | Advice | None = None
) -> None:
    diagnostics.add("recordings", declared.place, message, help)
