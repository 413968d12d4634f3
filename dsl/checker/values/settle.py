"""Types and constants: what type expressions stand for, and the values of `const`s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...advice import Advice, write
from ...diagnostics import Diagnostics, did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...source import LIBRARY
from ...syntax import tree
from ...vocabulary.foreign import habit
from ...vocabulary.library_words import LIBRARY_NAMES
from .expressions import constant, range_bounds
from .scope import Names, Scope
from .starts import initial, refuse_varied
from .words import word

MAX_INSTANCES = 16
MAX_ARRAY = 64
MAX_OBJECTS = 8

_FORMS = {"range": "range(n)", "set": "set[T]"}
_PLAIN_TYPES: dict[str, s.Sort] = {
    "bool": s.BOOL, "generation": s.GENERATION, "snapshot": s.SNAPSHOT, "waitqueue": s.WAITQUEUE,
    "srcu": s.SRCU, "spinlock": s.Lock("spinlock"), "mutex": s.Lock("mutex"), "rwlock": s.Lock("rwlock"),
    "rwsem": s.Lock("rwsem"),
}  # fmt: skip


def constants(
    specification: tree.Tree, overrides: dict[str, str], settings: Mapping[str, tree.Expr], names: Names,
    diagnostics: Diagnostics,
) -> None:  # fmt: skip
    """Fills in the constants: a command's value before a scenario's before the declaration's."""
    scope = Scope(names, diagnostics, "constant", in_process="")
    for node in specification.declarations:
        if isinstance(node, tree.Enum):
            members = tuple(member.name for member in node.members)
            for member in members:
                names.members[member] = s.Enum(node.name, members)
    for node in specification.declarations:
        if not isinstance(node, tree.Const):
            continue
        sort = _constant_sort(node.type, names, diagnostics)
        text = overrides.pop(node.name, None)
        given = settings.get(node.name, node.value)
        value = None if given is None else constant(given, scope, f"`{node.name}`")
        if given is None and text is None:
            help = f"give it one, here or with `--const {node.name}=VALUE`"
            diagnostics.add("no-value", node.span, f"constant `{node.name}` has no value", help)
        if text is not None:
            value = _override(node, text, sort, names, diagnostics)
        if sort is not None and value is not None and not _is_of(value, sort):
            place = given.span if given else node.span
            diagnostics.add("wrong-sort", place, f"`{node.name}` is declared `{sort}`")
            value = None
        if value is None:
            names.broken.add(node.name)
        else:
            names.constants[node.name] = value
    for name in overrides:
        known = [node.name for node in specification.declarations if isinstance(node, tree.Const)]
        # It was misspelt on the command line, and not where the diagnostic stands.
        meant = did_you_mean(name, known) or f"constants are: {', '.join(known) or 'none'}"
        diagnostics.add(
            "unknown-constant", specification.header.span, f"there is no constant `{name}`", str(meant)
        )


def own_constants(
    specification: tree.Tree, overrides: Mapping[str, str]
) -> tuple[tuple[str, s.Value], ...]:  # fmt: skip
    """The constants of a model with the values of no scenario; those that have none then are left out."""
    names = Names()
    constants(specification, dict(overrides), {}, names, Diagnostics())
    return tuple(names.constants.items())


def _constant_sort(node: tree.Expr, names: Names, diagnostics: Diagnostics) -> str | None:
    if isinstance(node, tree.Name):
        if node.id in ("int", "bool"):
            return node.id
        if any(sort.name == node.id for sort in names.members.values()):
            return node.id
    diagnostics.add("bad-constant", node.span, "a constant is an `int`, a `bool` or a member of an enum")
    return None


def _is_of(value: s.Value, sort: str) -> bool:
    if sort == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, bool) if sort == "bool" else isinstance(value, str)


def _override(
    node: tree.Const, text: str, sort: str | None, names: Names, diagnostics: Diagnostics
) -> s.Value | None:
    value: s.Value | None = None
    if sort == "int" and text.lstrip("-").isdecimal() and len(text) < 10:
        value = int(text)
    elif sort == "bool" and text.lower() in ("true", "false"):
        value = text.lower() == "true"
    elif text in names.members and names.members[text].name == sort:
        value = text
    if value is None:
        help = {"int": "give a whole number, as in `3`", "bool": "give `True` or `False`"}.get(
            sort or "", "give the name of a member"
        )
        diagnostics.add("bad-override", node.span, f"`{node.name}={text}` gives no `{sort}`", help)
    return value


