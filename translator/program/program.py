"""The program: processes made of guarded atomic steps, the form that both engines run.

A task stands at a *control point*; the point's step, when its guard holds, runs its block and takes
the task to another point.  Blocks are straight code that ends in a jump, a test, or a choice, so a
step is a tree whose leaves are the points it can lead to.  TLA+ is printed from this and the
interpreter runs this; nothing else gives it meaning.

Its expressions, which stand in `program_expressions`, the `blocks` of its steps, and the functions that go
through it (`walk`), have the same names here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...dsl.model.sorts import AnyOf as AnyOf
from ...dsl.model.sorts import Sort
from ...dsl.source import Span
from .blocks import *
from .findings import Reachable as Reachable
from .kinds import LockVerb, StepKind, VariableKind
from .lock_parts import Effect as Effect
from .lock_parts import Fenced as Fenced
from .lock_parts import Given as Given
from .lock_parts import LockPart as LockPart
from .lock_parts import Taken as Taken
from .program_expressions import *
from .values import Elements as Elements
from .walk import exchanged as exchanged
from .walk import parts as parts
from .walk import reads as reads
from .walk import rewritten as rewritten
from .walk import walk as walk
from .walk import walk_once as walk_once

# ---- steps and points


@dataclass(frozen=True, slots=True)
class LockUse:
    """A lock operation: `lock` is the lock's path without indices, `sort` its sort's text.

    `fair` is False for `rwsem(unfair)`.
    `mode` is read, write, or grace for the end of a grace period of RCU, which takes nothing.  `blockers` is
    the set
    of tasks that an acquisition has to wait for, `free` the guard of an `acquire`, over the state of
    the lock.
    """

    action: LockVerb
    mode: str
    lock: str
    where: Where
    spins: bool
    fair: bool
    blockers: Expr | None = None
    free: Expr | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """Points from which control flow comes to a step that could end a wait: for a task that is on `queue`,
    the path of a waitqueue's waiters; for any where it is None."""

    queue: str | None
    points: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wait:
    """What keeps a task at a step whose guard can be false, CPUs left out.

    It goes on when `until` holds.  `blockers` is set for an acquisition that nobody but these tasks keeps
    waiting; otherwise whoever stands at a point of `helps` may end the wait, in whatever way.
    """

    until: Expr
    helps: tuple[Help, ...]
    blockers: Expr | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One atomic step.

    `kind` says what it does.  `calls` are the call sites,
    outermost first, through which inlining brought it here; `awaited` is whether the condition of the waiting
    site is true, for a `schedule` that a policy does there (None where one state does not tell): what a lasso
    is told by, no part of the step.  `wait` is set where the guard can be false, and belongs to the whole
    program, whatever is merged.  `ways` are those through a merged step: the control points that each passes.
    """

    kind: StepKind
    span: Span
    guard: Expr
    block: Block
    lock: LockUse | None = None
    calls: tuple[Span, ...] = ()
    awaited: Expr | None = None
    wait: Wait | None = None
    ways: frozenset[tuple[str, ...]] = frozenset({()})

    @property
    def acquires(self) -> bool:
        """Whether it is an acquisition, or the second half of one, that can be refused."""
        return self.lock is not None and self.lock.action in ("acquire", "join", "enter")

    @property
    def offers_cpu(self) -> bool:
        """Whether it is a scheduling point: the task may sleep or be scheduled out there."""
        if self.kind in ("cond_resched", "might_sleep", "schedule", "await"):
            return True
        return self.acquires and self.lock is not None and not self.lock.spins


@dataclass(frozen=True, slots=True)
class Claim:
    """What must hold while a task stands at a point: `condition` may use `Self`.

    `calls` lead to where it is written, which need not be where the point's own step is: a `def` may end with
    an assertion, or call something behind it."""

    property: str
    condition: Expr
    span: Span
    message: str = ""
    calls: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A control point.  `step` is None where the task has ended, or was halted by a check.  `idle`: the task
    may be left here, as a daemon anywhere.  `regions` are those in whose blocks its step stands;
    at the head of a region, which is a label, it may stand behind the block."""

    name: str
    process: str
    span: Span
    step: Step | None
    labels: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    halted: bool = False
    calls: tuple[Span, ...] = ()
    idle: bool = False
    regions: tuple[tuple[str, str], ...] = ()

    def standing(self, label: tuple[str, ...], *, within: bool = False) -> bool:
        """Whether it is at a label of one or two parts, or `within` the region of that name."""
        own = (*self.labels, *self.regions) if within else self.labels
        return any(name == label[-1] and label[:-1] in ((), (owner,)) for owner, name in own)


@dataclass(frozen=True, slots=True)
class Variable:
    """`sizes` are the array dimensions; `process` is set for one copy per task of that process, `"*"`
    for one per task of all.  `initial` is the value of each element, any of several, or one for each.

    `title` is its name in the author's words, with `[]` where each index belongs.  `lock` says what it is of
    a lock; `whole` is the title of the lock or wait queue that it is a part of.
    """

    name: str
    kind: VariableKind
    sort: Sort | AnyTask | TaskSet | TaskQueue | PointName | Any
    initial: Value | AnyOf | Elements
    sizes: tuple[int, ...] = ()
    process: str | None = None
    title: str = ""
    span: Span | None = None
    lock: LockPart | None = None
    whole: str = ""

    @property
    def written(self) -> bool:
        """Whether the author wrote it, so that its value tells something."""
        return self.kind not in ("control", "temporary", "memory", "recorded")


