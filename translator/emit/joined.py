"""Several modules as the parts of one, so that TLC searches them in one run: `joined` is the stage.

A behaviour of the whole is one of one part, whose number the variable `cell` has from the beginning.  A
variable has the same name in all parts that have it, and is None in the others.  A part is an INSTANCE, so
its definitions are its own.

TLC prints what a part comes to: its registers (`Emission`), and in the end, of all parts,
`<<"counted", <<<<states, depth>> of each>>>>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...tla.module.page import Names, cfg_text
from .emit import Emission
from .fairness_text import InTurn, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A module that has others as its parts, and its cfg; `others` are their texts."""

    module: str
    module_text: str
    cfg_text: str
    others: dict[str, str]
    check_deadlock: bool


def part_names(name: str, count: int) -> list[str]:
    """What the modules of so many parts are called, where the whole has a `name`."""
    names = Names()
    whole = names.new(name)
    return [names.new(f"{whole}_cell_{number}") for number in range(1, count + 1)]


def joined(name: str, parts: Sequence[Emission]) -> Joined | None:
    """One module of several, each emitted as a `part` with registers behind those of the one before, all of
    them for safety or all for temporal properties.

    All of them have the same `exchanged` groups.  None where a name means a constant in one part and a
    variable in another, or one assumes something: states beyond that, at which TLC looks, would count."""
    if any(part.assumes for part in parts):
        return None
    constants = tuple(dict.fromkeys(one for part in parts for one in part.constants))
    variables = tuple(dict.fromkeys(one for part in parts for one in part.variables))
    if not set(constants).isdisjoint(variables):
        return None
    exchanged = parts[0].exchanged
    assert all(part.exchanged == exchanged for part in parts)
    names = Names()
    names.taken.update(constants, variables)
    module = names.new(name)
    names.taken.update(part.module for part in parts)
    cell, counted, told = names.new("cell"), names.new("Counted"), names.new("Told")
    cells = [names.new(f"Cell_{number}") for number in range(1, len(parts) + 1)]
    check_deadlock = any(part.check_deadlock for part in parts)
    starts, steps = _behaviours(parts, cells, cell, variables, check_deadlock=check_deadlock)
    invariants, properties, claims = _claims(parts, cells, cell, names)
    lively = any(part.temporal for part in parts)
    first, second = parts[-1].last, parts[-1].last + len(parts)
    counts = ", ".join(
        f"<<TLCGet({first + number}), TLCGet({second + number})>>" for number in range(1, len(parts) + 1)
    )
    same = names.new("Symmetry") if exchanged else None
    groups = " \\cup ".join(f"Permutations({{{', '.join(group)}}})" for group in exchanged)
    lines = [
        f"---- MODULE {module} ----",
        "EXTENDS Integers, Sequences, FiniteSets, TLC",
        "",
        f"CONSTANTS {', '.join(constants)}",
        "",
        f"VARIABLES {', '.join((cell, *variables))}",
        "",
        f"vars == <<{', '.join((cell, *variables))}>>",
        "",
        *([f"ASSUME \\A register \\in 1..{first} : TLCSet(register, FALSE)"] if first else []),
        f"ASSUME \\A register \\in {first + 1}..{second + len(parts)} : TLCSet(register, 0)",
        "",
        *(f"{own} == INSTANCE {part.module}" for own, part in zip(cells, parts, strict=True)),
        "",
        "Init ==",
        *(f"    \\/ {start}" for start in starts),
        "",
        "\\* An invariant: it is looked at once for each state, by the only worker.",
        f"{counted} == TLCSet({first} + {cell}, TLCGet({first} + {cell}) + 1)",
        "",
        "\\* No step.  What is told when no other state waits is told of the last one, too.",
        f"{told} ==",
        f'    /\\ IF TLCGet("level") > TLCGet({second} + {cell})',
        f'           THEN TLCSet({second} + {cell}, TLCGet("level")) ELSE TRUE',
        f'    /\\ TLCGet("queue") = 0 /\\ PrintT(<<"counted", <<{counts}>>>>) /\\ FALSE',
        "    /\\ UNCHANGED vars",
        "",
        "Next ==",
        f"    \\/ {told}",
        *(f"    \\/ {step}" for step in steps),
        *(["", "Fairness ==", *_fairness(parts, cells, cell, variables)] if lively else []),
        "",
        "Spec == Init /\\ [][Next]_vars" + (" /\\ Fairness" if lively else ""),
        *claims,
        *(["", f"{same} == {groups}"] if same else []),
        "",
        "====",
        "",
    ]
    return Joined(
        module=module,
        module_text="\n".join(lines),
        cfg_text=cfg_text(constants, (counted, *invariants), tuple(properties), same),
        others={part.module: part.module_text for part in parts},
        check_deadlock=check_deadlock,
    )