def sort_of(node: tree.Expr, names: Names, diagnostics: Diagnostics) -> s.Sort | None:
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
                diagnostics.add("int-variable", node.span, "`int` is for constants only", help)
            elif name in ("range", "set"):
                diagnostics.add(
                    "bad-type", node.span, f"`{name}` alone is not a type", f"write `{_FORMS[name]}`"
                )
            elif not names.may_be(name):
                candidates = [*names.types, *names.processes, *_PLAIN_TYPES, "range", "set", *LIBRARY_NAMES]
                advice = habit(name) or did_you_mean(name, candidates)
                diagnostics.add("unknown-type", node.span, f"`{name}` is not a type", advice)
            return None
        case tree.Call(function=tree.Name(id="range")):
            bounds = range_bounds(node, Scope(names, diagnostics, "constant", in_process=""))
            if bounds is None:
                return None
            low, high = bounds
            if high <= low:
                diagnostics.add(
                    "empty-range", node.span, "this range has no values", "`range(n)` is 0 to n - 1"
                )
                return None
            return s.Range(low, high - 1)
        case tree.Call(function=tree.Name(id="rwsem"), arguments=(tree.Name(id="unfair"),)):
            return s.Lock("rwsem", fair=False)
        case tree.Binary(operator="|", left=left, right=right):
            if isinstance(left, tree.NoneLiteral):
                left, right = right, left
            inner = sort_of(left, names, diagnostics)
            if not isinstance(right, tree.NoneLiteral):
                help = "use an `enum` for alternatives"
                if _is_none_indexed(right):
                    help = "write `(T | None)[N]`, an array of what may be `None`"
                diagnostics.add("bad-type", node.span, "a type is `T` or `T | None`", help)
                return None
            if inner is None:
                return None
            if not s.is_plain(inner) or isinstance(inner, s.Optional | s.SetOf | s.Word):
                diagnostics.add("bad-type", node.span, f"`{inner}` cannot be optional")
                return None
            return s.Optional(inner)
        case tree.Subscript(base=tree.Name(id="set"), index=index):
            element = sort_of(index, names, diagnostics)
            if element is None:
                return None
            if not s.is_plain(element) or isinstance(element, s.SetOf):
                diagnostics.add("bad-type", node.span, f"a set cannot hold `{element}`")
                return None
            return s.SetOf(element)
        case tree.Subscript():
            return _array(node, names, diagnostics)
        case _:
            form: Advice | str = "write for example `bool`, `range(4)`, `Pfn | None`, `set[Pfn]`"
            if (
                isinstance(node, tree.Call)
                and isinstance(node.function, tree.Name)
                and node.function.id in _PLAIN_TYPES
            ):
                word = node.function.id
                form = "write `rwsem` or `rwsem(unfair)`" if word == "rwsem" else write(word)
            diagnostics.add("bad-type", node.span, "a type is expected here", form)
            return None


def _is_none_indexed(node: tree.Expr) -> bool:
    """Whether it is `None[N]`, as in `T | None[N]`: the brackets bind more tightly than the bar."""
    while isinstance(node, tree.Subscript):
        node = node.base
    return isinstance(node, tree.NoneLiteral)


def _array(node: tree.Subscript, names: Names, diagnostics: Diagnostics) -> s.Sort | None:
    """In `T[2][3]`, as in C, the first index goes up to 2."""
    indices: list[tree.Expr] = []
    base: tree.Expr = node
    while isinstance(base, tree.Subscript) and not (
        isinstance(base.base, tree.Name) and base.base.id == "set"
    ):
        indices.append(base.index)
        base = base.base
    sort = sort_of(base, names, diagnostics)
    for index in indices:
        size = constant(index, Scope(names, diagnostics, "constant", in_process=""), "the size of an array")
        if sort is None or size is None:
            return None
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_ARRAY:
            diagnostics.add("bad-size", index.span, f"an array has 1 to {MAX_ARRAY} elements")
            return None
        sort = s.Array(sort, size)
    return sort


