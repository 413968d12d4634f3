"""What places and tasks have: fields, elements, labels and locals, and what is said of anything else."""

from __future__ import annotations

from dataclasses import replace

from ...advice import Advice, cut
from ...diagnostics import Diagnostics, did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from ...vocabulary.lookup import LOCK_METHODS, SET_METHODS, word_of
from ...vocabulary.word import Word
from .objects import object_of
from .operators import fitted
from .scope import Names, Scope


def member_help(type_name: str, member: str, scope: Scope) -> str | None:
    """What to write for `TYPE.MEMBER`."""
    sort = scope.names.types.get(type_name)
    if isinstance(sort, s.Enum) and member in sort.members:
        return f"members of an enum are written plainly: `{member}`"
    return None


def field_of(base: m.Place, name: str, span: Span, scope: Scope) -> m.Place | None:
    """A field of a place, or of the object that a reference at it leads to."""
    of = s.bare(base.sort)
    if isinstance(of, s.Ref):
        found = object_of(m.Load(base), of, span, scope)
        return found and field_of(found, name, span, scope)
    if isinstance(base.sort, s.Lock) and name in ("locked", "held_by"):
        if scope.whole_state:
            message = "`held_by` asks for a process"
            scope.diagnostics.add("bad-argument", span, message, "write `L.held_by(vcpu[0])`")
        else:
            refuse_lock_state(span, scope)
        return None
    if isinstance(base.sort, s.Word):
        part = field_sort(base.sort, name, span, scope)
        return None if part is None else m.Place(base.root, base.path, part, span, name)
    if not isinstance(base.sort, s.Struct):
        help = "take an element first" if isinstance(base.sort, s.Array) else None
        scope.diagnostics.add("no-field", span, f"`{base.sort}` has no fields", help)
        return None
    sort = field_sort(base.sort, name, span, scope)
    return None if sort is None else m.Place(base.root, (*base.path, name), sort, span)


def field_sort(of: s.Struct | s.Word, name: str, span: Span, scope: Scope) -> s.Sort | None:
    """The sort of a field, or None with a fault."""
    sort = of.field(name)
    if sort is None:
        known = [field for field, _, _ in of.fields]
        message = f"{'word' if isinstance(of, s.Word) else 'class'} `{of.name}` has no field `{name}`"
        scope.diagnostics.add("no-field", span, message, did_you_mean(name, known))
    return sort


def element_of(base: m.Place, position: m.Expr, span: Span, scope: Scope) -> m.Place | None:
    """An element of a place."""
    if not isinstance(base.sort, s.Array):
        scope.diagnostics.add("no-index", span, f"`{base.sort}` has no elements to index")
        return None
    fits = fitted(position, s.Range(0, base.sort.size - 1), scope)
    return None if fits is None else m.Place(base.root, (*base.path, fits), base.sort.of, span)


def refuse_method(base: m.Place, name: str, called: Span, span: Span, scope: Scope) -> None:
    """Reports a method within an expression; `called` is the place of what is called, without parentheses."""
    if isinstance(base.sort, s.Lock) and name == "held_by":
        refuse_lock_state(span, scope)
    elif isinstance(base.sort, s.Lock) and name == "locked":
        help = Advice("write `L.locked` without parentheses", (cut(called, span),))
        scope.diagnostics.add("not-callable", span, "`locked` is a state, not an operation", help)
    elif isinstance(base.sort, s.Lock) and name in LOCK_METHODS[base.sort.kind]:
        scope.diagnostics.add("call-in-expression", span, "a lock operation is a statement of its own")
    else:
        known = list(LOCK_METHODS[base.sort.kind]) if isinstance(base.sort, s.Lock) else []
        if isinstance(base.sort, s.SetOf):
            known = list(SET_METHODS)
        message = f"`{base.sort}` has no method `{name}` here"
        scope.diagnostics.add("no-method", span, message, did_you_mean(name, known))


def refuse_lock_state(span: Span, scope: Scope) -> None:
    """Reports code that looks at a lock as only a specification may."""
    help = "use a `trylock`; only assertions, invariants and properties see who holds a lock"
    scope.diagnostics.add("specification-only", span, "code cannot ask for the state of a lock", help)


def is_task(node: tree.Expr, scope: Scope) -> bool:
    """Whether a process is at the root, so that `local_of` has said what there is to say."""
    while isinstance(node, tree.Attribute):
        node = node.base
    name = node.base if isinstance(node, tree.Subscript) else node
    return isinstance(name, tree.Name) and name.id in scope.names.processes and name.id not in scope.locals


