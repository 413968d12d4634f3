"""The Linux kernel memory model's axioms, by enumeration: which ways a litmus test may end.

From tools/memory-model/linux-kernel.cat and lock.cat of Linux 6.12, without RCU and plain accesses.  An
execution is a choice of a value for each load, of the store that each load reads, and of an order of the
stores to each location; it is allowed if four relations have no cycle.  A relation is a list with a bit mask
of successors for each event."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from litmus import LARGEST, REGISTER, Outcome, Statement, Threads, locations

Relation = list[int]


@dataclass(frozen=True)
class Event:
    """`kind` is R, W or F (a fence); `modifies`: of an atomic operation that stores.  Dependencies are
    numbers of events of the task."""

    kind: str
    place: str = ""
    value: int = 0
    order: str = ""
    address: frozenset[int] = frozenset()
    data: frozenset[int] = frozenset()
    control: frozenset[int] = frozenset()
    locking: str = ""
    modifies: bool = False


@dataclass
class Run:
    """One task's events, with the values of registers and what they depend on."""

    events: list[Event] = field(default_factory=list)
    registers: dict[str, int] = field(default_factory=dict)
    sources: dict[str, frozenset[int]] = field(default_factory=dict)
    control: frozenset[int] = frozenset()

    def copy(self) -> Run:
        return Run(list(self.events), dict(self.registers), dict(self.sources), self.control)

    def value(self, text: str) -> int:
        return int(eval(text, {"min": min}, self.registers))

    def depends(self, text: str) -> frozenset[int]:
        return frozenset().union(*(self.sources.get(name, frozenset()) for name in REGISTER.findall(text)))


def runs(
    thread: tuple[Statement, ...], values: Mapping[str, set[int]], most: Mapping[str, int]
) -> Iterator[Run]:
    """Every run of one task, with any of `values` for each load; no location comes to hold `most`."""
    todo = [(0, Run())]
    while todo:
        number, run = todo.pop()
        if number == len(thread):
            yield run
            continue
        s = thread[number]
        if s.when:
            run.control |= run.depends(s.when)
            if not run.value(s.when):
                todo.append((number + 1, run))
                continue
        match s.kind:
            case "fence":
                run.events.append(Event("F", order=s.order))
            case "lock":
                run.events.append(Event("R", s.place, 0, "acquire", control=run.control, locking="lock"))
                run.events.append(Event("W", s.place, 1, control=run.control, locking="locked"))
            case "unlock":
                run.events.append(Event("W", s.place, 0, "release", control=run.control, locking="unlock"))
            case "xchg" | "cmpxchg" | "add" | "inc":
                for value in values[s.place]:
                    if (other := _modified(run, s, value, most[s.place])) is not None:
                        todo.append((number + 1, other))
                continue
            case "store":
                by, data = run.depends(s.by), run.depends(s.value)
                run.events.append(Event("W", s.place, run.value(s.value), s.order, by, data, run.control))
                if s.order == "mb":
                    run.events.append(Event("F", order="mb"))
            case "load":
                for value in values[s.place]:
                    other = run.copy()
                    other.sources[s.register] = frozenset({len(run.events)})
                    other.registers[s.register] = value
                    by = run.depends(s.by)
                    other.events.append(Event("R", s.place, value, s.order, by, control=run.control))
                    todo.append((number + 1, other))
                continue
            case _:
                raise ValueError(s.kind)
        todo.append((number + 1, run))


def _modified(run: Run, s: Statement, value: int, most: int) -> Run | None:
    """The run with an atomic operation that finds `value`: a read, and if it stores a write directly behind
    it; None where more would be stored than a location holds."""
    made = run.copy()
    if s.register:
        made.registers[s.register] = value
    if s.only and value != run.value(s.only):
        made.events.append(Event("R", s.place, value, control=run.control))
        made.sources[s.register] = frozenset({len(made.events) - 1})
        return made
    stored = run.value(s.value) + (value if s.kind in ("add", "inc") else 0)
    if stored >= most:
        return None
    fence = [Event("F", order="mb")] if s.order == "full" else []
    read = len(made.events) + len(fence)
    order = "noreturn" if not s.register else s.order if s.order == "acquire" else ""
    data = run.depends(s.value) | (frozenset({read}) if s.kind in ("add", "inc") else frozenset())
    made.events += [
        *fence,
        Event("R", s.place, value, order, control=run.control, modifies=True),
        Event("W", s.place, stored, s.order if s.order == "release" else "", frozenset(), data,
              run.control, modifies=True),
        *fence,
    ]  # fmt: skip
    if s.register:
        made.sources[s.register] = frozenset({read})
    return made


def _most(threads: Threads) -> dict[str, int]:
    """Above what each location can come to hold: the largest number stored and all that are added."""
    found: dict[str, int] = {}
    for name in locations(threads):
        here = [s for thread in threads for s in thread if s.place == name and s.value]
        sums = sum(int(s.value) for s in here if s.kind in ("add", "inc"))
        stored = [
            int(s.value) if s.value.isdigit() else LARGEST for s in here if s.kind not in ("add", "inc")
        ]
        found[name] = min(LARGEST, max(stored, default=0) + sums + 1)
    return found


