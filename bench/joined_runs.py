"""Several programs in one run of TLC, compared with what is known of each."""

from __future__ import annotations

from pfnspec import tla
from pfnspec.check.runs import registers_in, said
from pfnspec.translator.emit.emit import Emission, emit
from pfnspec.translator.emit.joined import Joined, joined, part_names
from pfnspec.translator.program.program import Program


def safety_part(program: Program, violated: list[str], name: str, before: int) -> Emission:
    """A program with all of its safety properties, those that are violated being noted."""
    return emit(program, registers=True, noted=violated, part=(name, before))


def safety_together(programs: list[Program], violated: list[str]) -> tuple[list[Emission], Joined | None]:
    """Programs with the same violated properties as parts of one module."""
    parts: list[Emission] = []
    for program, name in zip(programs, part_names("together", len(programs)), strict=True):
        parts.append(safety_part(program, violated, name, parts[-1].last if parts else 0))
    return parts, joined("together", parts)


def claims_together(programs: list[Program], property: str) -> Joined | None:
    """The same for one temporal property."""
    names = part_names("together", len(programs))
    parts = [
        emit(program, (), temporal=(property,), part=(name, 0))
        for program, name in zip(programs, names, strict=True)
    ]
    return joined("together", parts)


def difference(
    outcome: tla.Outcome, parts: list[Emission], violated: list[str], states: list[int]
) -> str | None:
    """What a run says otherwise than is known: which properties are `violated` in all parts, and how many
    `states` each has."""
    if not isinstance(outcome, tla.Holds):
        return f"ends with {outcome}"
    registers = registers_in(outcome)
    for part in parts:
        noted = {part.noted[number] for number in registers & part.noted.keys()}
        if noted != {*violated}:
            return f"notes {sorted(noted)} violated, not {sorted(violated)}"
    counts = said(outcome, "counted")[-1]
    assert isinstance(counts, tuple)
    found = [one[0] for one in counts if isinstance(one, tuple)]
    return None if found == states else f"counts {found} states, not {states}"
