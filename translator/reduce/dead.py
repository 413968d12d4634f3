"""Values that nothing reads any more before they are set: forgotten, so that states coincide.

`docs/semantics.md` has the argument.  Of locals a control point says that they are dead; of shared
variables the value of another, their *flag*, does where no task holds the lock of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from ...dsl.model import sorts as s
from ..program.program import (
    FALSE,
    SELF,
    TRUE,
    AnyOf,
    Apply,
    Assign,
    Block,
    Const,
    Elements,
    Expr,
    Fill,
    Forgotten,
    Fork,
    Goto,
    Pick,
    Point,
    Program,
    Read,
    Test,
    Value,
    Variable,
    conjunction,
    negation,
    reads,
)
from ..program.ways import Leaf, extended, leaves
from .looks import Observer, looked_at
from .movers import Analysis, lock_effect

_NOTHING = Block((), Goto(""))

# ---- locals


def dead_locals(program: Program) -> dict[str, frozenset[str]]:
    """For each control point the locals whose values nothing reads any more before they are set."""
    watched = _watched(program) | Observer(program).beyond(program.points).others
    owned = {v.name: v.process for v in program.variables if v.kind in ("local", "temporary")}
    alive: dict[str, frozenset[str]] = {point.name: frozenset() for point in program.points}
    beside = {point.name: _read_at(point) for point in program.points}
    changed = True
    while changed:
        changed = False
        for point in reversed(program.points):
            live = beside[point.name]
            if point.step is not None:
                live |= _live_before(point.step.block, alive)
            live &= frozenset(owned)
            if live != alive[point.name]:
                alive[point.name] = live
                changed = True
    return {
        point.name: frozenset(n for n, process in owned.items() if process == point.process)
        - alive[point.name]
        - watched
        for point in program.points
    }


def _read_at(point: Point) -> frozenset[str]:
    """What is read at a control point other than by the block of its step."""
    step = point.step
    return reads(point if step is None else replace(point, step=replace(step, block=_NOTHING)))


def _watched(program: Program) -> frozenset[str]:
    """What a run of either kind reads at no place."""
    return reads((looked_at(program, (), liveness=False), looked_at(program, (), liveness=True)))


def _live_before(block: Block, alive: dict[str, frozenset[str]]) -> frozenset[str]:
    match block.end:
        case Goto(point=target):
            live = alive[str(target)]
        case Test(condition=condition, yes=yes, no=no):
            live = reads(condition) | _live_before(yes, alive) | _live_before(no, alive)
        case Pick(domain=domain, then=then):
            live = reads(domain) | _live_before(then, alive)
        case Fork(options=options):
            live = frozenset().union(*(_live_before(option, alive) for option in options))
    for op in reversed(block.ops):
        if isinstance(op, Assign):
            if op.indices == (SELF,):
                live -= {op.variable}
            live |= reads(op.value) | reads(op.indices)
        elif isinstance(op, Fill):
            # It maps every copy of a variable; alone it makes none of them needed.
            live |= reads(op.value) - {op.variable}
        else:
            live |= reads(op)
    return live


def forgetful(program: Program) -> Program:
    """The program with each local reset where it dies, so that states coincide."""
    dead = dead_locals(program)
    initial: dict[str, Value] = {
        v.name: v.initial for v in program.variables if not isinstance(v.initial, AnyOf | Elements)
    }

    def resets(point: Point, way: Leaf) -> Block:
        last = {op.variable: op for op in way.ops if isinstance(op, Assign | Fill)}
        dying = sorted(name for name in dead[way.target] if name in last or name not in dead[point.name])
        made = (Assign(name, (SELF,), Const(initial[name])) for name in dying)
        return Block(tuple(op for op in made if last.get(op.variable) != op), Goto(way.target))

    return with_endings(program, resets)


def with_endings(program: Program, further: Callable[[Point, Leaf], Block]) -> Program:
    """The program with each step extended by what `further` makes of its point and each way through it."""
    points = tuple(
        replace(p, step=replace(p.step, block=extended(p.step.block, partial(further, p)))) if p.step else p
        for p in program.points
    )
    return replace(program, points=points)


# ---- shared variables


def forgetting(program: Program, analysis: Analysis) -> Program:
    """The program with each shared variable reset where the lock of it and its flag is given back while
    it is dead."""
    places = tuple(_place(point) for point in program.points if point.name in analysis.must)
    found: list[Forgotten] = []
    for variable in program.variables:
        if not _may_be_forgotten(program, analysis, variable, found):
            continue
        for flag in program.variables:
            one = _forgotten(places, analysis, variable, flag, found)
            if one is not None:
                found.append(one)
                break
    if not found:
        return program
    resets = _Resets(places, found, analysis)
    return replace(with_endings(program, resets), forgotten=tuple(found))


def _may_be_forgotten(
    program: Program, analysis: Analysis, variable: Variable, found: list[Forgotten]
) -> bool:
    if variable.name in _watched(program) | analysis.observed or not _is_plain(variable):
        return False
    return variable.name not in {one.flag for one in found}


def _is_plain(variable: Variable) -> bool:
    return variable.kind in ("shared", "ghost") and not variable.sizes and s.is_plain(variable.sort)  # type: ignore[arg-type]


def _forgotten(
    places: tuple[_Place, ...], analysis: Analysis, variable: Variable, flag: Variable, found: list[Forgotten]
) -> Forgotten | None:
    """When a variable is dead by the value of a flag, if so."""
    taken = {one.variable for one in found}
    # Not a number: naming some would make a difference between values that have none.
    if flag is variable or flag.name in taken or not isinstance(flag.sort, s.Bool | s.Enum):
        return None
    if not _is_plain(flag):
        return None
    for lock in sorted(_common_locks(analysis, variable.name, flag.name)):
        found_out = _Needed(places, analysis, variable.name, flag, lock)
        values = found_out.run()
        if values:
            held, needed = frozenset(found_out.inside), frozenset(found_out.needed)
            return Forgotten(variable.name, _nothing(variable), flag.name, values, lock, held, needed)
    return None


def _nothing(variable: Variable) -> Value:
    """A value to be reset to, which names none of a range of interchangeable ones if that can be."""
    match variable.sort:
        case s.Optional():
            return None
        case s.SetOf():
            return frozenset()
        case _:
            start = variable.initial
            if isinstance(start, AnyOf):
                return min(start.values, key=str)
            assert not isinstance(start, Elements), "arrays are not reset"
            return start


def _common_locks(analysis: Analysis, variable: str, flag: str) -> frozenset[str]:
    """The locks under which a variable is always used, for writing where it or its flag is written."""
    found: frozenset[str] | None = None
    for name in (variable, flag):
        for access in analysis.found.get(name, ()):
            if name == flag and not access.written:
                continue
            held = frozenset(lock for lock, mode in access.held if mode == "write" or not access.written)
            found = held if found is None else found & held
    return frozenset() if found is None else frozenset(found & analysis.scalar) - analysis.downgraded


@dataclass(frozen=True, slots=True)
class _Place:
    """A point, the variables that its claims and its step speak of, and the ways through that."""

    point: Point
    names: frozenset[str]
    ways: tuple[Leaf, ...]


def _place(point: Point) -> _Place:
    ways = tuple(leaves(point.step.block)) if point.step else ()
    written = {op.variable for way in ways for op in way.ops if isinstance(op, Assign | Fill)}
    return _Place(point, reads((point.step, point.claims)) | written, ways)


class _Needed:
    """Where a variable may be read before it is set, by the value that its flag has then.

    `needed` has the points `inside`, where the lock is held, and values of the flag, for which that is so.
    A task that holds the lock knows the flag's value as long as it does not change it itself; what it leaves
    behind is read only with a flag that is not among `dead`, which shrinks until that is so.
    """

    def __init__(
        self, places: tuple[_Place, ...], analysis: Analysis, variable: str, flag: Variable, lock: str
    ) -> None:
        self.places = places
        self.variable, self.flag = variable, flag.name
        self.values: tuple[Value, ...] = tuple(s.values(flag.sort))  # type: ignore[arg-type]
        self.inside = {name for name, held in analysis.must.items() if lock in {path for path, _ in held}}
        self.dead = set(self.values)
        self.needed: set[tuple[str, Value]] = set()

    def run(self) -> tuple[Value, ...]:
        """The flag's values with which the variable is dead where nobody holds the lock."""
        changed = True
        while changed and self.dead:
            changed = False
            for place in reversed(self.places):
                name = place.point.name
                for value in self.values:
                    if self.is_needed(name, value) or not self.reads_at(place, value):
                        continue
                    changed = True
                    if name in self.inside:
                        self.needed.add((name, value))
                    else:
                        self.dead.discard(value)
        return tuple(value for value in self.values if value in self.dead)

    def is_needed(self, point: str, value: Value) -> bool:
        """As far as is known yet."""
        return (point, value) in self.needed if point in self.inside else value not in self.dead

    def reads_at(self, place: _Place, value: Value) -> bool:
        if self.variable not in place.names and self.flag not in place.names:
            return any(self.is_needed(way.target, value) for way in place.ways)
        point = place.point
        if any(self.used(claim.condition, value) for claim in point.claims):
            return True
        step = point.step
        plain = replace(point, step=None, claims=tuple(replace(c, condition=TRUE) for c in point.claims))
        if self.variable in reads(plain):
            return True
        if step is None:
            return False
        rest = replace(step, guard=TRUE, block=_NOTHING, awaited=None)
        if self.variable in reads(rest) or (step.awaited is not None and self.used(step.awaited, value)):
            return True
        return self.used(step.guard, value) or self.reads_in(step.block, 0, value)

    def reads_in(self, block: Block, first: int, value: Value) -> bool:
        """Whether it may be read, before it is set, from an operation of a block on."""
        for number in range(first, len(block.ops)):
            op = block.ops[number]
            if not isinstance(op, Assign | Fill):
                if self.variable in reads(op):
                    return True
                continue
            if self.used(op.value, value) or (isinstance(op, Assign) and self.variable in reads(op.indices)):
                return True
            if op.variable == self.variable:
                return False
            if op.variable == self.flag:
                # A constant that is none of its values is never stored: a check halts the task before.
                known = settled(op.value, self.flag, value)
                after = [v for v in self.values if known == Const(v)] or self.values
                return any(self.reads_in(block, number + 1, new) for new in after)
        match block.end:
            case Goto(point=target):
                return self.is_needed(str(target), value)
            case Test(condition=condition, yes=yes, no=no):
                known = settled(condition, self.flag, value)
                if self.variable in reads(known):
                    return True
                ways = (yes, no) if not isinstance(known, Const) else (yes,) if known == TRUE else (no,)
                return any(self.reads_in(way, 0, value) for way in ways)
            case Pick(domain=domain, then=then):
                return self.used(domain, value) or self.reads_in(then, 0, value)
            case Fork(options=options):
                return any(self.reads_in(option, 0, value) for option in options)

    def used(self, e: Expr, value: Value) -> bool:
        return self.variable in reads(settled(e, self.flag, value))