def _values(threads: Threads) -> dict[str, set[int]]:
    """What each location may come to hold, as far as any order of stores and loads makes it."""
    found: dict[str, set[int]] = {name: {0} for name in locations(threads)}
    most = _most(threads)
    while True:
        more = {name: set(group) for name, group in found.items()}
        for thread in threads:
            for run in runs(thread, found, most):
                for event in run.events:
                    if event.kind == "W" and not event.locking:
                        more[event.place].add(event.value)
        if more == found:
            return found
        found = more


def allowed(threads: Threads) -> frozenset[Outcome]:
    """Registers and final values of every execution that the model allows."""
    values = _values(threads)
    every = [list(runs(thread, values, _most(threads))) for thread in threads]
    found: set[Outcome] = set()
    for chosen in itertools.product(*every):
        found |= _Graph(threads, chosen).outcomes()
    return frozenset(found)


class _Graph:
    """The executions with given values."""

    def __init__(self, threads: Threads, chosen: tuple[Run, ...]) -> None:
        self.registers = {s.register: 0 for thread in threads for s in thread if s.register}
        self.registers |= {name: value for run in chosen for name, value in run.registers.items()}
        places = {e.place for run in chosen for e in run.events if e.place} | set(locations(threads))
        self.events: list[Event] = [Event("W", place) for place in sorted(places)]
        self.task = [-1] * len(self.events)
        self.first: list[int] = []
        for number, run in enumerate(chosen):
            self.first.append(len(self.events))
            self.events += run.events
            self.task += [number] * len(run.events)
        self.size = len(self.events)
        self.all = (1 << self.size) - 1
        self.reads = self.mask(lambda e: e.kind == "R")
        self.writes = self.mask(lambda e: e.kind == "W")
        self.accesses = self.reads | self.writes
        self.fixed()

    def mask(self, test: object) -> int:
        return sum(1 << i for i, e in enumerate(self.events) if test(e))  # type: ignore[operator]

    def of(self, pairs: Iterable[tuple[int, int]]) -> Relation:
        made = [0] * self.size
        for one, other in pairs:
            made[one] |= 1 << other
        return made

    def fixed(self) -> None:
        """What does not depend on who reads from whom."""
        n, events, task = self.size, self.events, self.task
        self.inside = self.of((i, j) for i in range(n) for j in range(n) if task[i] == task[j] >= 0)
        self.po = self.of((i, j) for i in range(n) for j in range(i + 1, n) if task[i] == task[j] >= 0)
        same = self.of(
            (i, j)
            for i in range(n)
            for j in range(n)
            if events[i].place and events[i].place == events[j].place
        )
        self.poloc = meet(self.po, same)
        base = [0 if t < 0 else self.first[t] for t in task]

        def dependency(name: str) -> Relation:
            return self.of((base[i] + k, i) for i in range(n) for k in getattr(events[i], name))

        address, data, control = dependency("address"), dependency("data"), dependency("control")
        self.address = address
        self.dep = join(address, data)
        self.rwdep = to(join(self.dep, control), self.writes)
        self.rmw = self.of(
            (i - 1, i)
            for i in range(n)
            if events[i].locking == "locked" or (events[i].modifies and events[i].kind == "W")
        )
        modifying = self.mask(lambda e: e.modifies)
        acquire, release = (
            self.mask(lambda e: e.order == "acquire"),
            self.mask(lambda e: e.order == "release"),
        )

        def fence(name: str, before: int, after: int) -> Relation:
            there = self.mask(lambda e: e.kind == "F" and e.order == name)
            return to(start(compose(to(self.po, there), self.po), before), after)

        mb = fence("mb", self.accesses, self.accesses)
        before, after = self.mask(_is("before_atomic")), self.mask(_is("after_atomic"))
        locked, handed = self.mask(_is("after_spinlock")), self.mask(_is("after_unlock_lock"))
        taken = self.mask(lambda e: e.locking == "locked")
        po, again = self.po, optional(self.po)
        first = compose(to(compose(to(po, before), po), modifying), again)
        second = compose(compose(to(again, modifying), to(po, after)), po)
        third = compose(compose(to(again, taken), to(po, locked)), po)
        behind = [to(start(one, self.accesses), self.accesses) for one in (first, second, third)]
        self.strong = join(mb, *behind)
        self.handed = to(compose(start(to(po, handed), taken), po), self.accesses)
        self.wmb = fence("wmb", self.writes, self.writes)
        ordered = self.reads & ~self.mask(lambda e: e.order == "noreturn")
        rmb = fence("rmb", ordered, ordered)
        self.to_release = to(start(self.po, self.accesses), release)
        from_acquire = to(start(self.po, acquire), self.accesses)
        self.fences = join(self.strong, self.to_release, from_acquire, self.wmb, rmb)
        self.unlocks = self.mask(lambda e: e.locking == "unlock")
        self.locks = self.mask(lambda e: e.locking == "lock")

    def outcomes(self) -> set[Outcome]:
        writers: dict[str, list[int]] = {}
        for i, event in enumerate(self.events):
            if event.kind == "W":
                writers.setdefault(event.place, []).append(i)
        loads = [i for i, event in enumerate(self.events) if event.kind == "R"]
        sources = [
            [w for w in writers[self.events[r].place] if self.events[w].value == self.events[r].value]
            for r in loads
        ]
        if not all(sources):
            return set()
        orders = [
            [(group[0], *rest) for rest in itertools.permutations(group[1:]) if self.in_program_order(rest)]
            for group in writers.values()
        ]
        found: set[Outcome] = set()
        for order in itertools.product(*orders):
            last = {self.events[group[-1]].place: self.events[group[-1]].value for group in order}
            ends = {name: value for name, value in last.items() if not self.is_lock(name)}
            outcome = tuple(sorted({**self.registers, **ends}.items()))
            if outcome in found:
                continue
            co = self.of(pair for group in order for pair in itertools.combinations(group, 2))
            if any(self.consistent(co, loads, read) for read in itertools.product(*sources)):
                found.add(outcome)
        return found

    def is_lock(self, place: str) -> bool:
        return any(e.locking for e in self.events if e.place == place)

    def in_program_order(self, group: tuple[int, ...]) -> bool:
        return all(not (self.po[b] >> a) & 1 for a, b in itertools.combinations(group, 2))

    def consistent(self, co: Relation, loads: list[int], read: tuple[int, ...]) -> bool:
        """The axioms: coherence, atomicity, happens-before, propagation."""
        rf = self.of(zip(read, loads, strict=True))
        fr = minus(compose(inverse(rf), co), self.of((i, i) for i in range(self.size)))
        com = join(rf, co, fr)
        if cyclic(join(self.poloc, com)):
            return False
        external = [~row & self.all for row in self.inside]
        if any(meet(self.rmw, compose(fr, co))):
            return False
        rfe, rfi, overwrite = meet(rf, external), meet(rf, self.inside), join(co, fr)
        unlock_lock = compose(
            start(to(compose(to(self.po, self.unlocks), join(self.po, rf)), self.locks), self.accesses),
            self.po,
        )
        sections = to(compose(to(self.po, self.unlocks), join(co, self.po)), self.mask(_taking))
        strong = join(self.strong, start(compose(sections, self.handed), self.accesses))
        to_write = join(self.rwdep, meet(overwrite, self.inside))
        to_read = join(to(self.address, self.reads), compose(self.dep, rfi))
        ppo = join(
            to_read, to_write, meet(join(self.fences, strong), self.inside), meet(unlock_lock, self.inside)
        )
        cumulative = compose(optional(rfe), join(strong, self.to_release))
        sequence = closure(compose(rf, self.rmw))
        fences = compose(join(cumulative, self.wmb, unlock_lock), sequence)
        prop = compose(compose(optional(meet(overwrite, external)), closure(fences)), optional(rfe))
        prop = to(start(prop, self.accesses), self.accesses)
        back = meet(minus(prop, self.of((i, i) for i in range(self.size))), self.inside)
        hb = to(start(join(ppo, rfe, back), self.accesses), self.accesses)
        if cyclic(hb):
            return False
        return not cyclic(compose(compose(prop, strong), closure(hb)))


