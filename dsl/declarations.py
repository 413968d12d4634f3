"""Checking a whole specification: `check` turns a tree into a model."""

from __future__ import annotations

from collections.abc import Mapping

from . import model as m
from . import sorts as s
from . import tree
from .diagnostics import Diagnostics, did_you_mean
from .expressions import condition, constant, expression, fitted, range_bounds
from .fold import NotConstant, evaluate
from .scope import BUILT_INS, Names, Scope, Signature
from .source import Span
from .statements import Body, check_body

MAX_INSTANCES = 16
MAX_ARRAY = 64

_PLAIN_TYPES: dict[str, s.Sort] = {
    "bool": s.BOOL, "generation": s.GENERATION, "snapshot": s.SNAPSHOT, "waitqueue": s.WAITQUEUE,
    "spinlock": s.Lock("spinlock"), "mutex": s.Lock("mutex"), "rwlock": s.Lock("rwlock"),
    "rwsem": s.Lock("rwsem"),
}  # fmt: skip


def check(
    specification: tree.Tree, overrides: Mapping[str, str] | None = None
) -> tuple[m.Model | None, Diagnostics]:
    """The model of a tree, or None with what is wrong with it.

    `overrides` gives constants other values, as text (`{"VCPUS": "3"}`); an unknown name or a value
    of another sort is a fault.
    """
    found = Diagnostics()
    names = Names()
    declared = specification.declarations
    _refuse_duplicates(declared, names, found)
    _constants(specification, dict(overrides or {}), names, found)
    _types(declared, names, found)
    _processes(declared, names, found)
    _variables(declared, names, found)
    _signatures(declared, names, found)
    functions, bodies = _functions(declared, names, found)
    processes = _process_bodies(declared, names, found, bodies)
    _refuse_recursion(bodies, names, found)
    formulas = _formulas(declared, names, found)
    assertions = _assertions((*functions, *processes))
    expectations = _expectations(declared, formulas, assertions, found)
    for node in declared:
        if isinstance(node, tree.Policy | tree.Policies | tree.Scenario | tree.Property):
            word = type(node).__name__.lower()
            found.add("not-supported", node.span, f"`{word}` is not supported yet", "only safety is checked so far")
    if not processes and not found:
        found.add("no-process", specification.header.span, "the model has no process", "add `process NAME:`")
    if found.errors:
        return None, found
    return (
        m.Model(
            specification.header.name, specification.path, specification.doc,
            tuple(names.constants.items()), tuple(names.variables.values()), tuple(processes),
            tuple(functions), tuple(formulas), assertions, tuple(expectations),
        ),
        found,
    )  # fmt: skip


def name_of(node: tree.Declaration) -> str | None:
    """The name that a declaration declares, if it declares one."""
    return None if isinstance(node, tree.Policies | tree.Expect) else node.name


def _refuse_duplicates(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    seen: dict[str, Span] = {}
    for node in declared:
        own = name_of(node)
        inner = [(member.name, member.span) for member in node.members] if isinstance(node, tree.Enum) else []
        for name, span in ((own, node.span), *inner):
            if name is None:
                continue
            if name in BUILT_INS:
                found.add("reserved-name", span, f"`{name}` is a word of the language", "choose another name")
            elif name in seen:
                found.add(
                    "declared-twice", span, f"`{name}` is declared already", related=[(seen[name], "it stands here")]
                )
            seen.setdefault(name, span)


def _constants(
    specification: tree.Tree, overrides: dict[str, str], names: Names, found: Diagnostics
) -> None:
    scope = Scope(names, found, "constant", in_process="")
    for node in specification.declarations:
        if isinstance(node, tree.Enum):
            members = tuple(member.name for member in node.members)
            for member in members:
                names.members[member] = s.Enum(node.name, members)
    for node in specification.declarations:
        if not isinstance(node, tree.Const):
            continue
        sort = _constant_sort(node.type, names, found)
        text = overrides.pop(node.name, None)
        value = None if node.value is None else constant(node.value, scope, f"`{node.name}`")
        if node.value is None and text is None:
            help = f"give it one, here or with `--const {node.name}=VALUE`"
            found.add("no-value", node.span, f"constant `{node.name}` has no value", help)
        if text is not None:
            value = _override(node, text, sort, names, found)
        if sort is not None and value is not None and not _is_of(value, sort):
            place = node.value.span if node.value else node.span
            found.add("wrong-sort", place, f"`{node.name}` is declared `{sort}`")
            value = None
        if value is None:
            names.broken.add(node.name)
        else:
            names.constants[node.name] = value
    for name in overrides:
        known = [node.name for node in specification.declarations if isinstance(node, tree.Const)]
        help = did_you_mean(name, known) or f"constants are: {', '.join(known) or 'none'}"
        found.add("unknown-constant", specification.header.span, f"there is no constant `{name}`", help)


def _constant_sort(node: tree.Expr, names: Names, found: Diagnostics) -> str | None:
    if isinstance(node, tree.Name):
        if node.id in ("int", "bool"):
            return node.id
        if any(sort.name == node.id for sort in names.members.values()):
            return node.id
    found.add("bad-constant", node.span, "a constant is an `int`, a `bool` or a member of an enum")
    return None


def _is_of(value: s.Value, sort: str) -> bool:
    if sort == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, bool) if sort == "bool" else isinstance(value, str)