@dataclass(frozen=True, slots=True)
class Interrupts:
    """What a handler interrupts: at `level`, the task of the same index of a process; `called`: when it was
    called, and not otherwise."""

    level: str
    process: str
    called: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """`interrupts` is set for a handler, which does not run while it stands at its entry."""

    name: str
    count: int
    daemon: bool
    unfair: bool
    entry: str
    end: str
    span: Span
    indexed: bool = True
    interrupts: Interrupts | None = None

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(Task(self.name, index, not self.indexed) for index in range(self.count))


@dataclass(frozen=True, slots=True)
class Invariant:
    """`property` holds in a state iff `condition` does, which the author has `written` behind the head."""

    property: str
    condition: Expr
    span: Span
    written: Span | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A temporal property; `labels` are those that it names, as processes and labels, and whether it asks for
    the region of that name.

    `formula` may use the temporal operators; TRUE and FALSE where it holds or fails trivially.
    """

    name: str
    formula: Expr
    labels: tuple[tuple[str, tuple[str, ...], bool], ...]
    span: Span
    written: Span | None = None


@dataclass(frozen=True, slots=True)
class Monitor:
    """A bit that every step keeps up: whether `P until Q`, once asked for by `trigger`, still waits
    for `release`."""

    variable: str
    trigger: Expr
    release: Expr


def kept_up(monitor: Monitor) -> Expr:
    """The bit after a step, over the state that the step leads to (the bit itself as it was)."""
    asked: Expr = Read(monitor.variable)
    if monitor.trigger != TRUE:
        asked = Apply("or", (asked, monitor.trigger))
    return Apply("and", (asked, negation(monitor.release)))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A shared variable that is reset to `value` where `lock` is given back while `flag` has one of `values`.

    It is dead, nothing reads it before it is set, where nobody holds the lock and the flag has such a value;
    and where tasks stand at points that are in `held`, if none of these is in `needed` with the flag's value.
    """

    variable: str
    value: Value
    flag: str
    values: tuple[Value, ...]
    lock: str
    held: frozenset[str]
    needed: frozenset[tuple[str, Value]]

    def is_dead(self, value: Value, points: Iterable[str]) -> bool:
        """Whether the variable is dead where the flag has `value` and tasks stand at `points`."""
        holding = [name for name in points if name in self.held]
        if holding:
            return not any((name, value) in self.needed for name in holding)
        return value in self.values


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression of one argument, the bound name `t`."""

    name: str
    body: Expr


@dataclass(frozen=True, slots=True)
class Program:
    """A whole model, lowered.

    `memory` is sc or weak, `weak` are then the locations that weak memory makes a difference to, and `orders`
    what each barrier would do to what a task of a process has seen: no part of the program.
    `properties` names every safety property that has a verdict, in order.  `cpus`, `preempt` and
    `pins` (the CPU of each pinned task) are the scheduler's, `no_spinning` says of `Self` that it
    holds no spinning lock, `forgotten` are the variables that its steps reset.  `patient_locks` keep
    no queue although their readers may overlap: fairness says that they are had in turn.  `ordered` are the
    variables and counters, by their paths, whose accesses are in order on every machine.  `assumed` is what
    every state of a behaviour satisfies, each by its text: a step to another state is not taken, and nobody
    looks at that state.
    """

    name: str
    doc: str | None
    constants: tuple[tuple[str, Value], ...]
    processes: tuple[Process, ...]
    variables: tuple[Variable, ...]
    points: tuple[Point, ...]
    properties: tuple[str, ...]
    invariants: tuple[Invariant, ...]
    sometimes: tuple[Invariant, ...]
    reachable: tuple[Reachable, ...]
    barriers: tuple[Span, ...]
    queued_locks: tuple[str, ...]
    patient_locks: tuple[str, ...] = ()
    temporal: tuple[Property, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    definitions: tuple[Definition, ...] = ()
    cpus: int | None = None
    preempt: str = "none"
    pins: tuple[tuple[Task, int], ...] = ()
    no_spinning: Expr = TRUE
    forgotten: tuple[Forgotten, ...] = ()
    ordered: frozenset[str] = frozenset()
    assumed: tuple[Invariant, ...] = ()
    memory: str = "sc"
    weak: tuple[str, ...] = ()
    orders: Mapping[tuple[str, str], Block] = field(default_factory=dict, compare=False, repr=False)
    # Filled when it is first asked for; `replace` begins anew, since it is no argument.
    _points: dict[str, Point] = field(init=False, default_factory=dict, compare=False, repr=False)

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(task for process in self.processes for task in process.tasks)

    @property
    def choices(self) -> tuple[Variable, ...]:
        """The variables that start with any of several values."""
        return tuple(variable for variable in self.variables if isinstance(variable.initial, AnyOf))

    def point(self, name: str) -> Point:
        if not self._points:
            self._points.update({point.name: point for point in self.points})
        return self._points[name]

    def process(self, name: str) -> Process:
        return next(process for process in self.processes if process.name == name)

    def variable(self, name: str) -> Variable:
        return next(variable for variable in self.variables if variable.name == name)

    def tasks_of(self, variable: Variable) -> tuple[Task, ...]:
        """The tasks that a per-task variable has a copy for."""
        return self.tasks if variable.process == "*" else self.process(variable.process or "").tasks
