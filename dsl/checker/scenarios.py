"""Checking scenarios: constants, CPUs, preemption and policies of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..diagnostics import Diagnostics, did_you_mean
from ..model import model as m
from ..model.fold import NotConstant, evaluate
from ..model.walk import walk
from ..syntax import tree
from ..syntax.recover import Lost
from ..vocabulary.lookup import SETTING_VALUES
from .bodies.statements import policy_instance
from .prelude import prelude
from .values.expressions import constant, expression
from .values.scope import Names, Scope

MAX_CPUS = 16
MEMORIES = ("sc", "weak")
STANDARD = ("spin", "resched", "block", "halt_poll")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a scenario sets: constants by name, CPUs (None: one for each task), preemption, its own
    `policies` line, and the memory model."""

    name: str | None
    constants: dict[str, tree.Expr]
    cpus: tree.Expr | None
    preempt: str
    policies: tree.Policies | None
    memory: str = "sc"


def scenario_names(specification: tree.Tree) -> tuple[str | None, ...]:
    """The scenarios to check: those of the tree, or None for the one without a name."""
    declared = tuple(node.name for node in specification.declarations if isinstance(node, tree.Scenario))
    return declared or (None,)


def scene(
    specification: tree.Tree, name: str | None, diagnostics: Diagnostics, lost: Lost | None = None
) -> Scene:
    """The settings of a scenario, checked for unknown words; `lost` is what could not be read."""
    node = next(
        (n for n in specification.declarations if isinstance(n, tree.Scenario) and n.name == name), None
    )
    if node is None:
        return Scene(None, {}, None, "none", None)
    known = {n.name for n in specification.declarations if isinstance(n, tree.Const)}
    constants: dict[str, tree.Expr] = {}
    cpus: tree.Expr | None = None
    preempt, memory = "none", "sc"
    seen: set[str] = set()
    for setting in node.settings:
        word = setting.value.id if isinstance(setting.value, tree.Name) else ""
        if setting.name in seen:
            diagnostics.add("declared-twice", setting.span, f"`{setting.name}` is set already")
        seen.add(setting.name)
        if setting.name == "cpus":
            cpus = None if word == "unlimited" else setting.value
        elif setting.name == "preempt":
            if word not in ("none", "full"):
                diagnostics.add("bad-setting", setting.value.span, "preemption is `none` or `full`")
            preempt = word
        elif setting.name == "memory":
            if word not in MEMORIES:
                help = "`sc` is sequential consistency, `weak` has the kernel's reorderings"
                diagnostics.add("bad-setting", setting.value.span, "this memory model is not known", help)
            memory = word
        elif setting.name in known:
            constants[setting.name] = setting.value
        elif lost is None or not lost.may_declare(setting.name):
            advice = did_you_mean(setting.name, {*known, *SETTING_VALUES})
            diagnostics.add("bad-setting", setting.span, f"a scenario cannot set `{setting.name}`", advice)
    if len(node.policies) > 1:
        diagnostics.add("declared-twice", node.policies[1].span, "the policies are listed already")
    return Scene(name, constants, cpus, preempt, node.policies[0] if node.policies else None, memory)


def memory_model(of: Scene, cpus: int | None, override: str | None, diagnostics: Diagnostics) -> str:
    """The memory model of a scenario; `override` is the command line's, which wins.  Refused where CPUs are
    counted: what a context switch orders there is not modelled."""
    memory = override or of.memory
    if memory == "weak" and cpus is not None and of.cpus is not None:
        help = "leave out `cpus`, which gives each task one, or check the scenario under `memory = sc`"
        diagnostics.add(
            "weak-with-cpus", of.cpus.span, "weak memory is not modelled where CPUs are counted", help
        )
    return memory


def cpu_count(of: Scene, names: Names, diagnostics: Diagnostics) -> int | None:
    """How many CPUs a scenario has; None for one for each task."""
    if of.cpus is None:
        return None
    value = constant(of.cpus, Scope(names, diagnostics, "constant", in_process=""), "the number of CPUs")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_CPUS:
        help = "or `unlimited`"
        diagnostics.add("bad-setting", of.cpus.span, f"there are 1 to {MAX_CPUS} CPUs", help)
        return None
    return value


