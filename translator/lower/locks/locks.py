"""Locks, waitqueues and objects as variables, and their operations as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from ....dsl.model import model as m
from ....dsl.model import sorts as s
from ....dsl.model.sorts import Array, Lock, Sort, Srcu, Struct, WaitQueue
from ....dsl.source import Span
from ...program.kinds import LockVerb, NoteKind
from ...program.program import (
    NONE,
    SELF,
    SLEEPY,
    AnyTask,
    Apply,
    Assign,
    Block,
    BoundName,
    Const,
    Effect,
    Expr,
    Fill,
    Given,
    LockPart,
    LockUse,
    Note,
    Op,
    Pick,
    Quantified,
    Read,
    Taken,
    TaskQueue,
    TaskSet,
    Test,
    Value,
    Variable,
    Where,
    conjunction,
    goto,
)
from ..flow import StepNode

EMPTY = Const(frozenset())
NO_QUEUE = Const(())
SELF_SET = Apply("set", (SELF,))


@dataclass(frozen=True, slots=True)
class LockPlace:
    """One lock: its path without indices, the indices, its sort, how it is called, and whether it
    keeps its queue."""

    path: str
    indices: tuple[Expr, ...]
    sort: Lock
    where: Where
    queued: bool

    def part(self, name: str) -> Read:
        return Read(f"{self.path}.{name}", self.indices)

    def set(self, name: str, value: Expr, effect: Effect | None = None) -> Assign:
        return Assign(f"{self.path}.{name}", self.indices, value, effect)

    @property
    def holder(self) -> Read:
        return self.part("writer" if self.sort.shared else "holder")

    def held(self, task: Expr, mode: str | None = None) -> Expr:
        """Whether `task` holds it (in `mode`)."""
        writing = Apply("==", (self.holder, task))
        if not self.sort.shared or mode == "write":
            return writing
        reading = Apply("in", (task, self.part("readers")))
        return reading if mode == "read" else Apply("or", (writing, reading))

    @property
    def locked(self) -> Expr:
        writing = Apply("!=", (self.holder, NONE))
        if not self.sort.shared:
            return writing
        return Apply("or", (writing, Apply("!=", (self.part("readers"), EMPTY))))

    def free(self, mode: str) -> Expr:
        """Whether no holder is in the way; a reader who takes it again is in its own way."""
        nobody = Apply("==", (self.holder, NONE))
        if not self.sort.shared:
            return nobody
        if mode == "write":
            return conjunction(nobody, Apply("==", (self.part("readers"), EMPTY)))
        return conjunction(nobody, Apply("not", (Apply("in", (SELF, self.part("readers"))),)))

    def blockers(self, mode: str) -> Expr:
        """The holders that an acquisition in `mode` has to wait for."""
        writer = Apply("minus", (Apply("set", (self.holder,)), Apply("set", (NONE,))))
        if not self.sort.shared:
            return writer
        readers = self.part("readers")
        return Apply("|", (writer, readers if mode == "write" else Apply("&", (readers, SELF_SET))))

    def take(self, mode: str) -> Assign:
        taken = Taken(self.path, mode)
        if self.sort.shared and mode == "read":
            return self.set("readers", Apply("|", (self.part("readers"), SELF_SET)), taken)
        return self.set("writer" if self.sort.shared else "holder", SELF, taken)

    def give_back(self, mode: str) -> Assign:
        given = Given(self.path, mode)
        if self.sort.shared and mode == "read":
            return self.set("readers", Apply("minus", (self.part("readers"), SELF_SET)), given)
        return self.set("writer" if self.sort.shared else "holder", NONE, given)

    def use(self, action: LockVerb, mode: str, blockers: Expr | None = None) -> LockUse:
        free = self.free(mode) if action == "acquire" else None
        return LockUse(action, mode, self.path, self.where, self.sort.spins, self.sort.fair, blockers, free)

    def note(self, kind: NoteKind, mode: str, span: Span) -> Note:
        return Note(kind, span, self.where, text=mode if self.sort.shared else "")

    # -- the queue: everyone who waits, in order, and who of them waits to write

    @property
    def queue(self) -> Read:
        return self.part("queue")

    @property
    def earlier(self) -> Expr:
        return Apply("before", (self.queue, SELF))

    def turn(self, mode: str) -> Expr:
        """Whether a queued task may enter: nobody before it is in its way."""
        return conjunction(self.free(mode), Apply("==", (self._ahead(mode), EMPTY)))

    def _ahead(self, mode: str) -> Expr:
        if mode == "write":
            return self.earlier
        return Apply("&", (self.earlier, self.part("queued_writers")))

    def queued_blockers(self, mode: str) -> Expr:
        return Apply("|", (self.blockers(mode), self._ahead(mode)))

    def join(self, mode: str) -> tuple[Op, ...]:
        ops: tuple[Op, ...] = (self.set("queue", Apply("append", (self.queue, SELF))),)
        if mode == "write":
            writers = self.part("queued_writers")
            ops += (self.set("queued_writers", Apply("|", (writers, SELF_SET))),)
        return ops

    def leave(self, mode: str) -> tuple[Op, ...]:
        ops: tuple[Op, ...] = (self.set("queue", Apply("drop", (self.queue, SELF))),)
        if mode == "write":
            writers = self.part("queued_writers")
            ops += (self.set("queued_writers", Apply("minus", (writers, SELF_SET))),)
        return ops


def lock_variables(
    title: str, sort: Lock, sizes: tuple[int, ...], span: Span, queued: bool
) -> tuple[Variable, ...]:
    """The variables that a lock is; `title` is its name in the author's words."""
    path = title.replace("[]", "")
    parts: list[tuple[LockPart, AnyTask | TaskSet | TaskQueue, Value]] = []
    if sort.shared:
        parts.append((LockPart(path, "writer"), AnyTask(), None))
        parts.append((LockPart(path, "readers"), TaskSet(), frozenset()))
        if queued:
            parts.append((LockPart(path, "queue"), TaskQueue(), ()))
            parts.append((LockPart(path, "queued_writers"), TaskSet(), frozenset()))
    else:
        parts.append((LockPart(path, "holder"), AnyTask(), None))
    return tuple(
        Variable(f"{path}.{of.part}", "lock", kind, value, sizes, None, f"{title}.{of.part}", span, of, title)
        for of, kind, value in parts
    )


