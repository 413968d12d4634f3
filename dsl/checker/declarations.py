"""Checking a whole specification: `check` turns a tree into a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..diagnostics import Diagnostics
from ..model import model as m
from ..model import sorts as s
from ..source import Span
from ..syntax import tree
from ..syntax.recover import Lost
from ..vocabulary.lookup import BUILT_INS
from .assumptions import assumptions
from .bodies.body import Body
from .bodies.calls import Bodies, reachable, refuse_recursion, refuse_unfit_for_atomic, warn_of_copies
from .bodies.sites import refuse_unfit_sites
from .bodies.size import refuse_large
from .bodies.snapshots import refuse_other_counters
from .bodies.statements import check_body
from .deferred import declare_deferred, served
from .library import with_library
from .measures import measures
from .properties import (
    Owner,
    assertions,
    expectations,
    formulas,
    refuse_bad_acceptances,
    refuse_shared_names,
)
from .recordings import recordings
from .scenarios import choices, cpu_count, declare_policies, memory_model, pins, scene
from .unlocked import unlocked_on_purpose
from .values.scope import Names, Scope, Signature
from .values.settle import constants, process_counts, sort_of, types
from .values.starts import initial


@dataclass(frozen=True, slots=True)
class Checked:
    """A specification in a scenario: the model, None when something is wrong; what its names stand for, also
    then; what is known of the bodies."""

    model: m.Model | None
    names: Names
    bodies: Bodies
    diagnostics: Diagnostics


def check(
    specification: tree.Tree, overrides: Mapping[str, str] | None = None, scenario: str | None = None,
    *, memory: str | None = None,
) -> tuple[m.Model | None, Diagnostics]:  # fmt: skip
    """The model of a tree in a scenario, or None with what is wrong with it.

    `overrides` gives constants other values, as text (`{"VCPUS": "3"}`), and wins over the
    scenario's; an unknown name or a value of another sort is a fault.  `memory`, sc or weak, likewise.
    """
    checked = examine(specification, overrides, scenario, memory=memory)
    return checked.model, checked.diagnostics


def examine(
    specification: tree.Tree, overrides: Mapping[str, str] | None = None, scenario: str | None = None,
    lost: Lost | None = None, *, quick: bool = False, memory: str | None = None,
) -> Checked:  # fmt: skip
    """All that `check` finds out.  `lost` is what could not be read of the text: there is no model then, and
    nothing is said that could be wrong because of what is missing.  `quick` leaves out how large the
    processes become and which counters snapshots meet, which takes as long as all the rest."""
    diagnostics = Diagnostics()
    names = Names(lost=lost)
    specification = with_library(specification)
    declared = specification.declarations
    for node in declared:
        if isinstance(node, tree.Const | tree.Shared | tree.Ghost):
            names.later[node.name] = "const" if isinstance(node, tree.Const) else "variable"
    _refuse_duplicates(declared, names, diagnostics)
    settings = scene(specification, scenario, diagnostics, lost)
    constants(specification, dict(overrides or {}), settings.constants, names, diagnostics)
    cpus = cpu_count(settings, names, diagnostics)
    memory = memory_model(settings, cpus, memory, diagnostics)
    types(declared, names, diagnostics)
    _instances(declared, names, diagnostics)
    _variables(declared, names, diagnostics)
    declare_deferred(declared, names, diagnostics)
    declare_policies(declared, names)
    _signatures(declared, names, diagnostics)
    _outline(declared, names)
    functions, of_functions = _functions(declared, names, diagnostics)
    processes, of_processes = _processes(declared, names, diagnostics, cpus)
    bodies = Bodies(of_functions, of_processes)
    refuse_recursion(of_functions, diagnostics)
    refuse_unfit_for_atomic(bodies, diagnostics)
    warn_of_copies(bodies, diagnostics)
    if not diagnostics.errors and not quick:
        refuse_large(processes, functions, diagnostics)
    claimed = formulas(declared, scenario, names, diagnostics)
    supposed = assumptions(declared, scenario, claimed, names, diagnostics)
    asked = choices(declared, settings, names, diagnostics)
    policies = tuple(policy for policy in names.instances.values() if policy)
    owners: tuple[Owner, ...] = (*functions, *processes, *policies)
    texts = assertions(owners)
    refuse_shared_names(declared, owners, diagnostics)
    if not diagnostics.errors and not quick:
        refuse_unfit_sites((*processes, *functions), policies, asked, of_functions, diagnostics)
        refuse_other_counters((*processes, *policies), functions, claimed, diagnostics)
    expected = expectations(declared, claimed, texts, names, specification.path, diagnostics)
    refuse_bad_acceptances(declared, diagnostics)
    unlocked = unlocked_on_purpose(declared, names, specification.path, diagnostics)
    measured = measures(declared, names, specification.path, diagnostics)
    recorded = recordings(declared, names, diagnostics)
    if not any(process.count for process in processes) and not diagnostics and lost is None:
        help = "give one an instance" if processes else "add `process NAME:`"
        diagnostics.add("no-process", specification.header.span, "the model has no process that runs", help)
    if diagnostics.errors or lost is not None:
        return Checked(None, names, bodies, diagnostics)
    model = m.Model(
        specification.header.name, specification.path, specification.doc,
        tuple(names.constants.items()), (*names.variables.values(), *names.pools.values()), tuple(processes),
        tuple(functions), tuple(claimed), texts, tuple(expected), scenario,
        policies, asked, cpus, settings.preempt, unlocked, memory, measured, recorded, supposed,
    )  # fmt: skip
    return Checked(model, names, bodies, diagnostics)


def name_of(node: tree.Declaration) -> str | None:
    """The name that a declaration declares, if it declares one."""
    return (
        None
        if isinstance(node, tree.Policies | tree.Expect | tree.Accept | tree.AcceptUnlocked | tree.Assume)
        else node.name
    )


def _refuse_duplicates(
    declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics
) -> None:
    seen: dict[str, Span] = {}
    for node in declared:
        own = name_of(node)
        inner = [(member.name, member.span) for member in node.members] if isinstance(node, tree.Enum) else []
        for name, span in ((own, node.span), *inner):
            if not name:
                continue
            if name in BUILT_INS:
                diagnostics.add(
                    "reserved-name", span, f"`{name}` is a word of the language", "choose another name"
                )
            elif name in seen:
                diagnostics.add(
                    "declared-twice",
                    span,
                    f"`{name}` is declared already",
                    related=[(seen[name], "it stands here")],
                )
            seen.setdefault(name, span)


# ---- processes, variables, functions


def _instances(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    process_counts(declared, names, diagnostics)
    for node in declared:
        if isinstance(node, tree.Process):
            if len(set(node.modifiers)) < len(node.modifiers):
                diagnostics.add("declared-twice", node.span, "a modifier is repeated")


def _variables(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    for node in declared:
        if not isinstance(node, tree.Shared | tree.Ghost):
            continue
        sort = sort_of(node.type, names, diagnostics)
        if sort is None:
            names.broken.add(node.name)
            continue
        ghost = isinstance(node, tree.Ghost)
        if ghost and s.has_locks(sort):
            diagnostics.add("bad-ghost", node.span, f"a ghost cannot be a `{sort}`", "it holds plain values")
        value = initial(node.value, sort, node.span, names, diagnostics)
        names.variables[node.name] = m.SharedVariable(node.name, sort, value, ghost, node.span)


def _signatures(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    for node in declared:
        if not isinstance(node, tree.Function):
            continue
        parameters: list[m.LocalVariable | m.Reference] = []
        seen: set[str] = set()
        for parameter in node.parameters:
            if parameter.name in seen:
                diagnostics.add(
                    "declared-twice", parameter.span, f"parameter `{parameter.name}` is named twice"
                )
            seen.add(parameter.name)
            Scope(names, diagnostics, "code").refuse_hiding(parameter.name, parameter.span)
            if parameter.default is not None:
                help = "pass it at each call"
                diagnostics.add("no-default", parameter.span, "parameters of a `def` have no defaults", help)
            if parameter.type is None:
                help = f"write `{parameter.name}: T`"
                diagnostics.add(
                    "untyped-parameter", parameter.span, f"parameter `{parameter.name}` has no type", help
                )
                names.broken.add(parameter.name)
                names.unsettled.add(node.name)
                continue
            sort = sort_of(parameter.type, names, diagnostics)
            if sort is None:
                names.broken.add(parameter.name)
                names.unsettled.add(node.name)
            elif s.is_plain(sort) or isinstance(sort, s.Snapshot):
                parameters.append(m.LocalVariable(node.name, parameter.name, sort, parameter.span))
            else:
                parameters.append(m.Reference(node.name, parameter.name, sort, parameter.span))
        nothing = node.result is None or isinstance(node.result, tree.NoneLiteral)
        result = None if node.result is None or nothing else sort_of(node.result, names, diagnostics)
        if result is None and not nothing:
            names.unsettled.add(node.name)
        if result is not None and not (s.is_plain(result) or isinstance(result, s.Snapshot)):
            diagnostics.add("bad-type", node.span, f"a `def` cannot return a `{result}`")
        names.functions[node.name] = Signature(node, tuple(parameters), result)


def _functions(
    declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics
) -> tuple[list[m.Function], dict[str, Body]]:
    functions: list[m.Function] = []
    bodies: dict[str, Body] = {}
    for node in declared:
        if not isinstance(node, tree.Function):
            continue
        signature = names.functions[node.name]
        known: dict[str, m.LocalVariable | m.Reference] = {p.name: p for p in signature.parameters}
        scope = Scope(
            names,
            diagnostics,
            "code",
            node.name,
            None,
            known,
            {},
            frozenset(p.name for p in signature.parameters),
        )
        body = Body(scope, signature)
        for parameter in signature.parameters:
            if isinstance(parameter, m.LocalVariable):
                body.declared[parameter.name] = parameter
        statements = check_body(node.body, body)
        bodies[node.name] = body
        functions.append(m.Function(node.name, signature.parameters, signature.result, statements, node.span))
    return functions, bodies


def _outline(declared: tuple[tree.Declaration, ...], names: Names) -> None:
    """Fills in the labels and locals of every process.  An assertion may name those of any of them, its
    own included, so all bodies are gone through once before one is checked; nothing is reported yet."""
    diagnostics = Diagnostics()
    outline = replace(names, constants=dict(names.constants), instances={}, broken=set(names.broken))
    _, functions = _functions(declared, outline, diagnostics)
    for node in declared:
        if not isinstance(node, tree.Process):
            continue
        own = _process_body(node, outline, diagnostics)
        check_body(node.body, own)
        reached = [(name, functions[name]) for name in reachable(own, functions)]
        for owner, body in ((node.name, own), *reached):
            names.labels[node.name].update({(owner, label): span for label, span in body.labels.items()})
            names.regions.setdefault(node.name, set()).update((owner, region) for region in body.regions)
            names.locals[node.name].update({(owner, name): v for name, v in body.declared.items()})


def _process_body(node: tree.Process, names: Names, diagnostics: Diagnostics) -> Body:
    return Body(Scope(names, diagnostics, "code", node.name, None, {}, {}, frozenset(), node.name), None)


def _interrupted(of: tree.Interrupts | None) -> tuple[str, str, bool] | None:
    """An `ipi` is an interrupt, for all but when it comes."""
    if of is None:
        return None
    return ("interrupt", of.process, True) if of.level == "ipi" else (of.level, of.process, False)


def _processes(
    declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics, cpus: int | None
) -> tuple[list[m.Process], dict[str, Body]]:  # fmt: skip
    processes: list[m.Process] = []
    bodies: dict[str, Body] = {}
    for node in declared:
        if not isinstance(node, tree.Process):
            continue
        if node.interrupts is not None and cpus is not None:
            message = "a handler interrupts the CPU of its own task, and here CPUs are counted"
            help = "leave out `cpus` in the scenario, or the handler in this model"
            diagnostics.add("bad-handler", node.span, message, help)
        body = bodies[node.name] = _process_body(node, names, diagnostics)
        statements = served(node, check_body(node.body, body), names)
        count = names.processes[node.name][1]
        words = node.modifiers
        processes.append(
            m.Process(
                node.name, count, "daemon" in words, "unfair" in words, statements, node.span,
                pins(node, count, cpus, names, diagnostics), names.processes[node.name][0].count is not None,
                _interrupted(node.interrupts),
            )
        )  # fmt: skip
    return processes, bodies
