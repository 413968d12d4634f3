"""Lowering expressions: which loads they make, in which order, and what must hold meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..dsl import model as m
from ..dsl import sorts as s
from ..dsl.source import Span
from .flow import BackNode, Flow, FreeNode, LastNode, StepNode
from .locks import LockPlace, QueuePlace
from .program import (
    FALSE,
    NONE,
    SELF,
    TRUE,
    Any,
    AnyTask,
    Apply,
    Assign,
    At,
    Block,
    BoundName,
    Claim,
    Const,
    Expr,
    Fork,
    Goto,
    LockUse,
    Note,
    Pick,
    Quantified,
    Read,
    Task,
    Test,
    Variable,
    Where,
    conjunction,
    goto,
    implication,
)

Use = Callable[[Expr], Block]


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


class Expressions:
    """Lowers the expressions of one process.  `atomic`: reads are direct, part of the step at hand."""

    def __init__(self, model: m.Model, process: m.Process | None, queued: frozenset[str]) -> None:
        self.model = model
        self.process = process
        self.queued = queued
        self.flow = Flow(process.name if process else "")
        self.locals: dict[str, Variable] = {}
        self.bases: dict[tuple[str, str], Base] = {}
        self.calls: tuple[Span, ...] = ()
        self.atomic = process is None
        self.temporaries = 0
        # Places whose indices were evaluated before, as those of the target of `+=`.
        self.settled_places: dict[m.Place, tuple[Read, Where]] = {}
        self.counters = counter_elements({v.name: v for v in model.variables})
        self.halts: dict[tuple[str, Span, tuple[Span, ...]], int] = {}

    # -- nodes

    def free(self, block: Block, span: Span) -> int:
        return self.flow.add(FreeNode(block, span, self.atomic, self.calls))

    def step(
        self, kind: str, span: Span, block: Block, guard: Expr = TRUE, lock: LockUse | None = None,
        claims: tuple[Claim, ...] = (), awaited: Expr | None = None,
    ) -> Block:  # fmt: skip
        """A step of its own; within `atomic` just its block."""
        if self.atomic:
            return block
        return self.flow.goto(StepNode(kind, span, guard, block, lock, self.calls, claims, awaited))

    def halt(self, property: str, span: Span, message: str) -> Block:
        key = (property, span, self.calls)
        if key not in self.halts:
            claim = Claim(property, FALSE, span, message)
            self.halts[key] = self.flow.add(LastNode(span, (claim,), True, self.calls))
        return goto(self.halts[key])

    def back(self, span: Span) -> tuple[int, BackNode]:
        """A way back whose target is set later.  It is two nodes long: a loop without any other step
        needs two control points, so that each of its steps changes the point."""
        node = BackNode(-1, span, self.calls)
        first = BackNode(self.flow.add(node), span, self.calls)
        return self.flow.add(first), node

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
        process = self.flow.process if process is None else process
        title = name if owner == process else f"{owner}.{name}"
        path = f"{process}.{title}"
        if path not in self.locals:
            value = None if isinstance(sort, Any | AnyTask) else s.initial(sort)
            kind = "temporary" if name[0] == "(" else "local"
            self.locals[path] = Variable(path, kind, sort, value, (), process, title, span)
        return path

    def hidden(self, owner: str, name: str, sort: s.Sort | Any | AnyTask) -> str:
        """A per-task variable whose name no variable of the author's can have."""
        return self.own(owner, f"({name})", sort)

    def temporary(self, sort: s.Sort | None = None) -> str:
        """A variable that holds a value between two steps of one statement.

        Values of a declared range have their own, so that they stay apart from numbers (see `symmetry`).
        """
        self.temporaries += 1
        if isinstance(sort, s.Snapshot):
            # It has to be outdated by a bump like any other snapshot.
            return self.hidden(self.flow.process, f"snapshot{self.temporaries}", s.SNAPSHOT)
        declared = s.range_of(sort)
        kind = f" {declared.name}" if declared and declared.name else ""
        return self.hidden(self.flow.process, f"tmp{self.temporaries}{kind}", Any())

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
        return Base(path, base.indices, tuple(parts)), tuple(indices), tuple(slots)

    def settled(
        self, exprs: tuple[m.Expr, ...], k: Callable[[tuple[Expr, ...], tuple[str, ...]], Block]
    ) -> Block:
        """Evaluates in order; `k` gets values that stay what they are in later steps, and the
        temporaries to be reset when they have been used."""
        values: list[Expr] = []
        held: list[str] = []

        def go(position: int) -> Block:
            if position == len(exprs):
                return k(tuple(values), tuple(held))
            e = exprs[position]

            def use(value: Expr) -> Block:
                if self.atomic or not shared(e):
                    values.append(value)
                    return go(position + 1)
                name = self.temporary(e.sort)
                values.append(Read(name, (SELF,)))
                held.append(name)
                rest = go(position + 1)
                return Block((Assign(name, (SELF,), value), *rest.ops), rest.end)

            return self.value(e, use)

        return go(0)

    def located(self, place: m.Place, k: Callable[[Read, Where, tuple[str, ...]], Block]) -> Block:
        """Evaluates the indices of a place."""
        if place in self.settled_places:
            return k(*self.settled_places[place], ())
        base, exprs, slots = self.base(place)

        def use(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            read, where = located(base, slots, values)
            return k(read, where, held)

        return self.settled(exprs, use)

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

    def value(self, e: m.Expr, k: Use) -> Block:
        """Code that evaluates `e`, one step per shared load, and goes on with `k`, which must use
        the value within the block that it returns."""
        if self.atomic or not shared(e):
            return self.checked(self.obligations(e), k(self.ir(e)))
        match e:
            case m.Load(place=place):
                return self.load(place, e.span, k)
            case m.Unwrap() | m.Fit():
                return self.value(e.operand, lambda x: self.checked((_own_obligation(e, x),), k(x)))
            case m.Current():
                return self.compare(e, k)
            case m.Operation(operator="and" | "or" | "implies", operands=(left, right)):
                if shared(right) or self.obligations(right):
                    return self.joined(e, k)
                return self.value(left, lambda x: k(Apply(e.operator, (x, self.ir(right)))))
            case m.Operation(operator=operator, operands=operands):
                return self.values(operands, lambda xs: k(Apply(operator, xs)))
            case m.SetDisplay(elements=elements):
                return self.values(elements, lambda xs: k(Apply("set", xs)))
            case m.Quantified():
                if not shared(e.body) and not (e.condition and shared(e.condition)):
                    return self.value(
                        e.domain,
                        lambda d: self.checked(
                            self.inner_obligations(e, d),
                            k(self.quantified(e.kind, e.bound, d, e.condition, e.body)),
                        ),
                    )
                return self.joined(e, k)
            case m.SetBuild():
                if not shared(e.element) and not (e.condition and shared(e.condition)):
                    return self.value(
                        e.domain,
                        lambda d: self.checked(
                            self.inner_obligations(e, d),
                            k(self.quantified("build", e.bound, d, e.condition, e.element)),
                        ),
                    )
                return self.built(e, k)
            case _:
                raise AssertionError(f"{type(e).__name__} reads no shared place")

    def values(self, exprs: tuple[m.Expr, ...], k: Callable[[tuple[Expr, ...]], Block]) -> Block:
        """Several values, left to right; all but the last load are kept in temporaries."""
        last = max((i for i, e in enumerate(exprs) if shared(e)), default=-1)

        def use(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            def finish(rest: list[Expr], position: int) -> Block:
                if position == len(exprs):
                    return reset(k(tuple(rest)), held)
                return self.value(exprs[position], lambda x: finish([*rest, x], position + 1))

            return finish(list(values), len(values))

        return self.settled(exprs[:last] if last > 0 else (), use)

    def load(self, place: m.Place, span: Span, k: Use) -> Block:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            rest = reset(k(read), held)
            note = Note("read", span, where, value=read)
            return self.step("load", span, Block((note, *rest.ops), rest.end))

        return self.located(place, use)

    def compare(self, e: m.Current, k: Use) -> Block:
        """`seen == seq`, one step; indices of both sides are settled first."""

        def with_counter(counter: Read, where: Where, held: tuple[str, ...]) -> Block:
            def with_snapshot(snapshot: Read, _: Where, more: tuple[str, ...]) -> Block:
                test, obligations = self.current(snapshot, counter, e.span)
                note = Note("compare", e.span, where, value=test)
                rest = reset(k(test), (*held, *more))
                inner = Block((note, *rest.ops), rest.end)
                return self.step("compare", e.span, self.checked(obligations, inner))

            return self.located(e.snapshot, with_snapshot)

        return self.located(e.counter, with_counter)

    def joined(self, e: m.Expr, k: Use) -> Block:
        """A truth value by short circuit: both outcomes meet before `k`."""
        name = self.temporary()
        after = self.free(reset(k(Read(name, (SELF,))), (name,)), e.span)
        yes = Block((Assign(name, (SELF,), TRUE),), Goto(after))
        no = Block((Assign(name, (SELF,), FALSE),), Goto(after))
        return self.branch(e, goto(self.free(yes, e.span)), goto(self.free(no, e.span)))

    def built(self, e: m.SetBuild, k: Use) -> Block:
        """A set whose elements are shared loads: one after the other, gathered in a temporary."""
        name = self.temporary()
        gathered = Read(name, (SELF,))
        after = self.free(reset(k(gathered), (name,)), e.span)
        for value in reversed(_domain(e.domain)):
            element = substituted(e.element, e.bound, value)

            def add(x: Expr, after: int = after) -> Block:
                grown = Apply("|", (gathered, Apply("set", (x,))))
                return Block((Assign(name, (SELF,), grown),), Goto(after))

            entry = self.free(self.value(element, add), e.span)
            if e.condition is not None:
                test = substituted(e.condition, e.bound, value)
                entry = self.free(self.branch(test, goto(entry), goto(after)), e.span)
            after = entry
        return Block((Assign(name, (SELF,), Const(frozenset())),), Goto(after))

    def branch(self, e: m.Expr, yes: Block, no: Block) -> Block:
        """Code that goes on with `yes` or `no`, which are jumps, by the truth of `e`."""
        if not self.atomic and shared(e):
            match e:
                case m.Operation(operator="not", operands=(inner,)):
                    return self.branch(inner, no, yes)
                case m.Operation(operator="and", operands=(left, right)):
                    return self.branch(left, goto(self.free(self.branch(right, yes, no), e.span)), no)
                case m.Operation(operator="or", operands=(left, right)):
                    return self.branch(left, yes, goto(self.free(self.branch(right, yes, no), e.span)))
                case m.Operation(operator="implies", operands=(left, right)):
                    return self.branch(left, goto(self.free(self.branch(right, yes, no), e.span)), yes)
                case m.Quantified() if shared(e.body) or (e.condition and shared(e.condition)):
                    after, found = (no, yes) if e.kind == "any" else (yes, no)
                    for value in reversed(_domain(e.domain)):
                        body = substituted(e.body, e.bound, value)
                        outcomes = (found, after) if e.kind == "any" else (after, found)
                        code = self.branch(body, *outcomes)
                        if e.condition is not None:
                            test = substituted(e.condition, e.bound, value)
                            code = self.branch(test, goto(self.free(code, e.span)), after)
                        after = goto(self.free(code, e.span))
                    return after
                case _:
                    pass
        return self.value(e, lambda x: Block((), Test(x, yes, no)))

    def checked(self, obligations: tuple[Obligation, ...], block: Block) -> Block:
        """`block`, or a halt at the first obligation that is not met."""
        for item in reversed(obligations):
            block = Block((), Test(item.condition, block, self.halt(item.property, item.span, item.message)))
        return block

    # -- direct translation

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
                return self.direct(place)[0]
            case m.Operation(operator=operator, operands=operands):
                return Apply(operator, tuple(self.ir(operand) for operand in operands))
            case m.Unwrap(operand=operand) | m.Fit(operand=operand):
                return self.ir(operand)
            case m.Current():
                return self.current(self.direct(e.snapshot)[0], self.direct(e.counter)[0], e.span)[0]
            case m.Quantified():
                return self.quantified(e.kind, e.bound, self.ir(e.domain), e.condition, e.body)
            case m.SetDisplay(elements=elements):
                return Apply("set", tuple(self.ir(element) for element in elements))
            case m.SetBuild():
                return self.quantified("build", e.bound, self.ir(e.domain), e.condition, e.element)
            case m.TaskOf(process=process) if not self.indexed(process):
                return Const(Task(process, 0, only=True))
            case m.TaskOf(process=process, index=index):
                return Apply(f"task {process}", (self.ir(index),))
            case m.AtLabel(task=task, label=label):
                return At(self.ir(task), task.process, label)
            case m.LockState(lock=place, task=task):
                lock = self.lock_at(place, *self.direct(place))
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

    def obligations(self, e: m.Expr) -> tuple[Obligation, ...]:
        """What must hold for `e` to have a value, in the order of evaluation."""
        match e:
            case m.Unwrap() | m.Fit():
                return (*self.obligations(e.operand), _own_obligation(e, self.ir(e.operand)))
            case m.Load(place=place):
                indices = tuple(item for item in place.path if not isinstance(item, str))
                return tuple(o for index in indices for o in self.obligations(index))
            case m.Current():
                indices = tuple(i for p in (e.counter, e.snapshot) for i in p.path if not isinstance(i, str))
                own = self.current(self.direct(e.snapshot)[0], self.direct(e.counter)[0], e.span)[1]
                return (*(o for index in indices for o in self.obligations(index)), *own)
            case m.Operation(operator="and" | "or" | "implies" as operator, operands=(left, right)):
                known = self.ir(left)
                given = Apply("not", (known,)) if operator == "or" else known
                later = tuple(
                    replace(o, condition=implication(given, o.condition)) for o in self.obligations(right)
                )
                return (*self.obligations(left), *later)
            case m.Operation(operands=operands) | m.SetDisplay(elements=operands):
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
                own = tuple(o for i in lock.path if not isinstance(i, str) for o in self.obligations(i))
                return own if state_task is None else (*own, *self.obligations(state_task))
            case _:
                return ()

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
        several = len(self.elements()) > 1

        def word(state: str, index: tuple[int, ...]) -> str:
            name = counter.variable + "".join(f"[{i}]" for i in index)
            return f"{state} {name}" if several else state

        sizes = next(sizes for path, sizes in self.counters if path == counter.variable)

        def table(state: str, done: tuple[int, ...]) -> Expr:
            if len(done) == len(sizes):
                return Const(word(state, done))
            position = counter.indices[len(done)]
            options = tuple(table(state, (*done, i)) for i in range(sizes[len(done)]))
            if isinstance(position, Const) and isinstance(position.value, int):
                return options[position.value]
            chosen = options[-1]
            for i in range(len(options) - 2, -1, -1):
                chosen = Apply("if", (Apply("==", (position, Const(i))), options[i], chosen))
            return chosen

        return table("current", ()), table("outdated", ())


def located(base: Base, slots: tuple[int, ...], values: tuple[Expr, ...]) -> tuple[Read, Where]:
    """The place of a base whose indices have these values."""
    parts = list(base.parts)
    for slot, value in zip(slots, values, strict=True):
        parts[slot] = value
    return Read(base.path, (*base.indices, *values)), Where(tuple(parts))


def _own_obligation(e: m.Unwrap | m.Fit, x: Expr) -> Obligation:
    if isinstance(e, m.Unwrap):
        return Obligation(Apply("!=", (x, NONE)), "none_used", e.span, "None is used where a value is needed")
    low, high = Const(e.sort.low), Const(e.sort.high)
    within = conjunction(Apply("<=", (low, x)), Apply("<=", (x, high)))
    return Obligation(within, "out_of_range", e.span, f"not within {e.sort.low} to {e.sort.high}")


def shared(e: object) -> bool:
    """Whether evaluating it reads a shared location."""
    return any(isinstance(node, m.Place) and not isinstance(node.root, m.LocalVariable) for node in m.walk(e))


def reset(block: Block, names: tuple[str, ...]) -> Block:
    """The block, with temporaries emptied where it ends."""
    if not names:
        return block
    match block.end:
        case Goto():
            emptied = tuple(Assign(name, (SELF,), NONE) for name in names)
            return Block((*block.ops, *emptied), block.end)
        case Test(condition=condition, yes=yes, no=no):
            return Block(block.ops, Test(condition, reset(yes, names), reset(no, names)))
        case Pick(name=name, domain=domain, then=then):
            return Block(block.ops, Pick(name, domain, reset(then, names)))
        case Fork(options=options):
            return Block(block.ops, Fork(tuple(reset(option, names) for option in options)))


class Unsupported(Exception):
    """Something that cannot be lowered, though its names and sorts are right."""

    def __init__(self, code: str, span: Span, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.span = span
        self.message = message
        self.help = help


def _domain(e: m.Expr) -> tuple[s.Value, ...]:
    if not (isinstance(e, m.Literal) and isinstance(e.value, frozenset) and isinstance(e.sort, s.SetOf)):
        message = "this ranges over a set while it reads shared variables one by one"
        help = "range over numbers or a type and test with `in`, or make it one step with `atomic`"
        raise Unsupported("shared-in-comprehension", e.span, message, help)
    return tuple(value for value in s.values(e.sort.of) if value in e.value)


def substituted(e: m.Expr, bound: m.Bound, value: s.Value) -> m.Expr:
    """`e` with the variable of a comprehension replaced by one value."""

    def change(node: object) -> object:
        match node:
            case m.BoundUse(bound=used) if used.name == bound.name:
                return m.Literal(value, node.sort, node.span)
            case m.Quantified() | m.SetBuild() if node.bound.name == bound.name:
                return replace(node, domain=substituted(node.domain, bound, value))
            case _:
                return node

    changed = m.rewritten(e, change)
    return changed  # type: ignore[return-value]
