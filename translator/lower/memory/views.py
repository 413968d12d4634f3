"""Weak memory: what the operations of tasks do to what has been seen; the rules are in docs/semantics.md.

Each rule is a series of assignments. Views are sets of what is *not* in them (see `memory`), so what docs
call adding one view to another is an intersection here, and leaving every view is being added to each set.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from ...program.program import (
    NONE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Const,
    Expr,
    Fenced,
    Fill,
    Goto,
    Op,
    Outdate,
    Pick,
    Quantified,
    Read,
    Test,
    goto,
    reads,
)
from .sets import EMPTY, Change, both, chosen, each, either, joined, without
from .state import (
    ACQUIRED,
    ALL,
    BASE,
    CURRENT,
    GLUED,
    HANDED,
    OWN,
    RELEASED,
    UNLOCKED,
    Location,
    Memory,
    Views,
    name_at,
    older,
    passed_by,
    passed_by_readers,
    snapshot_word,
    with_newest,
    with_older,
)

# A word that no snapshot is.
NO_SNAPSHOT = Const("none of them")


class Tasks:
    """What the operations of one process' tasks do to what has been seen."""

    def __init__(self, memory: Memory, process: str) -> None:
        self.memory = memory
        self.views = memory.views.get(process)

    def weak(self, path: str) -> bool:
        return path in self.memory.locations

    # -- one task's rows

    def get(self, row: str) -> Expr:
        """A row of the task that steps; what it does not keep is as small as can be: nothing is left out."""
        assert self.views is not None
        return self.views.row(row, SELF)

    def has(self, row: str) -> bool:
        return self.views is not None and row in self.views.rows

    def put(self, row: str, value: Expr) -> tuple[Op, ...]:
        if self.views is None or row not in self.views.rows:
            return ()
        if row == CURRENT:
            value = joined(value, Const(self.accessed))
        return (Assign(self.views.variable, (SELF, Const(self.views.rows.index(row))), value),)

    @property
    def accessed(self) -> frozenset[str]:
        """The names of the locations that the process accesses."""
        assert self.views is not None
        return named(self.memory, self.views)

    def known(self) -> Expr:
        """All that the task has seen or stored."""
        rows = [self.get(row) for row in (ACQUIRED, OWN) if self.has(row)]
        return joined(*rows) if rows else EMPTY

    # -- loads

    def load(
        self, read: Read, name: str, then: Callable[[Expr, Expr], Block], *, acquire: bool = False
    ) -> Block:
        """A load as a step: `then` is given whether it is the older value, and the value (of a counter:
        None). `name` is that of no other operation in the step."""
        element = self.element(read)
        stale = BoundName(f"stale_{name}")
        mine = Read(with_newest(read.variable), read.indices)
        its = Read(with_older(read.variable), read.indices)
        seen = chosen(stale, its, mine)
        ops = self.put(ACQUIRED, joined(self.get(ACQUIRED), seen))
        if self.has(CURRENT):
            ops += self.put(CURRENT, chosen(stale, self.get(CURRENT), without(self.get(CURRENT), element)))
        if acquire:
            ops += self.ordered()
        value = read if self.memory.locations[read.variable].sort is not None else NONE
        got = BoundName(f"got_{name}")
        before = self.ordered() if self.depends(read) else ()
        inner = then(stale, got if value is not NONE else NONE)
        settled = self.settled(inner)
        body = Block((*ops, *settled.ops), settled.end)
        if value is not NONE:
            old = Read(older(read.variable), read.indices)
            body = Block((), Pick(got.name, Apply("set", (chosen(stale, old, value),)), body))
        return Block(before, Pick(stale.name, either(self.may_be_older(read)), body))

    def may_be_older(self, read: Read) -> Expr:
        """Whether a load may give the older value."""
        where, its = self.where(read), Read(with_older(read.variable), read.indices)
        brings_no_news = Apply("subset", (self.get(BASE), its))
        unseen = Apply("or", (Apply("in", (where, self.get(ACQUIRED))), brings_no_news))
        return both(Apply("in", (where, self.get(CURRENT))), unseen)

    def unglued(self, read: Read, can: Expr) -> Expr:
        """`can`, and the newest store is none that follows directly on the older one."""
        if not self.memory.glued:
            return can
        return both(can, Apply("not", (Apply("in", (self.where(read), Read(GLUED))),)))

    def depends(self, read: Read) -> bool:
        """Whether which location is read depends on a load before: then the loads are in order."""
        return bool(reads(read.indices) & self.memory.dependent)

    def newest(self, read: Read) -> tuple[Op, ...]:
        """What a load of the newest value does, as part of a larger step."""
        if not self.has(ACQUIRED):
            return ()
        mine = Read(with_newest(read.variable), read.indices)
        ops = self.put(ACQUIRED, joined(self.get(ACQUIRED), mine))
        if self.has(CURRENT):
            ops += self.put(CURRENT, without(self.get(CURRENT), self.element(read)))
        return ops

    def ordered(self) -> tuple[Op, ...]:
        """Loads behind it see what was acquired before: smp_rmb()."""
        if not self.has(CURRENT):
            return ()
        return (*self.put(CURRENT, self.get(ACQUIRED)), *self.put(BASE, self.get(ACQUIRED)))

    # -- stores

    def carried(self, *, release: bool) -> Expr:
        """The view that goes with a store."""
        parts: list[Expr] = [self.get(RELEASED), Read(ALL)]
        if release:
            parts += [self.get(ACQUIRED), self.get(OWN)]
        return joined(*parts)

    def store(
        self, read: Read, name: str, told: tuple[Op, ...], overtaken: tuple[Op, ...], stored: Op | None,
        value: Expr | None, then: Block, *, release: bool = False, whole: bool = False,
    ) -> Block:  # fmt: skip
        """A store: `told` and `stored` for one that becomes the newest, `overtaken` where it lands below one
        that the task has not seen.  `whole`: part of a larger step, so that nothing comes in between."""
        carried = BoundName(f"carried_{name}")
        first = Block((*told, *self.appended(read, carried, stored, whole=whole), *then.ops), then.end)
        body = first
        if not whole and value is not None:
            below = (
                *overtaken,
                Assign(older(read.variable), read.indices, value),
                Assign(with_older(read.variable), read.indices, Apply("|", (carried, self.element(read)))),
                *self.put(OWN, joined(self.get(OWN), Apply("|", (carried, self.element(read))))),
            )
            late = BoundName(f"late_{name}")
            can: Expr = Apply("in", (self.where(read), self.get(ACQUIRED)))
            can = self.unglued(read, can)
            second = Block((*below, *then.ops), then.end)
            body = Block((), Pick(late.name, either(can), Block((), Test(late, second, first))))
        return Block((), Pick(carried.name, Apply("set", (self.carried(release=release),)), body))

    def appended(self, read: Read, carried: Expr, stored: Op | None, *, whole: bool) -> tuple[Op, ...]:
        """What a store does that becomes the newest of its location."""
        memory, element = self.memory, self.element(read)
        ops: list[Op] = []
        if memory.locations[read.variable].sort is not None:
            ops.append(Assign(older(read.variable), read.indices, read))
        for one in memory.locations.values():
            ops += each(with_newest(one.path), one.sizes, lambda r, _: Apply("|", (r, element)))
            ops += each(
                with_older(one.path), one.sizes,
                lambda r, _: chosen(Apply("==", (r, EMPTY)), EMPTY, Apply("|", (r, element))),
            )  # fmt: skip
        mine = Read(with_newest(read.variable), read.indices)
        ops.append(Assign(with_older(read.variable), read.indices, mine))
        ops.append(Assign(mine.variable, mine.indices, without(carried, element), Fenced()))
        for views in memory.views.values():
            ops.append(self.everybody(views, lambda r: Apply("|", (r, element)), read.variable))
        for name, sizes in memory.passed.items():
            ops += each(name, sizes, lambda r, _: Apply("|", (r, element)))
        ops.append(Assign(ALL, (), Apply("|", (Read(ALL), element))))
        if self.has(CURRENT):
            ops += self.put(CURRENT, without(self.get(CURRENT), element))
        ops += self.put(ACQUIRED, without(self.get(ACQUIRED), element))
        ops += self.put(OWN, without(joined(self.get(OWN), carried), element))
        if memory.glued:
            glued = Apply("|", (Read(GLUED), element)) if whole else without(Read(GLUED), element)
            ops.append(Assign(GLUED, (), glued))
        if stored is not None:
            ops.append(stored)
        return tuple(ops)

    def everybody(self, views: Views, change: Change, path: str | None) -> Op:
        """All rows of all tasks of a process changed; with a `path`, what it must read the newest of only if
        the process accesses it."""
        task, row = BoundName("task"), BoundName("row")
        old = Read(views.variable, (task, row))
        value = change(old)
        if path is not None and path not in views.accessed and CURRENT in views.rows:
            value = chosen(Apply("==", (row, Const(views.rows.index(CURRENT)))), old, value)
        return Fill(views.variable, (task.name, row.name), value)

    # -- what nobody can tell any more

    def settled(self, block: Block) -> Block:
        """The block, after the older values are forgotten that no task can read any more, whatever
        happens."""
        memory = self.memory
        gone = BoundName("settled")
        ops: list[Op] = []

        def less(r: Expr) -> Expr:
            return Apply("minus", (r, gone))

        for views in memory.views.values():
            ops.append(self.everybody(views, less, None))
        for one in memory.locations.values():
            ops += each(with_newest(one.path), one.sizes, lambda r, _: less(r))

            def forgotten(r: Expr, indices: tuple[Expr, ...], one: Location = one) -> Expr:
                return chosen(Apply("in", (name_at(one, indices), gone)), EMPTY, less(r))

            ops += each(with_older(one.path), one.sizes, forgotten)
            if one.sort is None:
                for name in one.names:
                    # A snapshot of what nobody can read any more is like any other that is outdated.
                    before = chosen(
                        Apply("in", (Const(name), gone)), self.word("previous", name), NO_SNAPSHOT
                    )
                    ops.append(Outdate(before, self.word("outdated", name)))
            else:

                def reset(r: Expr, indices: tuple[Expr, ...], one: Location = one) -> Expr:
                    return chosen(Apply("in", (name_at(one, indices), gone)), NONE, r)

                ops += each(older(one.path), one.sizes, reset)
        for name, sizes in memory.passed.items():
            ops += each(name, sizes, lambda r, _: less(r))
        ops.append(Assign(ALL, (), less(Read(ALL))))
        if memory.glued:
            ops.append(Assign(GLUED, (), less(Read(GLUED))))
        inner = Block((*ops, *block.ops), block.end)
        return Block((), Pick(gone.name, Apply("set", (self.gone(),)), inner))

    def gone(self) -> Expr:
        """The locations whose older value no task can read, nor store below, nor be kept from reading another
        older value by."""
        every = frozenset(name for one in self.memory.locations.values() for name in one.names)
        found: list[Expr] = []
        for views in self.memory.views.values():

            def needed(task: Expr, views: Views = views) -> Expr:
                if CURRENT in views.rows:
                    return Apply("|", (views.row(CURRENT, task), views.row(BASE, task)))
                return joined(views.row(ACQUIRED, task), Const(named(self.memory, views)))

            if CURRENT not in views.rows and RELEASED not in views.rows:
                continue
            if views.process.count == 1:
                found.append(needed(Const(views.process.tasks[0])))
            else:
                who, location = BoundName("who"), BoundName("location")
                test = Quantified(
                    "any", who.name, Const(frozenset(views.process.tasks)), None,
                    Apply("in", (location, needed(who))),
                )  # fmt: skip
                found.append(Quantified("build", location.name, Const(every), test, location))
        kept = reduce(lambda one, other: Apply("|", (one, other)), found) if found else EMPTY
        return Apply("minus", (Const(every), kept))

    # -- barriers and locks

    def stores_ordered(self) -> tuple[Op, ...]:
        """Stores behind it carry the task's own before it: smp_wmb()."""
        if not self.has(OWN):
            return ()
        released = self.put(RELEASED, joined(self.get(RELEASED), self.get(OWN)))
        return (*released, *self.put(OWN, self.get(RELEASED)))

    def full(self, name: str, then: Block, when: Expr = TRUE) -> Block:
        """smp_mb(), if `when`."""
        if self.views is None:
            return then
        every = BoundName(f"every_{name}")
        ops: list[Op] = [Assign(ALL, (), chosen(when, every, Read(ALL)), Fenced())]
        for row in (ACQUIRED, RELEASED, OWN, UNLOCKED, BASE, CURRENT):
            if self.has(row):
                ops += self.put(row, chosen(when, every, self.get(row)))
        inner = Block((*ops, *then.ops), then.end)
        return Block((), Pick(every.name, Apply("set", (joined(Read(ALL), self.known()),)), inner))

    # -- what a barrier changes, for a trace

    def changed_by_store_order(self) -> Expr:
        return without(self.get(RELEASED), self.get(OWN)) if self.has(OWN) else EMPTY

    def changed_by_load_order(self) -> Expr:
        return without(self.get(CURRENT), self.get(ACQUIRED)) if self.has(CURRENT) else EMPTY

    def changed_by_handed_fence(self) -> Expr:
        if not self.has(HANDED):
            return EMPTY
        rows: list[Expr] = [Read(ALL), *(self.get(row) for row in (CURRENT, RELEASED) if self.has(row))]
        kept = reduce(lambda one, other: Apply("|", (one, other)), rows)
        return without(kept, joined(Read(ALL), self.get(HANDED)))

    def changed_by_full(self) -> Expr:
        if self.views is None:
            return EMPTY
        rows: list[Expr] = [Read(ALL), *(self.get(row) for row in (CURRENT, RELEASED) if self.has(row))]
        kept = reduce(lambda one, other: Apply("|", (one, other)), rows)
        return without(kept, joined(Read(ALL), self.known()))

    def handed_fence(self, name: str, then: Block) -> Block:
        """smp_mb__after_unlock_lock(): smp_mb() for what sections before it have left."""
        if not self.has(HANDED):
            return then
        every = BoundName(f"every_{name}")
        ops: list[Op] = [Assign(ALL, (), every, Fenced())]
        for row in (ACQUIRED, RELEASED, OWN, UNLOCKED, BASE, CURRENT):
            if self.has(row):
                ops += self.put(row, joined(self.get(row), every))
        inner = Block((*ops, *then.ops), then.end)
        return Block((), Pick(every.name, Apply("set", (joined(Read(ALL), self.get(HANDED)),)), inner))

    def taken(self, passed: tuple[Read, ...], *, lock: bool = False) -> tuple[Op, ...]:
        """What taking a lock does that hands on `passed`; `lock`: one of the model's."""
        if not self.has(ACQUIRED):
            return ()
        handed: tuple[Op, ...] = ()
        if lock and self.has(HANDED):
            handed = self.put(HANDED, joined(self.get(HANDED), *passed, self.get(UNLOCKED)))
        ops = [*handed, *self.put(ACQUIRED, joined(self.get(ACQUIRED), *passed)), *self.ordered()]
        for row in (RELEASED, OWN):
            if self.has(row):
                unlocked = (self.get(UNLOCKED),) if self.has(UNLOCKED) else ()
                ops += self.put(row, joined(self.get(row), *passed, *unlocked))
        return tuple(ops)

    def given(self, passed: Read | None, *, fenced: bool = False) -> tuple[Op, ...]:
        """What giving a lock back does."""
        if not self.has(ACQUIRED):
            return ()
        ops: list[Op] = []
        if passed is not None:
            effect = Fenced() if fenced else None
            ops.append(Assign(passed.variable, passed.indices, joined(passed, self.known()), effect))
        if self.has(UNLOCKED):
            ops += self.put(UNLOCKED, joined(self.get(UNLOCKED), self.known()))
        return tuple(ops)

    def handed_on(self, path: str, indices: tuple[Expr, ...], mode: str) -> tuple[Read, ...]:
        """What taking a lock in a mode gives: readers do not see what other readers did."""
        names = (passed_by(path), passed_by_readers(path)) if mode == "write" else (passed_by(path),)
        return tuple(Read(name, indices) for name in names if name in self.memory.passed)

    def handed_over(self, path: str, indices: tuple[Expr, ...], mode: str) -> Read | None:
        """Where giving back a lock in a mode leaves what it hands on."""
        name = passed_by_readers(path) if mode == "read" else passed_by(path)
        return Read(name, indices) if name in self.memory.passed else None

    # -- names

    def elements(self, path: str) -> tuple[Read, ...]:
        """Every element of a weak variable or counter."""
        found: list[tuple[Expr, ...]] = [()]
        for size in self.memory.locations[path].sizes:
            found = [(*known, Const(i)) for known in found for i in range(size)]
        return tuple(Read(path, indices) for indices in found)

    def word(self, state: str, name: str) -> Const:
        return Const(snapshot_word(state, name, several=self.memory.several))

    def where(self, read: Read) -> Expr:
        """The name of the location that is accessed."""
        return name_at(self.memory.locations[read.variable], read.indices)

    def element(self, read: Read) -> Expr:
        where = self.where(read)
        return Const(frozenset({where.value})) if isinstance(where, Const) else Apply("set", (where,))


def barriers_of(memory: Memory) -> dict[tuple[str, str], Block]:
    """What each barrier would do, by process and word, to what its task has seen; they lead nowhere."""
    found: dict[tuple[str, str], Block] = {}
    for process in memory.views:
        tasks = Tasks(memory, process)
        found[process, "smp_rmb()"] = Block(tasks.ordered(), Goto(""))
        found[process, "smp_wmb()"] = Block(tasks.stores_ordered(), Goto(""))
        found[process, "smp_mb()"] = tasks.full("tried", goto(""))
    return found


def named(memory: Memory, views: Views) -> frozenset[str]:
    """The names of the locations that the tasks of a process access."""
    return frozenset(n for path in views.accessed for n in memory.locations[path].names)