def _override(
    node: tree.Const, text: str, sort: str | None, names: Names, found: Diagnostics
) -> s.Value | None:
    value: s.Value | None = None
    if sort == "int" and text.lstrip("-").isdecimal() and len(text) < 10:
        value = int(text)
    elif sort == "bool" and text.lower() in ("true", "false"):
        value = text.lower() == "true"
    elif text in names.members and names.members[text].name == sort:
        value = text
    if value is None:
        found.add("bad-override", node.span, f"`{text}` is no `{sort}` for constant `{node.name}`")
    return value


# ---- types


def sort_of(node: tree.Expr, names: Names, found: Diagnostics) -> s.Sort | None:
    """The sort that a type expression stands for, or None with a fault."""
    match node:
        case tree.Name(id=name):
            if name in _PLAIN_TYPES:
                return _PLAIN_TYPES[name]
            if name in names.types:
                return names.types[name]
            if name in names.processes:
                count = names.processes[name][1]
                return s.Range(0, max(0, count - 1), name)
            if name == "int":
                help = "a variable has a bound: `range(n)` or `range(a, b)`"
                found.add("int-variable", node.span, "`int` is for constants only", help)
            elif name not in names.broken:
                candidates = [*names.types, *names.processes, *_PLAIN_TYPES, "range", "set"]
                found.add("unknown-type", node.span, f"`{name}` is not a type", did_you_mean(name, candidates))
            return None
        case tree.Call(function=tree.Name(id="range")):
            bounds = range_bounds(node, Scope(names, found, "constant", in_process=""))
            if bounds is None:
                return None
            low, high = bounds
            if high <= low:
                found.add("empty-range", node.span, "this range has no values", "`range(n)` is 0 to n - 1")
                return None
            return s.Range(low, high - 1)
        case tree.Call(function=tree.Name(id="rwsem"), arguments=(tree.Name(id="unfair"),)):
            return s.Lock("rwsem", fair=False)
        case tree.Binary(operator="|", left=left, right=right):
            if isinstance(left, tree.NoneLiteral):
                left, right = right, left
            inner = sort_of(left, names, found)
            if not isinstance(right, tree.NoneLiteral):
                found.add("bad-type", node.span, "a type is `T` or `T | None`", "use an `enum` for alternatives")
                return None
            if inner is None:
                return None
            if not s.is_plain(inner) or isinstance(inner, s.Optional | s.SetOf):
                found.add("bad-type", node.span, f"`{inner}` cannot be optional")
                return None
            return s.Optional(inner)
        case tree.Subscript(base=tree.Name(id="set"), index=index):
            element = sort_of(index, names, found)
            if element is None:
                return None
            if not s.is_plain(element) or isinstance(element, s.SetOf):
                found.add("bad-type", node.span, f"a set cannot hold `{element}`")
                return None
            return s.SetOf(element)
        case tree.Subscript(base=base, index=index):
            element = sort_of(base, names, found)
            size = constant(index, Scope(names, found, "constant", in_process=""), "the size of an array")
            if element is None or size is None:
                return None
            if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_ARRAY:
                found.add("bad-size", index.span, f"an array has 1 to {MAX_ARRAY} elements")
                return None
            # In `T[2][3]`, as in C, the first index goes up to 2.
            if isinstance(element, s.Array) and isinstance(base, tree.Subscript):
                return s.Array(s.Array(element.of, size), element.size)
            return s.Array(element, size)
        case _:
            found.add("bad-type", node.span, "a type is expected here", "for example `range(4)`, `bool`, `T | None`")
            return None