def _is(order: str) -> Callable[[Event], bool]:
    return lambda event: event.order == order


def _taking(event: Event) -> bool:
    return event.locking == "locked"


# ---- relations


def join(*relations: Relation) -> Relation:
    made = list(relations[0])
    for relation in relations[1:]:
        made = [one | other for one, other in zip(made, relation, strict=True)]
    return made


def meet(one: Relation, other: Relation) -> Relation:
    return [a & b for a, b in zip(one, other, strict=True)]


def minus(one: Relation, other: Relation) -> Relation:
    return [a & ~b for a, b in zip(one, other, strict=True)]


def start(relation: Relation, group: int) -> Relation:
    return [row if (group >> i) & 1 else 0 for i, row in enumerate(relation)]


def to(relation: Relation, group: int) -> Relation:
    return [row & group for row in relation]


def members(row: int) -> Iterator[int]:
    while row:
        lowest = row & -row
        yield lowest.bit_length() - 1
        row ^= lowest


def compose(one: Relation, other: Relation) -> Relation:
    made = []
    for row in one:
        reached = 0
        for i in members(row):
            reached |= other[i]
        made.append(reached)
    return made


def inverse(relation: Relation) -> Relation:
    made = [0] * len(relation)
    for i, row in enumerate(relation):
        for j in members(row):
            made[j] |= 1 << i
    return made


def optional(relation: Relation) -> Relation:
    return [row | (1 << i) for i, row in enumerate(relation)]


def transitive(relation: Relation) -> Relation:
    made = relation
    for k in range(len(made)):
        bit, row = 1 << k, made[k]
        made = [one | row if one & bit else one for one in made]
    return made


def closure(relation: Relation) -> Relation:
    return optional(transitive(relation))


def cyclic(relation: Relation) -> bool:
    return any((row >> i) & 1 for i, row in enumerate(transitive(relation)))