def at_label(
    task: m.TaskOf, label: tuple[str, ...], span: Span, scope: Scope, *, within: bool = False
) -> m.AtLabel | None:
    """Whether a task stands at a label, or `within` a region, which its process has to have."""
    labels = scope.names.labels.get(task.process, {})
    if label != ("end",) and not any(called(key, label) for key in labels):
        if not scope.names.incomplete:
            message = f"process `{task.process}` has no label `{'.'.join(label)}`"
            known = [key[1] for key in labels]
            scope.diagnostics.add("unknown-label", span, message, did_you_mean(label[-1], known))
        return None
    if within and not regions(scope.names, task.process, label):
        if not scope.names.incomplete:
            refuse_label(scope.diagnostics, span, label)
        return None
    return m.AtLabel(task, label, span, within=within)


def called(key: tuple[str, str], label: tuple[str, ...]) -> bool:
    """Whether a label's owner and name are called so, by the name alone or by both."""
    return key[1] == label[-1] and label[:-1] in ((), (key[0],))


def regions(names: Names, process: str, label: tuple[str, ...]) -> bool:
    """Whether all labels of a process that are called so are heads of regions."""
    own = names.regions.get(process, set())
    matching = [key for key in names.labels.get(process, {}) if called(key, label)]
    return bool(matching) and own.issuperset(matching)


def refuse_label(diagnostics: Diagnostics, span: Span, label: tuple[str, ...]) -> None:
    """Says of a label without a block that nobody is in it."""
    word = ".".join(label)
    help = (
        "write `at end`" if label == ("end",) else f"write `at {word}`, or give it a block: `label {word}:`"
    )
    diagnostics.add("not-a-region", span, f"`{word}` is a label, and has no block to be in", help)


def local_of(
    task: m.TaskOf, parts: list[str], span: Span, scope: Scope
) -> m.TaskLocal | m.FieldOf | None:  # fmt: skip
    """The local of a task that `parts` name: NAME, or OWNER and NAME; or a field of one that is a word."""
    known = scope.names.locals.get(task.process, {})

    def named(path: list[str]) -> list[m.LocalVariable]:
        owner = path[0] if len(path) == 2 else None
        fits = len(path) in (1, 2)
        return [v for key, v in known.items() if fits and key[1] == path[-1] and owner in (None, key[0])]

    found, whole = named(parts), named(parts[:-1])
    if not found and len(whole) == 1 and isinstance(whole[0].sort, s.Word):
        sort = field_sort(whole[0].sort, parts[-1], span, scope)
        local = m.TaskLocal(task, whole[0], (), whole[0].sort, span)
        return None if sort is None else m.FieldOf(local, parts[-1], sort, span)
    if len(found) == 1 and len(parts) <= 2:
        return m.TaskLocal(task, found[0], (), found[0].sort, span)
    word = ".".join(parts)
    if found:
        options = ", ".join(f"`{v.owner}.{v.name}`" for v in found)
        scope.diagnostics.add("unknown-name", span, f"`{word}` is ambiguous", f"write one of {options}")
    elif not scope.names.incomplete:
        message = f"process `{task.process}` has no local `{word}`"
        scope.diagnostics.add("unknown-name", span, message, did_you_mean(parts[-1], [k[1] for k in known]))
    return None


def is_locked(lock: m.Place, word: Word, span: Span, scope: Scope) -> m.Expr | None:
    """`spin_is_locked(l)` and its like, each for its kinds of locks."""
    if not isinstance(lock.sort, s.Lock) or lock.sort.kind not in word.of:
        message = f"`{word.word}` takes a `{word.of[0]}`, this is `{lock.sort}`"
        scope.diagnostics.add("wrong-sort", lock.span, message)
        return None
    return m.LockState(lock, None, span)


def refuse_task(node: tree.Expr, span: Span, scope: Scope) -> None:
    """Says that `node` names no process, unless its declaration was lost."""
    name = node.id if isinstance(node, tree.Name) else None
    if name is not None and scope.names.may_be(name):
        return
    help = did_you_mean(name, scope.names.processes) if name is not None else None
    scope.diagnostics.add(
        "not-a-task", span, "a process is needed here", help or "write `NAME[i]`, as in `vcpu[0]`"
    )


def loaded(name: str, typed: m.Expr, scope: Scope) -> m.Expr | None:
    """What `READ_ONCE(...)` and its like read, with the order that the word has."""
    if not isinstance(typed, m.Load):
        scope.diagnostics.add("not-a-place", typed.span, f"`{name}` reads a variable")
        return None
    word = word_of(name)
    return replace(typed, acquire=True) if word is not None and word.order == "acquire" else typed