def _types(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    for node in declared:
        if isinstance(node, tree.Enum):
            names.types[node.name] = s.Enum(node.name, tuple(member.name for member in node.members))
    # Types may name each other in any order; those that never resolve are reported once.
    waiting = [node for node in declared if isinstance(node, tree.TypeAlias | tree.Struct)]
    processes = {node.name for node in declared if isinstance(node, tree.Process)}
    while waiting:
        known = [node for node in waiting if not _needs(node) & {other.name for other in waiting}]
        if not known:
            for node in waiting:
                found.add("recursive-type", node.span, f"`{node.name}` contains itself")
                names.broken.add(node.name)
            return
        for node in known:
            if _needs(node) & processes:
                _process_counts(declared, names, found)
            sort = _alias(node, names, found) if isinstance(node, tree.TypeAlias) else _struct(node, names, found)
            if sort is None:
                names.broken.add(node.name)
            else:
                names.types[node.name] = sort
        waiting = [node for node in waiting if node not in known]


def _needs(node: tree.TypeAlias | tree.Struct) -> set[str]:
    parts = [node.type] if isinstance(node, tree.TypeAlias) else [field.type for field in node.fields]
    return {name for part in parts for name in _mentioned(part)}


def _mentioned(node: tree.Expr) -> set[str]:
    match node:
        case tree.Name(id=name):
            return {name}
        case tree.Binary(left=left, right=right):
            return _mentioned(left) | _mentioned(right)
        case tree.Subscript(base=base, index=index):
            return _mentioned(base) | _mentioned(index)
        case _:
            return set()


def _alias(node: tree.TypeAlias, names: Names, found: Diagnostics) -> s.Sort | None:
    sort = sort_of(node.type, names, found)
    return s.Range(sort.low, sort.high, node.name) if isinstance(sort, s.Range) else sort


def _struct(node: tree.Struct, names: Names, found: Diagnostics) -> s.Sort | None:
    fields: list[tuple[str, s.Sort, s.Value]] = []
    for field in node.fields:
        if any(known == field.name for known, _, _ in fields):
            found.add("declared-twice", field.span, f"field `{field.name}` is declared already")
            continue
        sort = sort_of(field.type, names, found)
        if sort is not None:
            value = _initial(field.default, sort, field.span, names, found)
            fields.append((field.name, sort, value))
    return s.Struct(node.name, tuple(fields)) if len(fields) == len(node.fields) else None


def _initial(
    node: tree.Expr | None, sort: s.Sort, span: Span, names: Names, found: Diagnostics
) -> s.Value:
    """The initial value of a location of `sort`; a default for an array is each element's."""
    inner = sort
    sizes: list[int] = []
    while isinstance(inner, s.Array):
        sizes.append(inner.size)
        inner = inner.of
    value = s.initial(inner)
    if node is not None:
        scope = Scope(names, found, "constant", in_process="")
        if not s.is_plain(inner):
            found.add("no-default", node.span, f"a `{inner}` has no initial value of its own", "leave it out")
        else:
            typed = expression(node, scope, inner)
            fits = typed and fitted(typed, inner, scope)
            if fits:
                try:
                    value = evaluate(fits)
                except NotConstant as fault:
                    found.add("not-constant", fault.span, "an initial value must be constant")
    for size in reversed(sizes):
        value = (value,) * size
    return value


# ---- processes, variables, functions


def _process_counts(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    scope = Scope(names, found, "constant", in_process="")
    for node in declared:
        if not isinstance(node, tree.Process) or node.name in names.processes:
            continue
        count: s.Value | None = 1
        if node.count is not None:
            count = constant(node.count, scope, "the number of instances")
            if count is not None and (isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_INSTANCES):
                found.add("bad-size", node.count.span, f"a process has 0 to {MAX_INSTANCES} instances")
                count = None
        names.processes[node.name] = (node, count if isinstance(count, int) else 1)
        names.labels.setdefault(node.name, {})
        names.locals.setdefault(node.name, {})


def _processes(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    _process_counts(declared, names, found)
    for node in declared:
        if isinstance(node, tree.Process):
            if len(set(node.modifiers)) < len(node.modifiers):
                found.add("declared-twice", node.span, "a modifier is repeated")
            if node.cpu is not None:
                found.add("not-supported", node.cpu.span, "`on cpu` is not supported yet")


def _variables(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    for node in declared:
        if not isinstance(node, tree.Shared | tree.Ghost):
            continue
        sort = sort_of(node.type, names, found)
        if sort is None:
            names.broken.add(node.name)
            continue
        ghost = isinstance(node, tree.Ghost)
        if ghost and s.has_locks(sort):
            found.add("bad-ghost", node.span, f"a ghost cannot be a `{sort}`", "it holds plain values")
        value = _initial(node.value, sort, node.span, names, found)
        names.variables[node.name] = m.SharedVariable(node.name, sort, value, ghost, node.span)


def _signatures(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> None:
    for node in declared:
        if not isinstance(node, tree.Function):
            continue
        parameters: list[m.LocalVariable | m.Reference] = []
        seen: set[str] = set()
        for parameter in node.parameters:
            if parameter.name in seen:
                found.add("declared-twice", parameter.span, f"parameter `{parameter.name}` is named twice")
            seen.add(parameter.name)
            if parameter.default is not None:
                help = "pass it at each call"
                found.add("no-default", parameter.span, "parameters of a `def` have no defaults", help)
            if parameter.type is None:
                help = f"write `{parameter.name}: T`"
                found.add("untyped-parameter", parameter.span, f"parameter `{parameter.name}` has no type", help)
                names.broken.add(parameter.name)
                continue
            sort = sort_of(parameter.type, names, found)
            if sort is None:
                names.broken.add(parameter.name)
            elif s.is_plain(sort) or isinstance(sort, s.Snapshot):
                parameters.append(m.LocalVariable(node.name, parameter.name, sort, parameter.span))
            else:
                parameters.append(m.Reference(node.name, parameter.name, sort, parameter.span))
        result = sort_of(node.result, names, found) if node.result is not None else None
        if node.result is not None and isinstance(node.result, tree.NoneLiteral):
            result = None
        if result is not None and not (s.is_plain(result) or isinstance(result, s.Snapshot)):
            found.add("bad-type", node.span, f"a `def` cannot return a `{result}`")
        names.functions[node.name] = Signature(node, tuple(parameters), result)


def _functions(
    declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics
) -> tuple[list[m.Function], dict[str, Body]]:
    functions: list[m.Function] = []
    bodies: dict[str, Body] = {}
    for node in declared:
        if not isinstance(node, tree.Function):
            continue
        signature = names.functions[node.name]
        known: dict[str, m.LocalVariable | m.Reference] = {p.name: p for p in signature.parameters}
        scope = Scope(
            names, found, "code", node.name, None, known, {}, frozenset(p.name for p in signature.parameters)
        )  # fmt: skip
        body = Body(scope, signature)
        for parameter in signature.parameters:
            if isinstance(parameter, m.LocalVariable):
                body.declared[parameter.name] = parameter
        statements = check_body(node.body, body)
        bodies[node.name] = body
        functions.append(m.Function(node.name, signature.parameters, signature.result, statements, node.span))
    return functions, bodies


def _process_bodies(
    declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics, bodies: dict[str, Body]
) -> list[m.Process]:
    processes: list[m.Process] = []
    for node in declared:
        if not isinstance(node, tree.Process):
            continue
        scope = Scope(names, found, "code", node.name, None, {}, {}, frozenset(), node.name)
        body = Body(scope, None)
        statements = check_body(node.body, body)
        bodies[f"process {node.name}"] = body
        for owner in (f"process {node.name}", *_reachable(f"process {node.name}", bodies)):
            own = bodies[owner]
            for label, span in own.labels.items():
                names.labels[node.name][owner.removeprefix("process "), label] = span
            for name, variable in own.declared.items():
                names.locals[node.name][owner.removeprefix("process "), name] = variable
        count = names.processes[node.name][1]
        words = node.modifiers
        processes.append(
            m.Process(node.name, count, "daemon" in words, "unfair" in words, statements, node.span)
        )
    return processes


def _reachable(owner: str, bodies: dict[str, Body]) -> list[str]:
    reached: list[str] = []
    todo = list(bodies[owner].calls)
    while todo:
        name = todo.pop()
        if name not in reached and name in bodies:
            reached.append(name)
            todo.extend(bodies[name].calls)
    return reached


def _refuse_recursion(bodies: dict[str, Body], names: Names, found: Diagnostics) -> None:
    for name, body in bodies.items():
        if name in _reachable(name, bodies):
            call = next(span for callee, span in body.calls.items() if callee == name or name in _reachable(callee, bodies))
            help = "a `def` is inlined: write a loop"
            found.add("recursion", call, f"`{name}` calls itself, directly or through others", help)
    for body in bodies.values():
        for callee, call in body.calls.items():
            related = [(span, f"{what} stands here") for span, what in _unfit(callee, bodies)]
            if call in body.atomic_calls and related:
                message = f"`{callee}` cannot be part of one step"
                found.add("not-atomic", call, message, "end the block before the call", related[:1])


def _unfit(name: str, bodies: dict[str, Body]) -> list[tuple[Span, str]]:
    return [unfit for owner in (name, *_reachable(name, bodies)) for unfit in bodies[owner].unfit_for_atomic]


# ---- properties and expectations


def _formulas(declared: tuple[tree.Declaration, ...], names: Names, found: Diagnostics) -> list[m.Formula]:
    formulas: list[m.Formula] = []
    for node in declared:
        if isinstance(node, tree.Invariant | tree.Sometimes):
            typed = condition(node.formula, Scope(names, found, "formula", in_process=""))
            kind = "invariant" if isinstance(node, tree.Invariant) else "sometimes"
            if node.name in m.BUILT_IN_CHECKS:
                found.add("reserved-name", node.span, f"`{node.name}` is always checked", "choose another name")
            if typed is not None:
                formulas.append(m.Formula(node.name, kind, typed, node.doc, node.span))
    return formulas


def _assertions(owners: tuple[m.Function | m.Process, ...]) -> tuple[str, ...]:
    texts: dict[str, None] = {}
    for owner in owners:
        for node in m.walk(owner.body):
            if isinstance(node, m.Assert):
                texts.setdefault(node.text)
    return tuple(texts)


def _expectations(
    declared: tuple[tree.Declaration, ...], formulas: list[m.Formula], assertions: tuple[str, ...], found: Diagnostics
) -> list[m.Expectation]:
    known = [*m.BUILT_IN_CHECKS, *assertions, *(formula.name for formula in formulas)]
    temporal = [node.name for node in declared if isinstance(node, tree.Property)]
    expectations: list[m.Expectation] = []
    seen: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Span] = {}
    for node in declared:
        if not isinstance(node, tree.Expect):
            continue
        if node.target not in known and node.target not in temporal:
            help = did_you_mean(node.target, known) or "expected are: " + ", ".join(known)
            found.add("unknown-property", node.span, f"there is no property `{node.target}`", help)
        if node.under or node.scenarios:
            found.add("not-supported", node.span, "`under` and `in` are not supported yet")
        key = (node.target, node.under, node.scenarios)
        if key in seen:
            related = [(seen[key], "it stands here")]
            found.add("declared-twice", node.span, "this expectation is stated already", related=related)
        seen.setdefault(key, node.span)
        expectations.append(m.Expectation(node.target, node.verdict, node.under, node.scenarios, node.span))
    return expectations