def types(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    """Fills in enums, aliases and classes."""
    for node in declared:
        if isinstance(node, tree.Enum):
            names.types[node.name] = s.Enum(node.name, tuple(member.name for member in node.members))
    pools = [node for node in declared if isinstance(node, tree.Struct) and node.count is not None]
    for node in pools:
        _references(node, names, diagnostics)
    # Types may name each other in any order; those that never resolve are reported once.
    waiting = [
        node for node in declared if isinstance(node, tree.TypeAlias | tree.Struct) and node not in pools
    ]
    processes = {node.name for node in declared if isinstance(node, tree.Process)}
    while waiting:
        known = [node for node in waiting if not _needs(node) & {other.name for other in waiting}]
        if not known:
            for node in waiting:
                diagnostics.add(
                    "recursive-type",
                    node.span,
                    f"`{node.name}` contains itself",
                    "keep an index into an array instead",
                )
                names.broken.add(node.name)
            return
        for node in known:
            if _needs(node) & processes:
                process_counts(declared, names, diagnostics)
            sort = (
                _alias(node, names, diagnostics)
                if isinstance(node, tree.TypeAlias)
                else _struct(node, names, diagnostics)
            )
            if sort is None:
                names.broken.add(node.name)
            else:
                names.types[node.name] = sort
        waiting = [node for node in waiting if node not in known]
    for node in pools:
        of = _struct(node, names, diagnostics)
        sort = names.types.get(node.name)
        if of is not None and _has_srcu(of):
            help = "declare it `shared`, and keep it out of what is allocated"
            diagnostics.add(
                "bad-type", node.span, "an `srcu` cannot be part of an object that is freed", help
            )
        elif of is not None and isinstance(sort, s.Ref):
            elements = s.Array(of, len(sort.members))
            value = (s.initial(of),) * elements.size
            refuse_varied(node, elements.of, diagnostics)
            names.pools[node.name] = m.SharedVariable(node.name, elements, value, False, node.span, pool=True)


def _has_srcu(sort: s.Sort) -> bool:
    match sort:
        case s.Srcu():
            return True
        case s.Array(of=of):
            return _has_srcu(of)
        case s.Struct(fields=fields):
            return any(_has_srcu(inner) for _, inner, _ in fields)
        case _:
            return False


def _references(node: tree.Struct, names: Names, diagnostics: Diagnostics) -> None:
    """Makes the references to objects of a class known, whose fields may be such references."""
    assert node.count is not None
    count = constant(
        node.count, Scope(names, diagnostics, "constant", in_process=""), "the number of objects"
    )
    if count is not None and (
        isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_OBJECTS
    ):
        help = "say how many there can be at once"
        diagnostics.add("bad-size", node.count.span, f"a class has 1 to {MAX_OBJECTS} objects", help)
        count = None
    if not isinstance(count, int):
        names.broken.add(node.name)
        return
    names.types[node.name] = s.Ref(node.name, tuple(f"{node.name}[{i}]" for i in range(count)))


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


def _alias(node: tree.TypeAlias, names: Names, diagnostics: Diagnostics) -> s.Sort | None:
    sort = sort_of(node.type, names, diagnostics)
    return s.Range(sort.low, sort.high, node.name) if isinstance(sort, s.Range) else sort


def _struct(node: tree.Struct, names: Names, diagnostics: Diagnostics) -> s.Sort | None:
    fields: list[tuple[str, s.Sort, s.Start]] = []
    for field in node.fields:
        if any(known == field.name for known, _, _ in fields):
            diagnostics.add("declared-twice", field.span, f"field `{field.name}` is declared already")
            continue
        sort = sort_of(field.type, names, diagnostics)
        if sort is not None:
            value = initial(field.default, sort, field.span, names, diagnostics)
            fields.append((field.name, sort, value))
    if len(fields) < len(node.fields):
        return None
    if node.word:
        return word(node, tuple(fields), diagnostics)
    return s.Struct(node.name, tuple(fields), node.span.path == LIBRARY)


def process_counts(declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics) -> None:
    """Fills in how many instances each process has; types may be named after processes."""
    scope = Scope(names, diagnostics, "constant", in_process="")
    handlers = [node for node in declared if isinstance(node, tree.Process) and node.interrupts]
    others = [node for node in declared if isinstance(node, tree.Process) and not node.interrupts]
    for node in (*others, *handlers):
        if node.name in names.processes:
            continue
        if node.interrupts is not None:
            interrupted, most = names.processes.get(node.interrupts.process, (node, 1))
            if interrupted.interrupts is not None and not names.may_be(node.interrupts.process):
                what = "is a handler itself" if interrupted is not node else "is no process"
                help = "name a `process` of the model; a handler of a higher level interrupts those below it"
                message = f"`{node.interrupts.process}` {what}"
                diagnostics.add("bad-handler", node.interrupts.span, message, help)
            # It is indexed as what it interrupts is.
            names.processes[node.name] = (replace(node, count=interrupted.count), most)
            names.labels.setdefault(node.name, {})
            names.locals.setdefault(node.name, {})
            continue
        count: s.Value | None = 1
        if node.count is not None:
            count = constant(node.count, scope, "the number of instances")
            if count is not None and (
                isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_INSTANCES
            ):
                diagnostics.add("bad-size", node.count.span, f"a process has 0 to {MAX_INSTANCES} instances")
                count = None
        if names.headless(node.name):
            count = MAX_INSTANCES
        names.processes[node.name] = (node, count if isinstance(count, int) else 1)
        names.labels.setdefault(node.name, {})
        names.locals.setdefault(node.name, {})