def settled(e: Expr, variable: str, value: Value) -> Expr:
    """A condition where a scalar variable has a value, without the parts that are not evaluated then."""
    match e:
        case Read(variable=name, indices=()) if name == variable:
            return Const(value)
        case Apply(operator="and", arguments=arguments):
            parts: list[Expr] = []
            for argument in arguments:
                part = settled(argument, variable, value)
                if part != TRUE:
                    parts.append(part)
                if part == FALSE:
                    break
            return parts[0] if len(parts) == 1 else Apply("and", tuple(parts)) if parts else TRUE
        case Apply(operator="or", arguments=arguments):
            return negation(settled(Apply("and", tuple(map(negation, arguments))), variable, value))
        case Apply(operator="implies", arguments=(left, right)):
            return settled(Apply("or", (negation(left), right)), variable, value)
        case Apply(operator="not", arguments=(inner,)):
            return negation(settled(inner, variable, value))
        case Apply(operator="==" | "!=" as word, arguments=arguments):
            one, other = (settled(argument, variable, value) for argument in arguments)
            if isinstance(one, Const) and isinstance(other, Const):
                return Const((one == other) == (word == "=="))
            return Apply(word, (one, other))
        case _:
            return e


class _Resets:
    """What to reset at the end of a way: what may have been written under a lock that is given back on it."""

    def __init__(self, places: tuple[_Place, ...], found: list[Forgotten], analysis: Analysis) -> None:
        self.found = found
        self.analysis = analysis
        # The forgotten variables that may be written at a point, or their flags, since the lock was taken.
        self.written: dict[str, frozenset[str]] = {place.point.name: frozenset() for place in places}
        changed = True
        while changed:
            changed = False
            for place in places:
                for way in place.ways:
                    left, _ = self.followed(self.written[place.point.name], way)
                    if not left <= self.written[way.target]:
                        self.written[way.target] |= left
                        changed = True

    def __call__(self, point: Point, way: Leaf) -> Block:
        _, due = self.followed(self.written.get(point.name, frozenset()), way)
        return Block(tuple(self.reset(one) for one in self.found if one.variable in due), Goto(way.target))

    def followed(self, written: frozenset[str], way: Leaf) -> tuple[frozenset[str], frozenset[str]]:
        """What is written but not given back at the end of a way, by what is at its beginning, and what was
        written and is given back."""
        due: frozenset[str] = frozenset()
        for op in way.ops:
            if isinstance(op, Assign | Fill):
                written |= {one.variable for one in self.found if op.variable in (one.variable, one.flag)}
            effect = lock_effect(op)
            if effect is not None and not effect[1]:
                given = {one.variable for one in self.found if one.lock == effect[0][0]}
                due |= given & written
                written -= given
        return written, due

    def reset(self, one: Forgotten) -> Assign:
        flag, nothing = Read(one.flag), Const(one.value)
        dead = negation(conjunction(*(Apply("!=", (flag, Const(value))) for value in one.values)))
        return Assign(one.variable, (), Apply("if", (dead, nothing, Read(one.variable))))