def _behaviours(
    parts: Sequence[Emission], cells: Sequence[str], cell: str, variables: Sequence[str], *,
    check_deadlock: bool,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """How a behaviour can begin, and how it can go on."""
    starts: list[str] = []
    steps: list[str] = []
    for number, (own, part) in enumerate(zip(cells, parts, strict=True), start=1):
        absent = [one for one in variables if one not in part.variables]
        nothing = "".join(f" /\\ {one} = None" for one in absent)
        starts.append(f"{cell} = {number} /\\ {own}!Init{nothing}")
        steps.append(f"{cell} = {number} /\\ {own}!Next /\\ UNCHANGED <<{', '.join((cell, *absent))}>>")
        if check_deadlock and not part.check_deadlock:
            # Noted by the part itself, so it must be no deadlock for TLC, which would end there.
            steps.append(f"{cell} = {number} /\\ ~ENABLED {own}!Next /\\ UNCHANGED vars")
    return starts, steps


def _claims(
    parts: Sequence[Emission], cells: Sequence[str], cell: str, names: Names
) -> tuple[list[str], list[str], list[str]]:
    """The invariants and the properties of all parts, by name, and their definitions."""
    invariants: list[str] = []
    properties: list[str] = []
    lines: list[str] = []
    for number, (own, part) in enumerate(zip(cells, parts, strict=True), start=1):
        for claims, kind, chosen in (
            (part.invariants, "Holds", invariants),
            (part.temporal, "Ends", properties),
        ):
            if claims:
                chosen.append(names.new(f"{kind}_{number}"))
                body = "".join(f"\n    /\\ {own}!{one}" for one in claims)
                lines += ["", f"{chosen[-1]} == {cell} = {number} =>{body}"]
    return invariants, properties, lines


def _fairness(
    parts: Sequence[Emission], cells: Sequence[str], cell: str, variables: Sequence[str]
) -> list[str]:
    """The conditions of all parts.  TLC's work doubles with each, so those of the same form that different
    parts have for a task are one: of an action that is that of the part that the behaviour is of."""
    together: dict[tuple[str, Steps | InTurn, int], list[tuple[int, tuple[str, ...]]]] = {}
    for number, (own, part) in enumerate(zip(cells, parts, strict=True), start=1):
        absent = [one for one in variables if one not in part.variables]
        for task, promises in part.promises.items():
            before: list[Steps | InTurn] = []
            for promise in promises:
                key = (task, promise.form, before.count(promise.form))
                before.append(promise.form)
                about = tuple(f"{own}!{one}({task})" for one in promise.about)
                if promise.form.whole:
                    # ENABLED of it needs what becomes of all that `vars` has.
                    about = (f"{about[0]} /\\ UNCHANGED <<{', '.join((cell, *absent))}>>",)
                together.setdefault(key, []).append((number, about))
    lines: list[str] = []
    for (_, form, _), of_parts in together.items():
        one_of = [
            "(" + " \\/ ".join(f"({cell} = {number} /\\ {about[place]})" for number, about in of_parts) + ")"
            for place in range(len(of_parts[0][1]))
        ]
        first, *rest = form.text(*one_of)
        lines += [f"    /\\ {first}", *(f"       {line}" for line in rest)]
    return lines or ["    TRUE"]
