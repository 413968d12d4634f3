"""Lowering expressions that are evaluated in one state: their values, and what must hold to have one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ....dsl.model import model as m
from ....dsl.model import sorts as s
from ....dsl.source import Span
from ...program.kinds import VariableKind
from ...program.program import (
    NONE,
    SELF,
    Any,
    AnyTask,
    Apply,
    At,
    BoundName,
    Const,
    Expr,
    Note,
    Quantified,
    Read,
    Task,
    TaskAt,
    Variable,
    Where,
    conjunction,
    implication,
)
from ..locks.locks import IN_USE, LockPlace, QueuePlace, allocated, slot_of, state_of
from ..memory.state import Location, name_at, snapshot_word
from .parts import composed, part_of


@dataclass(frozen=True, slots=True)
class Base:
    """What a reference parameter stands for: a path, its fixed indices, and how it is called."""

    path: str
    indices: tuple[Expr, ...]
    parts: tuple[str | Expr, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must hold where an expression is evaluated, or the property is violated."""

    condition: Expr
    property: str
    span: Span
    message: str
    told: tuple[Note, ...] = ()


def counter_elements(variables: Mapping[str, m.SharedVariable]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The paths of all `generation` counters, with their array sizes."""
    found: list[tuple[str, tuple[int, ...]]] = []

    def visit(path: str, sort: s.Sort, sizes: tuple[int, ...]) -> None:
        match sort:
            case s.Generation():
                found.append((path, sizes))
            case s.Array(of=of, size=size):
                visit(path, of, (*sizes, size))
            case s.Struct(fields=fields):
                for name, inner, _ in fields:
                    visit(f"{path}.{name}", inner, sizes)
            case _:
                pass

    for variable in variables.values():
        visit(variable.name, variable.sort, ())
    return tuple(found)


class Direct:
    """Lowers the expressions of one process, or of formulas without one, each as part of one step."""

    def __init__(self, model: m.Model, process: m.Process | None, queued: frozenset[str]) -> None:
        self.model = model
        self.queued = queued
        self.process_name = process.name if process else ""
        self.locals: dict[str, Variable] = {}
        self.bases: dict[tuple[str, str], Base] = {}
        # Places whose indices were evaluated before, as those of the target of `+=`.
        self.settled_places: dict[m.Place, tuple[Read, Where]] = {}
        self.counters = counter_elements({v.name: v for v in model.variables})
        self.pools = {v.name: v for v in model.variables if v.pool}

    # -- variables

    def local(self, variable: m.LocalVariable) -> str:
        return self.own(variable.owner, variable.name, variable.sort, variable.span)

    def own(
        self,
        owner: str,
        name: str,
        sort: s.Sort | Any | AnyTask,
        span: Span | None = None,
        process: str | None = None,
    ) -> str:
        """The per-task variable for a local of `owner`, made when it is first met; `process` is the one
        whose tasks have it, by default that which is lowered."""
        process = self.process_name if process is None else process
        title = name if owner == process else f"{owner}.{name}"
        path = f"{process}.{title}"
        if path not in self.locals:
            value = None if isinstance(sort, Any | AnyTask) else s.initial(sort)
            kind: VariableKind = "temporary" if name[0] == "(" else "local"
            self.locals[path] = Variable(path, kind, sort, value, (), process, title, span)
        return path

    def base(self, place: m.Place) -> tuple[Base, tuple[m.Expr, ...], tuple[int, ...]]:
        """The path of a place, its own index expressions, and where in the name they stand."""
        root = place.root
        if isinstance(root, m.LocalVariable):
            base = Base(self.local(root), (SELF,), (root.name,))
        elif isinstance(root, m.Reference):
            base = self.bases[root.owner, root.name]
        else:
            base = Base(root.name, (), (root.name,))
        path = base.path
        parts = list(base.parts)
        indices: list[m.Expr] = []
        slots: list[int] = []
        for element in place.path:
            if isinstance(element, str):
                path += f".{element}"
                parts.append(f".{element}")
            else:
                indices.append(element)
                parts.append("[")
                slots.append(len(parts))
                parts.extend((NONE, "]"))
        if place.part:
            parts.append(f".{place.part}")
        return Base(path, base.indices, tuple(parts)), tuple(indices), tuple(slots)

    # -- places

    def direct(self, place: m.Place) -> tuple[Read, Where]:
        """A place whose indices are read in the step at hand."""
        if place in self.settled_places:
            return self.settled_places[place]
        base, exprs, slots = self.base(place)
        return located(base, slots, tuple(self.ir(e) for e in exprs))

    def lock_at(self, place: m.Place, read: Read, where: Where) -> LockPlace:
        assert isinstance(place.sort, s.Lock)
        return LockPlace(read.variable, read.indices, place.sort, where, read.variable in self.queued)

    def queue_at(self, read: Read, where: Where) -> QueuePlace:
        return QueuePlace(read.variable, read.indices, where)

    # -- values

    def ir(self, e: m.Expr) -> Expr:
        """The value of `e` in one state; what it obliges to is told by `obligations`."""
        match e:
            case m.Literal(value=value):
                return Const(value)
            case m.SelfIndex():
                return Apply("index", (SELF,))
            case m.BoundUse(bound=bound):
                return BoundName(bound.name)
            case m.Load(place=place):
                return part_of(self.direct(place)[0], place.part)
            case m.Operation(operator=operator, operands=operands):
                return Apply(operator, tuple(self.ir(operand) for operand in operands))
            case m.Unwrap(operand=operand) | m.Fit(operand=operand):
                return self.ir(operand)
            case m.Slot(operand=operand):
                return slot_of(self.ir(operand), operand.sort)
            case m.Allocated(pool=pool):
                return allocated(pool)
            case m.Waited(queue=queue):
                return self.queue_at(*self.direct(queue)).busy
            case m.Current():
                return self.current(self.direct(e.snapshot)[0], self.direct(e.counter)[0], e.span)[0]
            case m.Quantified():
                return self.quantified(e.kind, e.bound, self.ir(e.domain), e.condition, e.body)
            case m.SetDisplay(elements=elements):
                return Apply("set", tuple(self.ir(element) for element in elements))
            case m.SetBuild():
                return self.quantified("build", e.bound, self.ir(e.domain), e.condition, e.element)
            case m.Composed(operands=operands):
                return composed(e, tuple(self.ir(operand) for operand in operands))
            case m.FieldOf(operand=operand, name=name):
                return part_of(self.ir(operand), name)
            case m.TaskOf(process=process) if not self.indexed(process):
                return Const(Task(process, 0, only=True))
            case m.TaskOf(process=process, index=index):
                return TaskAt(process, self.ir(index))
            case m.AtLabel(task=task, label=label, within=within):
                return At(self.ir(task), task.process, label, within)
            case m.LockState(lock=place, task=task):
                lock = self.lock_at(place, *self.direct(place))
                if isinstance(task, m.ThisTask):
                    return lock.held(SELF)
                return lock.locked if task is None else lock.held(self.ir(task))
            case m.TaskLocal(task=task, variable=variable):
                declared = next(p for p in self.model.processes if p.name == task.process)
                if declared.count == 0:
                    return Const(s.initial(variable.sort))
                return Read(
                    self.own(variable.owner, variable.name, variable.sort, variable.span, task.process),
                    (self.ir(task),),
                )
            case m.Temporal(operator=operator, operands=operands):
                return Apply(operator, tuple(self.ir(operand) for operand in operands))
            case m.SiteCondition():
                raise AssertionError("a policy's condition is replaced before")

    def indexed(self, process: str) -> bool:
        return next(declared.indexed for declared in self.model.processes if declared.name == process)

    def quantified(
        self, kind: str, bound: m.Bound, domain: Expr, condition: m.Expr | None, body: m.Expr
    ) -> Expr:
        test = None if condition is None else self.ir(condition)
        return Quantified(kind, bound.name, domain, test, self.ir(body))

    # -- obligations

    def obligations(self, e: m.Expr) -> tuple[Obligation, ...]:
        """What must hold for `e` to have a value, in the order of evaluation."""
        match e:
            case m.Unwrap() | m.Fit():
                return (*self.obligations(e.operand), own_obligation(e, self.ir(e.operand)))
            case m.Load(place=place):
                return self.reaching(place)
            case m.Slot(operand=operand):
                return self.obligations(operand)
            case m.Waited(queue=queue):
                return self.reaching(queue)
            case m.Current():
                own = self.current(self.direct(e.snapshot)[0], self.direct(e.counter)[0], e.span)[1]
                return (*self.reaching(e.counter), *self.reaching(e.snapshot), *own)
            case m.Operation(operator="and" | "or" | "implies" as operator, operands=(left, right)):
                known = self.ir(left)
                given = Apply("not", (known,)) if operator == "or" else known
                later = tuple(
                    replace(o, condition=implication(given, o.condition)) for o in self.obligations(right)
                )
                return (*self.obligations(left), *later)
            case m.FieldOf(operand=operand):
                return self.obligations(operand)
            case (
                m.Operation(operands=operands)
                | m.SetDisplay(elements=operands)
                | m.Composed(operands=operands)
            ):
                return tuple(o for operand in operands for o in self.obligations(operand))
            case m.Quantified() | m.SetBuild():
                return (*self.obligations(e.domain), *self.inner_obligations(e, self.ir(e.domain)))
            case m.TaskOf(index=index):
                return self.obligations(index)
            case m.AtLabel(task=task):
                return self.obligations(task)
            case m.TaskLocal(task=task):
                return self.obligations(task)
            case m.LockState(lock=lock, task=state_task):
                own = self.reaching(lock)
                named = isinstance(state_task, m.TaskOf)
                return (*own, *self.obligations(state_task)) if named else own  # type: ignore[arg-type]
            case _:
                return ()

    def reaching(self, place: m.Place) -> tuple[Obligation, ...]:
        """What must hold for a place to be there."""
        indices = tuple(item for item in place.path if not isinstance(item, str))
        of_indices = tuple(o for index in indices for o in self.obligations(index))
        return (*of_indices, *self.alive(*self.direct(place), place.span))

    def alive(self, read: Read, where: Where, span: Span) -> tuple[Obligation, ...]:
        """That what is read, or written, is not part of an object that was freed."""
        pool = self.pools.get(read.variable.split(".")[0])
        if pool is None:
            return ()
        test = Apply("==", (state_of(pool, read.indices[0]), IN_USE))
        told = Note("dead", span, where)
        return (Obligation(test, "use_after_free", span, "the object is not allocated any more", (told,)),)

    def inner_obligations(self, e: m.Quantified | m.SetBuild, domain: Expr) -> tuple[Obligation, ...]:
        """What must hold for every value of a comprehension's variable."""
        body = e.body if isinstance(e, m.Quantified) else e.element
        test = None if e.condition is None else self.ir(e.condition)
        in_test = self.obligations(e.condition) if e.condition else ()
        return (
            *(
                replace(o, condition=Quantified("all", e.bound.name, domain, None, o.condition))
                for o in in_test
            ),
            *(
                replace(o, condition=Quantified("all", e.bound.name, domain, test, o.condition))
                for o in self.obligations(body)
            ),
        )

    # -- generations

    def current(self, snapshot: Read, counter: Read, span: Span) -> tuple[Expr, tuple[Obligation, ...]]:
        """Whether a snapshot is the counter's present value, and what that asks for."""
        now, old = self.generation_values(counter)
        test = Apply("==", (snapshot, now))
        taken = Obligation(Apply("!=", (snapshot, NONE)), "none_used", span, "the snapshot was not taken yet")
        if len(self.elements()) == 1:
            return test, (taken,)
        same = Apply("or", (test, Apply("==", (snapshot, old))))
        if self.model.memory == "weak":
            same = Apply("or", (same, Apply("==", (snapshot, self.previous(counter)))))
        return test, (
            taken,
            Obligation(same, "none_used", span, "the snapshot was taken from another counter"),
        )

    def elements(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """All counters, one by one: their path and indices."""
        found: list[tuple[str, tuple[int, ...]]] = []
        for path, sizes in self.counters:
            indices: list[tuple[int, ...]] = [()]
            for size in sizes:
                indices = [(*known, i) for known in indices for i in range(size)]
            found.extend((path, index) for index in indices)
        return tuple(found)

    def generation_values(self, counter: Read) -> tuple[Expr, Expr]:
        """What a snapshot of the counter holds while it is current, and when it is outdated."""
        return self.snapshot(counter, "current"), self.snapshot(counter, "outdated")

    def previous(self, counter: Read) -> Expr:
        """What one holds, under weak memory, that is of the value before the newest."""
        return self.snapshot(counter, "previous")

    def snapshot(self, counter: Read, state: str) -> Expr:
        sizes = next(sizes for path, sizes in self.counters if path == counter.variable)
        several = len(self.elements()) > 1
        return name_at(
            Location(counter.variable, sizes, None), counter.indices,
            lambda name: snapshot_word(state, name, several=several),
        )  # fmt: skip


def located(base: Base, slots: tuple[int, ...], values: tuple[Expr, ...]) -> tuple[Read, Where]:
    """The place of a base whose indices have these values."""
    parts = list(base.parts)
    for slot, value in zip(slots, values, strict=True):
        parts[slot] = value
    return Read(base.path, (*base.indices, *values)), Where(tuple(parts))


def own_obligation(e: m.Unwrap | m.Fit, x: Expr) -> Obligation:
    """What an expression that may have no value of its sort asks of `x`, its operand's value."""
    if isinstance(e, m.Unwrap):
        return Obligation(Apply("!=", (x, NONE)), "none_used", e.span, "None is used where a value is needed")
    low, high = Const(e.sort.low), Const(e.sort.high)
    within = conjunction(Apply("<=", (low, x)), Apply("<=", (x, high)))
    return Obligation(within, "out_of_range", e.span, f"not within {e.sort.low} to {e.sort.high}")
