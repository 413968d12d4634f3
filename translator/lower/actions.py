"""Lowering what is done and has a result: choices, trylocks, atomic operations, calls; their conditions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...dsl.model import model as m
from ...dsl.model import sorts as s
from ...dsl.model.fold import truth_of
from ..program.kinds import NoteKind
from ..program.program import (
    FALSE,
    NONE,
    SELF,
    TRUE,
    Apply,
    Assign,
    Block,
    BoundName,
    Claim,
    Const,
    Expr,
    Fork,
    Goto,
    Note,
    Op,
    Pick,
    Read,
    Test,
    Where,
    conjunction,
    goto,
    negation,
    rewritten,
)
from .assignments import Assignments, Called, Use, numbered
from .flow import MarkNode
from .locks.locks import EMPTY, IN_USE, LockPlace, free_ones, members, size, slot_of, state_name
from .memory.exchanges import Exchange, found, ordinary, stored, unchanged
from .values.direct import Base, Obligation
from .values.expressions import reset
from .values.parts import part_of, with_part


@dataclass(frozen=True, slots=True)
class Effect:
    """What an atomic operation does to memory: whether it has found the older value of its place, what it has
    found, what is there behind its store; the rest of the step behind storing a value, and behind not."""

    stale: Expr
    there: Expr
    now: Expr
    done: Callable[[Expr, Block], Block]
    undone: Callable[[Block], Block]


class Actions(Assignments, ABC):
    """Lowers right-hand sides, conditions and calls; `Operations` and `Statements` have the rest."""

    @abstractmethod
    def body(self, statements: tuple[m.Statement, ...], after: int) -> int:
        """The node that statements begin with, when `after` follows them."""

    @abstractmethod
    def wait_in_time(self, node: m.WaitInTime, k: Use) -> Block:
        """A wait whose outcome is whether its condition was found to hold before its time was up."""

    @abstractmethod
    def looked_in_time(self, node: m.InTime, yes: Block, no: Block) -> Block:
        """`cond` of such a wait."""

    @abstractmethod
    def should_stop(self, node: m.ShouldStop, k: Use) -> Block:
        """Whether somebody stops the task."""

    def source(self, value: m.Source, k: Use) -> Block:
        if isinstance(value, m.Action):
            return self.act(value, k)
        if isinstance(value, m.Take):

            def use(counter: Read, where: Where, held: tuple[str, ...]) -> Block:
                block = self.taken(counter, where, value.span, lambda now: reset(k(now), held))
                there = self.alive(counter, where, value.span)
                return self.step("take", value.span, self.checked(there, block))

            return self.located(value.counter, use)
        return self.value(value, k)

    def act(self, action: m.Action, k: Use) -> Block:
        match action:
            case m.Maybe(span=span) | m.NeedResched(span=span):
                # Without time nothing says when others want the CPU: any answer is possible at any look.
                kind: NoteKind = "maybe" if isinstance(action, m.Maybe) else "need_resched"
                yes, no = k(TRUE), k(Const(False))
                options = [
                    Block((Note(kind, span, value=Const(outcome)), *block.ops), block.end)
                    for outcome, block in ((True, yes), (False, no))
                ]
                return Block((), Fork(tuple(options)))
            case m.Negated() | m.Joined() | m.InTime():
                return self.outcome(action, k)
            case m.WaitInTime():
                return self.wait_in_time(action, k)
            case m.ShouldStop():
                return self.should_stop(action, k)
            case m.Look():
                raise AssertionError("a policy's condition is replaced before")
            case m.Choose(domain=domain, span=span):
                name = f"chosen_{span.line}_{span.column}"

                def use(group: Expr) -> Block:
                    rest = k(BoundName(name))
                    note = Note("choose", span, value=BoundName(name))
                    picked = Block((), Pick(name, group, Block((note, *rest.ops), rest.end)))
                    if isinstance(group, Const) and group.value:
                        return picked
                    some = Apply("!=", (group, EMPTY))
                    obligation = Obligation(some, "empty_choice", span, "there is nothing to choose from")
                    return self.checked((obligation,), picked)

                return self.value(domain, use)
            case m.Allocate():
                return self.allocate(action, k)
            case m.TryLock():
                return self.trylock(action, k)
            case m.Invoke():
                return self.invoke(action, k)
            case m.Modify():
                return self.modify(action, k)
            case m.Bug():
                return self.bug(action, k)
            case m.Outcome(action=of, bound=bound, condition=condition):
                return self.act(of, lambda x: self.judged(condition, bound, x, k))

    def outcome(self, test: m.Condition, k: Use) -> Block:
        """A condition as a value: both outcomes meet before `k`."""
        if isinstance(test, m.Negated):
            return self.outcome(test.operand, lambda x: k(negation(x)))
        if not isinstance(test, m.Joined | m.InTime):
            return self.act(test, k) if isinstance(test, m.Action) else self.value(test, k)
        name = self.temporary()
        after = self.free(reset(k(Read(name, (SELF,))), (name,)), test.span)
        yes = self.free(Block((Assign(name, (SELF,), TRUE),), Goto(after)), test.span)
        no = self.free(Block((Assign(name, (SELF,), FALSE),), Goto(after)), test.span)
        return self.tested(test, goto(yes), goto(no))

    def tested(self, test: m.Condition, yes: Block, no: Block) -> Block:
        """Code that goes on with `yes` or `no`, which are jumps, by the outcome of a condition.  Where one
        part decides it, or is the same in every state, the other is not evaluated."""
        match test:
            case m.Negated(operand=m.Negated() | m.Joined() as operand):
                return self.tested(operand, no, yes)
            case m.Negated(operand=m.InTime() as operand):
                return self.looked_in_time(operand, no, yes)
            case m.Negated(operand=operand) if not isinstance(operand, m.Action):
                return self.branch(m.Operation("not", (operand,), test.sort, test.span), yes, no)
            case m.Joined(operator=operator, left=left, right=right):
                known = truth_of(left)
                if known is not None and known != (operator == "or"):
                    return self.tested(right, yes, no)
                if known is not None:
                    return yes if known else no
                rest = goto(self.free(self.tested(right, yes, no), test.span))
                return self.tested(left, *((rest, no) if operator == "and" else (yes, rest)))
            case m.InTime():
                return self.looked_in_time(test, yes, no)
            case _ if isinstance(test, m.Action):
                return self.act(test, lambda x: _decided(x, yes, no))
            case _:
                return self.branch(test, yes, no)

    def allocate(self, action: m.Allocate, k: Use) -> Block:
        """One step: any of the objects that are free; if none is, more are needed than the model has."""
        pool, span = action.pool, action.span
        name = f"object_{span.line}_{span.column}"
        one = BoundName(name)
        slot = slot_of(one, s.Ref(pool.name, members(pool)))
        rest = k(one)
        ops = (Note("alloc", span, value=one), Assign(state_name(pool), (slot,), IN_USE), *rest.ops)
        group = free_ones(pool)
        made = Block((), Pick(name, group, Block(ops, rest.end)))
        some = Apply("!=", (group, EMPTY))
        if not action.may_fail:
            message = f"all {size(pool)} objects of {pool.name} are allocated"
            return self.step(
                "alloc", span, self.checked((Obligation(some, "out_of_range", span, message),), made)
            )
        failing = k(NONE)
        failed = Block((Note("no_alloc", span, text=pool.name), *failing.ops), failing.end)
        made = Block((), Test(some, made, failed))
        return self.step("alloc", span, Block((), Fork((made, failed))))

    def trylock(self, action: m.TryLock, k: Use) -> Block:
        def use(read: Read, where: Where, held: tuple[str, ...]) -> Block:
            lock = self.lock_at(action.lock, read, where)
            self.tried.add(read.variable)
            can = lock.free(action.mode)
            if lock.queued:
                can = conjunction(can, Apply("==", (lock.queue, Const(()))))
            yes, no = reset(k(TRUE), held), reset(k(Const(False)), held)
            yes = self.after_taking(lock, action.mode, yes)
            taken = Block(
                (lock.take(action.mode), lock.note("take", action.mode, action.span), *yes.ops), yes.end
            )
            refusal = replace(
                lock.note("refused", action.mode, action.span), value=lock.blockers(action.mode)
            )
            refused = Block((refusal, *no.ops), no.end)
            use_ = lock.use("try", action.mode)
            tried = Block((), Test(can, taken, refused))
            there = self.alive(read, where, action.span)
            return self.step("lock", action.span, self.checked(there, tried), lock=use_)

        return self.located(action.lock, use)

    def after_taking(self, lock: LockPlace, mode: str, then: Block) -> Block:
        """What follows an acquisition, behind what that does to weak memory."""
        if self.seen is None:
            return then
        settled = self.seen.settled(then)
        ops = self.seen.taken(self.seen.handed_on(lock.path, lock.indices, mode), lock=True)
        return Block((*ops, *settled.ops), settled.end)

    def bug(self, action: m.Bug, k: Use) -> Block:
        """A condition that must be false, and its value."""
        message = "this is true"
        no = self.free(k(FALSE), action.span)
        if action.halts:
            yes = self.halt(action.text, action.span, message)
        else:
            after = self.free(k(TRUE), action.span)
            claim = Claim(action.text, FALSE, action.span, message, self.calls)
            yes = goto(self.flow.add(MarkNode(after, action.span, claim=(claim,))))
        return self.tested(action.condition, yes, goto(no))

    def judged(self, test: m.Expr, bound: m.Bound, x: Expr, k: Use) -> Block:
        """A condition on `x`, for which the bound name stands, and which reads nothing that is shared."""
        return k(_named(self.ir(test), {bound.name: x}))

    def modify(self, action: m.Modify, k: Use, *, used: bool = True) -> Block:
        """An atomic operation: its arguments, then one step."""
        bounds = tuple(bound for bound, _ in action.arguments)

        def with_arguments(values: tuple[Expr, ...], held: tuple[str, ...]) -> Block:
            given = dict(zip((bound.name for bound in bounds), values, strict=True))

            def with_place(read: Read, where: Where, more: tuple[str, ...]) -> Block:
                block = self.exchanged(action, read, where, given, k, used=used)
                return self.step("atomic", action.span, reset(block, (*held, *more)))

            return self.located(action.place, with_place)

        return self.settled(tuple(value for _, value in action.arguments), with_arguments)

    def exchanged(
        self, action: m.Modify, read: Read, where: Where, given: dict[str, Expr], k: Use, *, used: bool
    ) -> Block:
        """The step itself. `given` are what the names of its arguments stand for."""
        span, tasks, name = action.span, self.seen, numbered(action.span)

        def told(was: Expr, value: Expr) -> Note:
            return Note("write", span, where, value=value, old=was, text=action.word)

        if tasks is None:
            part = action.place.part
            there = part_of(read, part)

            def plainly(new: Expr, then: Block) -> Block:
                assign = Assign(read.variable, read.indices, with_part(read, part, new))
                return Block((told(there, new), assign, *then.ops), then.end)

            effect = Effect(FALSE, there, there, plainly, lambda then: then)
            return self.modified(action, read, where, effect, given, k, used=used)
        acquires = action.acquires
        one = Exchange(
            read, name, action.order,
            lambda was: TRUE if action.when is None else self.named(action, action.when, given, was),
            None if acquires is None else lambda was: self.named(action, acquires, given, was),
            silent=not action.result, whole=self.atomic,
        )  # fmt: skip

        def step(stale: Expr, got: Expr) -> Block:
            old = Note("stale", span, where, value=got, old=read, text=action.word)

            def done(new: Expr, then: Block) -> Block:
                late = Note("overtaken", span, where, value=new, old=read)
                return stored(tasks, one, stale, got, new, ((told(got, new),), (old, late)), then)

            now = BoundName(f"made_{name}")
            effect = Effect(stale, got, now, done, lambda then: unchanged(tasks, one, stale, then))
            return self.modified(action, read, where, effect, given, k, used=used)

        if tasks.weak(read.variable):
            return found(tasks, one, step)

        was = BoundName(f"got_{name}")

        def ordinarily(new: Expr, then: Block) -> Block:
            rest = ordinary(tasks, one, was, then)
            note, assign = told(read, new), Assign(read.variable, read.indices, new)
            return Block((note, assign, *rest.ops), rest.end)

        if acquires is None:
            effect = Effect(FALSE, read, read, ordinarily, lambda then: then)
            return self.modified(action, read, where, effect, given, k, used=used)
        effect = Effect(FALSE, was, read, ordinarily, lambda then: then)
        block = self.modified(action, read, where, effect, given, k, used=used)
        return Block((), Pick(was.name, Apply("set", (read,)), block))

    def named(self, action: m.Modify, e: m.Expr, given: dict[str, Expr], was: Expr) -> Expr:
        """An expression of an operation, of its arguments and of what was there."""
        return _named(self.ir(e), {**given, action.was.name: was})

    def modified(
        self, action: m.Modify, read: Read, where: Where, effect: Effect,
        given: dict[str, Expr], k: Use, *, used: bool,
    ) -> Block:  # fmt: skip
        """What the step does where it stores, and where it does not, with what it has found."""
        span, temporary, there = action.span, "", effect.there
        before: tuple[Op, ...] = ()
        if used and action.result == "was":
            temporary = self.temporary(action.sort)
            before = (Assign(temporary, (SELF,), there),)
        names = {**given, action.was.name: there}
        obligations = tuple(
            replace(o, condition=_named(o.condition, names)) for o in self.obligations(action.stored)
        )
        seen = Note("read", span, where, value=there, text=action.word, when=negation(effect.stale))
        kept: tuple[Op, ...] = (seen,)
        if effect.stale != FALSE:
            kept = (seen, replace(seen, kind="stale", old=read, when=effect.stale))
        if action.found is not None:
            local = self.direct(action.found)[0]
            found = with_part(local, action.found.part, there)
            kept = (*kept, Assign(local.variable, local.indices, found))

        def rest(value: Expr) -> Block:
            return reset(k(value), (temporary,) if temporary else ())

        def done(value: Expr) -> Block:
            after = effect.done(self.named(action, action.stored, given, there), rest(value))
            return self.checked(obligations, Block((*before, *after.ops), after.end))

        value: Expr = NONE
        if temporary or action.result == "now":
            value = Read(temporary, (SELF,)) if temporary else effect.now
        tested = action.result == "test"
        if action.when is not None:
            left = effect.undone(rest(FALSE if tested else value))
            block = Block(
                (),
                Test(
                    self.named(action, action.when, given, there),
                    done(TRUE if tested else value),
                    Block((*before, *kept, *left.ops), left.end),
                ),
            )
        elif tested:
            assert action.test is not None
            block = Block((), Test(self.named(action, action.test, given, there), done(TRUE), done(FALSE)))
        else:
            block = done(value)
        if action.needs is not None:
            needed = self.named(action, action.needs, given, there)
            block = self.checked(
                (Obligation(needed, "bad_refcount", span, f"it is {action.complaint}"),), block
            )
        # A trace tells what was found where the task is halted.
        block = block if block.ops else Block((kept[0], *block.ops), block.end)
        return self.checked(self.alive(read, where, span), block)

    def invoke(self, call: m.Invoke, k: Use) -> Block:
        function = self.model.function(call.function)
        result = self.hidden(function.name, "return", function.result) if function.result else None
        value = Read(result, (SELF,)) if result else NONE
        cleared: tuple[Op, ...] = ()
        rest = k(value)
        if result and function.result:
            after = self.free(
                _then(rest, (Assign(result, (SELF,), Const(s.initial(function.result))),)), call.span
            )
        else:
            after = self.free(Block((*rest.ops, *cleared), rest.end), call.span)
        outer_frames, outer_calls, outer_bases = self.frames, self.calls, dict(self.bases)
        setting: list[tuple[m.LocalVariable | None, str, m.Expr]] = []
        for parameter, argument in zip(function.parameters, call.arguments, strict=True):
            if isinstance(parameter, m.LocalVariable):
                assert not isinstance(argument, m.Place)
                setting.append((parameter, self.local(parameter), argument))
                continue
            assert isinstance(argument, m.Place)
            base, indices, slots = self.base(argument)
            fixed: list[Expr] = []
            parts = list(base.parts)
            for slot, index in zip(slots, indices, strict=True):
                if isinstance(index, m.Literal | m.SelfIndex):
                    fixed.append(self.ir(index))
                else:
                    name = self.hidden(function.name, f"{parameter.name} at {len(fixed)}", index.sort)
                    setting.append((None, name, index))
                    fixed.append(Read(name, (SELF,)))
                parts[slot] = fixed[-1]
            self.bases[parameter.owner, parameter.name] = Base(
                base.path, (*base.indices, *fixed), tuple(parts)
            )
        self.frames = [*self.frames, Called(after, result)]
        self.calls = (*self.calls, call.span)
        entry = self.body(function.body, after)
        self.frames, self.calls, self.bases = outer_frames, outer_calls, outer_bases
        self.temporaries = 0
        for variable, name, argument in reversed(setting):

            def use(
                x: Expr, variable: m.LocalVariable | None = variable, name: str = name, entry: int = entry
            ) -> Block:
                ops: tuple[Op, ...] = (Assign(name, (SELF,), x),)
                if variable is not None:
                    where = Where((f"{variable.owner}.{variable.name}",))
                    ops = (Note("local", call.span, where, value=x, old=Read(name, (SELF,))), *ops)
                return Block(ops, Goto(entry))

            entry = self.free(self.value(argument, use), call.span)
        return goto(entry)


def _named(e: Expr, names: dict[str, Expr]) -> Expr:
    """`e` with what its names stand for."""
    return rewritten(e, lambda part: names.get(part.name, part) if isinstance(part, BoundName) else part)


def _decided(x: Expr, yes: Block, no: Block) -> Block:
    return yes if x == TRUE else no if x == FALSE else Block((), Test(x, yes, no))


def _then(block: Block, ops: tuple[Op, ...]) -> Block:
    match block.end:
        case Goto():
            return Block((*block.ops, *ops), block.end)
        case Test(condition=condition, yes=yes, no=no):
            return Block(block.ops, Test(condition, _then(yes, ops), _then(no, ops)))
        case Pick(name=name, domain=domain, then=then):
            return Block(block.ops, Pick(name, domain, _then(then, ops)))
        case Fork(options=options):
            return Block(block.ops, Fork(tuple(_then(option, ops) for option in options)))