def pins(
    node: tree.Process, count: int, cpus: int | None, names: Names, diagnostics: Diagnostics
) -> tuple[int, ...] | None:
    """The CPU of each instance of a pinned process; None where it is not pinned or CPUs are not counted."""
    if node.cpu is None:
        return None
    own = Scope(names, diagnostics, "code", node.name, None, {}, {}, frozenset(), node.name)
    typed = expression(node.cpu, own)
    if typed is None:
        return None
    places: list[int] = []
    for index in range(count):

        def at(part: object, index: int = index) -> object:
            return m.Literal(index, part.sort, part.span) if isinstance(part, m.SelfIndex) else part

        try:
            value = evaluate(m.rewritten(typed, at))  # type: ignore[arg-type]
        except NotConstant as fault:
            diagnostics.add(
                "not-constant", fault.span, "the CPU of a process is constant", "it may depend on `self`"
            )
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            diagnostics.add("wrong-sort", node.cpu.span, "a number is needed")
            return None
        if cpus is not None and not 0 <= value < cpus:
            help = f"write `({_source(node.cpu)}) % {cpus}`, or give the scenario more CPUs"
            diagnostics.add(
                "bad-pin", node.cpu.span, f"`{node.name}[{index}]` is pinned to CPU {value} of {cpus}", help
            )
            return None
        places.append(value)
    return None if cpus is None else tuple(places)


def _source(node: tree.Expr) -> str:
    return "self" if isinstance(node, tree.Name) else "..."


def declare_policies(declared: tuple[tree.Declaration, ...], names: Names) -> None:
    """Makes the policies known: the model's own, and the prelude's where waiting plays a part."""
    own = {node.name: node for node in declared if isinstance(node, tree.Policy)}
    if own or any(_speaks_of_policies(node) for node in declared):
        standard = {node.name: node for node in prelude().declarations if isinstance(node, tree.Policy)}
        names.policies.update({**standard, **own})


def _speaks_of_policies(node: tree.Declaration) -> bool:
    match node:
        case tree.Policies():
            return True
        case tree.Scenario(policies=policies):
            return bool(policies)
        case tree.Expect(under=under):
            return bool(under)
        case tree.Process(body=body) | tree.Function(body=body) | tree.Policy(body=body):
            return any(isinstance(part, tree.Wait | tree.Delegate) for part in statements(body)) or any(
                isinstance(part, tree.Name) and part.id in ("wait_event", "wait_event_timeout")
                for part in walk(body)
            )
        case _:
            return False


def statements(node: object) -> Iterator[object]:
    """The statements of a block and of all blocks in them, without going into expressions."""
    todo = [node]
    while todo:
        part = todo.pop()
        yield part
        match part:
            case tree.Block(statements=statements):
                todo.extend(statements)
            case tree.If(body=body, elifs=elifs, orelse=orelse):
                todo.extend((body, *elifs, orelse))
            case tree.Either(body=body, others=others):
                todo.extend((body, *others))
            case (
                tree.While(body=body) | tree.For(body=body) | tree.With(body=body) | tree.Atomic(body=body)
                | tree.Elif(body=body) | tree.Else(body=body) | tree.Or(body=body) | tree.Region(body=body)
            ):  # fmt: skip
                todo.append(body)
            case _:
                pass


def choices(
    declared: tuple[tree.Declaration, ...], of: Scene, names: Names, diagnostics: Diagnostics
) -> tuple[str, ...]:
    """The policies under which the unpinned waiting sites are checked; none when there are none."""
    scope = Scope(names, diagnostics, "constant", in_process="")
    lines = [node for node in declared if isinstance(node, tree.Policies)]
    if len(lines) > 1:
        diagnostics.add("declared-twice", lines[1].span, "the policies are listed already")
    line = of.policies or (lines[0] if lines else None)
    asked: list[str] = []
    if line is not None:
        for use in line.uses:
            name = policy_instance(use, scope)
            if name in asked:
                diagnostics.add("declared-twice", use.span, f"policy `{name}` is listed already")
            elif name is not None:
                asked.append(name)
    # Policies of the model's own are checked even where no site uses them.
    for node in declared:
        if isinstance(node, tree.Policy) and all(p.default is not None for p in node.parameters):
            policy_instance(tree.PolicyUse(node.span, node.name, ()), scope)
    if names.unpinned is None:
        if line is not None and not diagnostics.errors and names.lost is None:
            diagnostics.add(
                "no-wait", line.span, "no `wait until` is left open to these policies", "remove the line"
            )
        return ()
    if line is None:
        asked = [
            policy_instance(tree.PolicyUse(names.unpinned, name, ()), scope) or name for name in STANDARD
        ]
    return tuple(asked)