_Kind = TypeVar("_Kind", Lock, Srcu, WaitQueue)


def paths(model: m.Model, kind: type[_Kind]) -> tuple[tuple[str, _Kind, tuple[int, ...]], ...]:
    """Every lock, every `srcu`, or every wait queue of a model: its path, sort and array sizes."""
    found: list[tuple[str, _Kind, tuple[int, ...]]] = []
    todo: list[tuple[str, Sort, tuple[int, ...]]] = [(v.name, v.sort, ()) for v in reversed(model.variables)]
    sizes: tuple[int, ...]
    while todo:
        path, sort, sizes = todo.pop()
        if isinstance(sort, kind):
            found.append((path, sort, sizes))
        elif isinstance(sort, Array):
            todo.append((path, sort.of, (*sizes, sort.size)))
        elif isinstance(sort, Struct):
            todo += [(f"{path}.{name}", inner, sizes) for name, inner, _ in reversed(sort.fields)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """One waitqueue."""

    path: str
    indices: tuple[Expr, ...]
    where: Where

    @property
    def waiters(self) -> Read:
        return Read(f"{self.path}.waiters", self.indices)

    @property
    def busy(self) -> Expr:
        """Whether anybody is on it."""
        return Apply("!=", (self.waiters, EMPTY))

    def set(self, value: Expr) -> Assign:
        return Assign(f"{self.path}.waiters", self.indices, value)

    def act(self, verb: str, span: Span, then: Block) -> Block:
        """The effect of a verb, followed by `then`."""
        if verb == "prepare_to_wait":
            ops: tuple[Op, ...] = (
                Note("arm", span, self.where),
                self.set(Apply("|", (self.waiters, SELF_SET))),
                Assign(SLEEPY, (SELF,), Const(True)),
            )
            return Block((*ops, *then.ops), then.end)
        if verb == "finish_wait":
            ops = (
                Note("disarm", span, self.where),
                self.set(Apply("minus", (self.waiters, SELF_SET))),
                Assign(SLEEPY, (SELF,), Const(False)),
            )
            return Block((*ops, *then.ops), then.end)
        if verb == "wake_up":
            task = BoundName("t")
            asleep = Apply("and", (Read(SLEEPY, (task,)), Apply("not", (Apply("in", (task, self.waiters)),))))
            ops = (
                Note("wake", span, self.where, value=self.waiters),
                Fill(SLEEPY, ("t",), asleep),
                self.set(EMPTY),
            )
            return Block((*ops, *then.ops), then.end)
        assert verb == "wake_up_one"
        one = BoundName("woken")
        woken: tuple[Op, ...] = (
            Note("wake", span, self.where, value=Apply("set", (one,))),
            self.set(Apply("minus", (self.waiters, Apply("set", (one,))))),
            Assign(SLEEPY, (one,), Const(False)),
        )
        nobody = Block((Note("wake", span, self.where, value=EMPTY), *then.ops), then.end)
        some = Block((), Pick("woken", self.waiters, Block((*woken, *then.ops), then.end)))
        return Block((), Test(Apply("==", (self.waiters, EMPTY)), nobody, some))


def acquisition(
    lock: LockPlace, mode: str, then: int, span: Span, calls: tuple[Span, ...], add: object,
    checked: Callable[[Block], Block], seen: Callable[[Block], Block],
) -> int:  # fmt: skip
    """The node that acquires and goes on to node `then`; `add` adds a node and numbers it, `checked` lets a
    block run only where the lock is there, `seen` adds what taking the lock does to weak memory.

    A lock that keeps its queue takes one step when it is free, otherwise one to join the queue and
    one to enter at its turn (Linux' fair rwsem and queued rwlock).
    """
    taken = seen(Block((), goto(then).end))
    taken = Block((lock.take(mode), lock.note("take", mode, span), *taken.ops), taken.end)
    if not lock.queued:
        use = lock.use("acquire", mode, lock.blockers(mode))
        return add(StepNode("lock", span, lock.free(mode), checked(taken), use, calls))  # type: ignore[operator,no-any-return]
    enter = Block((*lock.leave(mode), *taken.ops), taken.end)
    entering = lock.use("enter", mode, lock.queued_blockers(mode))
    waiting = add(StepNode("lock", span, lock.turn(mode), checked(enter), entering, calls, continues=True))  # type: ignore[operator]
    at_once = conjunction(lock.free(mode), Apply("==", (lock.queue, NO_QUEUE)))
    join = Block((*lock.join(mode), lock.note("queue", mode, span)), goto(waiting).end)
    block = Block((), Test(at_once, taken, join))
    return add(StepNode("lock", span, Const(True), checked(block), lock.use("join", mode), calls))  # type: ignore[operator,no-any-return]


# ---- objects that are allocated and freed: each has a state beside its fields, a reference is its name

# An object that was never allocated cannot be told from another such one, so the first of them is taken.
STATES = s.Enum("object", ("unused", "allocated", "freed"))
UNUSED, IN_USE, FREED = (Const(word) for word in STATES.members)


def state_name(pool: m.SharedVariable) -> str:
    """The variable that holds the state of each object."""
    return f"{pool.name}.(state)"


def state_of(pool: m.SharedVariable, slot: Expr) -> Read:
    return Read(state_name(pool), (slot,))


def state_variable(pool: m.SharedVariable) -> Variable:
    name = f"{pool.name}[]"
    return Variable(state_name(pool), "shared", STATES, "unused", (size(pool),), None, name, pool.span)


def leaving_name(pool: m.SharedVariable) -> str:
    """The variable that says of each object whether it is freed when its grace period is over."""
    return f"{pool.name}.(leaving)"


def awaited_name(pool: m.SharedVariable) -> str:
    """The variable that says of each object that leaves whom its grace period still waits for."""
    return f"{pool.name}.(awaited)"


def barrier_name(pool: m.SharedVariable) -> str:
    """The variable that says of each task which objects its `rcu_barrier` still waits for."""
    return f"{pool.name}.(barrier)"


def turn_name(pool: m.SharedVariable) -> str:
    """The variable with the objects that are freed before any other."""
    return f"{pool.name}.(turn)"


def leaving_variables(pool: m.SharedVariable, *, drained: bool, turns: bool) -> tuple[Variable, ...]:
    """What there is of a class of which objects leave; `drained`: and tasks wait until they have; `turns`:
    none is passed over for ever."""
    whole, count = f"kfree_rcu of {pool.name}[]", (size(pool),)
    found: tuple[Variable, ...] = (
        Variable(leaving_name(pool), "lock", s.BOOL, False, count, None, whole, pool.span, whole=whole),
        Variable(
            awaited_name(pool), "lock", TaskSet(), frozenset(), count, None, whole, pool.span, whole=whole
        ),
    )
    those = s.SetOf(s.Ref(pool.name, members(pool)))
    if turns:
        first = Variable(turn_name(pool), "lock", those, frozenset(), (), None, whole, pool.span, whole=whole)
        found = (*found, first)
    if not drained:
        return found
    whole = f"rcu_barrier of {pool.name}"
    kept = Variable(barrier_name(pool), "lock", those, frozenset(), (), "*", whole, pool.span, whole=whole)
    return (*found, kept)


def size(pool: m.SharedVariable) -> int:
    assert isinstance(pool.sort, s.Array)
    return pool.sort.size


def members(pool: m.SharedVariable) -> tuple[str, ...]:
    """The references to the objects of a pool, in the order of the objects."""
    return tuple(f"{pool.name}[{i}]" for i in range(size(pool)))


def slot_of(reference: Expr, sort: s.Sort) -> Expr:
    """The number of the object that a reference leads to."""
    assert isinstance(sort, s.Ref)
    if isinstance(reference, Const) and reference.value in sort.members:
        return Const(sort.members.index(str(reference.value)))
    last = len(sort.members) - 1
    found: Expr = Const(last)
    for number in range(last - 1, -1, -1):
        is_it = Apply("==", (reference, Const(sort.members[number])))
        found = Apply("if", (is_it, Const(number), found))
    return found


def allocated(pool: m.SharedVariable) -> Expr:
    """The set of references to what is allocated."""
    return _those(pool, lambda slot: Apply("==", (state_of(pool, slot), IN_USE)))


def free_ones(pool: m.SharedVariable) -> Expr:
    """The references that an allocation may return: to any object that was freed, and to one that never was
    allocated."""

    def test(slot: Expr) -> Expr:
        before = BoundName("before")
        unused = Apply("==", (state_of(pool, before), UNUSED))
        earlier = Apply("and", (Apply("<", (before, slot)), unused))
        first = Quantified(
            "all", "before", Const(frozenset(range(size(pool)))), None, Apply("not", (earlier,))
        )
        fresh = Apply("and", (Apply("==", (state_of(pool, slot), UNUSED)), first))
        return Apply("or", (Apply("==", (state_of(pool, slot), FREED)), fresh))

    return _those(pool, test)


def those_leaving(pool: m.SharedVariable) -> Expr:
    """The set of references to what leaves."""
    return _those(pool, lambda slot: Read(leaving_name(pool), (slot,)))


def over(pool: m.SharedVariable) -> Expr:
    """The set of references to what leaves, and whose grace period waits for nobody any more."""

    def test(slot: Expr) -> Expr:
        nobody = Apply("==", (Read(awaited_name(pool), (slot,)), EMPTY))
        return Apply("and", (Read(leaving_name(pool), (slot,)), nobody))

    return _those(pool, test)


def before_others(first: Expr, waiting: Expr) -> Expr:
    """Those of whom one is taken: `first`, who were waiting when nobody was left of those before them."""
    return Apply("if", (Apply("==", (first, EMPTY)), waiting, first))


def _those(pool: m.SharedVariable, test: Callable[[Expr], Expr]) -> Expr:
    one = BoundName("object")
    sort = s.Ref(pool.name, members(pool))
    return Quantified("build", "object", Const(frozenset(members(pool))), test(slot_of(one, sort)), one)


def fields(pool: m.SharedVariable) -> tuple[tuple[str, s.Sort, s.Value, tuple[int, ...]], ...]:
    """The parts of an object: their paths, sorts, initial values and sizes of arrays within the object."""
    found: list[tuple[str, s.Sort, s.Value, tuple[int, ...]]] = []

    def visit(path: str, sort: s.Sort, value: s.Start, sizes: tuple[int, ...]) -> None:
        match sort:
            case s.Array(of=of, size=count):
                visit(path, of, value[0] if isinstance(value, tuple) else value, (*sizes, count))
            case s.Struct(fields=parts):
                for name, inner, default in parts:
                    visit(f"{path}.{name}", inner, default, sizes)
            case _:
                assert not isinstance(value, s.AnyOf), "refused before"
                found.append((path, sort, value, sizes))  # type: ignore[arg-type]

    assert isinstance(pool.sort, s.Array)
    visit(pool.name, pool.sort.of, None, ())
    return tuple(found)


def emptied(path: str, value: s.Value, slot: Expr, sizes: tuple[int, ...]) -> Iterator[Assign]:
    """What sets a part of an object, or each element of one that is an array, to a value."""
    ranges = [range(count) for count in sizes]
    for indices in product(*ranges):
        yield Assign(path, (slot, *(Const(i) for i in indices)), Const(value))


def nobody_holds(path: str, sort: s.Lock, slot: Expr, sizes: tuple[int, ...]) -> Expr:
    """That a lock within an object, or each element of an array of them, is free."""
    names = tuple(BoundName(f"i{depth}") for depth in range(len(sizes)))
    test: Expr = Apply("not", (LockPlace(path, (slot, *names), sort, Where((path,)), False).locked,))
    for name, count in reversed(tuple(zip(names, sizes, strict=True))):
        test = Quantified("all", name.name, Const(frozenset(range(count))), None, test)
    return test
