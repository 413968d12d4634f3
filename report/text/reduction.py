"""A reduction explained: how each access moves and why, what is one step, and what keeps two apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from ...dsl.model.sorts import Snapshot, count
from ...dsl.source import Span
from ...translator.program.program import (
    PC,
    SLEEPY,
    Apply,
    Const,
    Expr,
    Forgotten,
    Note,
    Point,
    Program,
    Self,
    Where,
    reads,
)
from ...translator.program.values import value_text
from ...translator.program.ways import leaves
from ...translator.reduce.movers import BOTH, LEFT, NEITHER, RIGHT, Access, Mover, Reason
from ...translator.reduce.reduce import MAX_LEAVES, Boundary, Explanation
from .behaviour import Page
from .words import line_words, place, source_line

LEGEND = """  moves right      others cannot tell it from happening later, after what they do next
  moves left       others cannot tell it from happening earlier, before what they did last
  moves both ways  both: nobody can tell when it happens
  does not move    others may tell; at most one such access is in a step
"""

_KINDS = {
    RIGHT: "moves right", LEFT: "moves left", BOTH: "moves both ways", NEITHER: "does not move",
}  # fmt: skip


def reduction_text(found: Explanation, page: Page) -> str:
    """Each line with what is done there and how that moves; then the merged steps of each process."""
    words = _Words(found, page)
    lines = [LEGEND, *words.lines()]
    for process in found.whole.processes:
        if process.count:
            lines += words.steps(process.name)
    lines += [words.forgotten(one) for one in found.whole.forgotten]
    return "\n".join(lines) + "\n"


class _Words:
    def __init__(self, found: Explanation, page: Page) -> None:
        self.found = found
        self.page = page
        self.program: Program = found.whole
        self.titles = {v.name: v.whole or v.title or v.name for v in found.whole.variables}

    # -- the lines

    def lines(self) -> Iterator[str]:
        places: dict[tuple[bool, str, int], list[Point]] = {}
        for name in self.found.movers:
            point = self.program.point(name)
            span = _span(point)
            places.setdefault((span.path != self.page.main, span.path, span.line), []).append(point)
        for key in sorted(places):
            points = places[key]
            span = _span(points[0])
            yield f"  {place(span, self.page.main)}: {source_line(span, self.page.sources)}"
            told: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
            for point in points:
                mover = self.found.movers[point.name]
                entry = (action(point), _KINDS[mover.kind], self.reasons(mover, point))
                told.setdefault(entry, []).append(point.process)
            for (what, kind, reasons), processes in told.items():
                who = ", ".join(dict.fromkeys(processes))
                yield f"      {who}: {what}; {self.page.ink('strong', kind)}"
                yield from (f"          {reason}" for reason in reasons)
            yield ""

    def reasons(self, mover: Mover, point: Point) -> tuple[str, ...]:
        if not mover.reasons:
            return ("it touches nothing that other tasks see",)
        told = [self.reason(reason, point) for reason in mover.reasons]
        return tuple(dict.fromkeys(text for text in told if text))

    def reason(self, reason: Reason, point: Point) -> str:
        """Why a step moves as it does, or does not."""
        name = self.title(reason.name)
        match reason.why:
            case "constant":
                return f"{name} is never written"
            case "alone":
                return f"no other task can disturb this access to {name}"
            case "locked":
                locks = " and ".join(reason.locks)
                return f"{locks} keeps out who could disturb this access to {name}"
            case "conflict":
                return self.conflict(reason, name, point)
            case "formula":
                by = self.watchers(reason.name)
                return f"{name} is read by {by} without any lock"
            case "tried":
                return f"{name} is tried {self.where_tried(reason.name)}, which fails while somebody holds it"
            case "queued":
                return f"{name} keeps its queue, so the order of those who come to it matters"
            case "unfair":
                return f"{name} is unfair: who gets it again and again decides the property"
            case "waited":
                return f"whoever waits for {name} may need a CPU as well"
            case "scheduled":
                locks = " or ".join(self.title(lock) for lock in reason.locks)
                return f"it takes or offers a CPU, which whoever waits for {locks} may need"
            case "state":
                return f"the state of {name} is looked at"
            case "label":
                return f"{self.labels_named(point)} by a property"
            case "region":
                return f"{self.border(point)} by a property"
            case "memory":
                return "it orders what others see of weak memory"
            case "elsewhere":
                return "it asks where a task stands"
            case "several":
                return f"{name} is not the only lock of this step, or it is taken and released in it"
            case "acquired" | "released":
                return ""  # that taking a lock moves right, and releasing it left, is known
            case _:
                assert_never(reason.why)

    def conflict(self, reason: Reason, name: str, point: Point) -> str:
        """Which access of somebody else may come in between."""
        here, other = reason.here, reason.other
        assert here is not None and other is not None
        variable = self.program.variable(reason.name)
        if isinstance(variable.sort, Snapshot) and variable.process:
            if _bumps(point):
                return f"it outdates the snapshot {name}, {self.access(other, point)}"
            if _bumps(other.point):
                line = place(other.span, self.page.main)
                by = f"{other.point.process} at line {line}, {action(other.point)}"
                return f"it uses the snapshot {name}, which is outdated by {by}"
        return f"{name} is {self.access(other, point)}{_without(here, other)}"

    def access(self, access: Access, point: Point) -> str:
        """Whose access it is, of what kind, and where."""
        verb = "tested by" if access.asserted else "written by" if access.written else "read by"
        who = access.point.process
        if who == point.process and self.program.process(who).count > 1:
            who = f"another {who}"
        return f"{verb} {who} at {line_words(access.span, self.page.main)}"

    def title(self, name: str) -> str:
        if name == SLEEPY:
            return "a task's armed bit"
        return self.titles.get(name, name)

    def watchers(self, name: str) -> str:
        """Which formulas read a variable, or the state of a lock."""
        formulas = [(f.property, f.condition) for f in (*self.program.invariants, *self.program.sometimes)]
        formulas += [(p.name, p.formula) for p in self.program.temporal]
        names = {name, *(v.name for v in self.program.variables if v.lock and v.lock.lock == name)}
        found = [f"`{title}`" for title, e in formulas if names & (reads(e) - {PC})]
        found += ["what is assumed"] if names & reads(self.program.assumed) else []
        return " and ".join(dict.fromkeys(found)) or "an assertion, a ghost or an await elsewhere"

    def where_tried(self, lock: str) -> str:
        lines = dict.fromkeys(
            f"{line_words(_span(p), self.page.main)}"
            for p in self.program.points
            if p.step is not None and p.step.lock is not None
            and p.step.lock.action == "try" and p.step.lock.lock == lock
        )  # fmt: skip
        return f"at {', '.join(lines)}"

    def labels_named(self, point: Point) -> str:
        """That labels at a point, or where its step leads, are asked about."""
        assert point.step is not None
        near = {point.name, *(leaf.target for leaf in leaves(point.step.block))} & self.found.labels
        names = {label for n in near for label in _labels(self.program.point(n))}
        return _label_words(names)

    def border(self, point: Point) -> str:
        """That regions which the step of a point enters or leaves are asked about."""
        assert point.step is not None
        near = [self.program.point(name) for name in {leaf.target for leaf in leaves(point.step.block)}]
        own = {*point.labels, *point.regions}
        crossed = {region for other in near for region in own ^ {*other.labels, *other.regions}}
        inside = {region for other in (point, *near) for region in other.regions}
        names = sorted({name for owner, name in crossed if (owner, name) in inside})
        quoted = ", ".join(f"`{name}`" for name in names)
        return f"it enters or leaves {quoted or 'a region'}, which is named"

    def forgotten(self, one: Forgotten) -> str:
        """When a shared variable is reset."""
        sort = self.program.variable(one.flag).sort
        values = " or ".join(value_text(value) for value in one.values)
        always = len(one.values) == count(sort)  # type: ignore[arg-type]
        when = "" if always else f" while {self.title(one.flag)} is {values}"
        name = self.title(one.variable)
        return (
            f"{name} is forgotten where {one.lock} is given back{when}: nothing reads it before it is set\n"
        )

    # -- the steps

    def steps(self, process: str) -> Iterator[str]:
        own = [p for p in self.program.points if p.process == process]
        accesses = sum(p.name in self.found.movers for p in own)
        begun = [p for p in own if p.name in self.found.boundaries]
        yield f"{process}: {accesses} single steps, merged into {len(begun)}"
        yield ""
        for point in begun:
            yield f"  from {line_words(_span(point), self.page.main)}: {action(point)}"
            rows: dict[str, list[str]] = {}
            for boundary in self.found.boundaries[point.name]:
                target = self.program.point(boundary.target)
                if not target.halted:
                    numbers = [place(_span(self.program.point(n)), self.page.main) for n in boundary.passed]
                    rows.setdefault(self.apart(boundary, target), []).append(" ".join(numbers))
            for why, ways in rows.items():
                yield f"      {' or '.join(dict.fromkeys(ways))}; {why}"
            yield ""

    def apart(self, boundary: Boundary, target: Point) -> str:
        """Why a merged step ends before `target`."""
        line = f"apart from {line_words(_span(target), self.page.main)}"
        step = target.step
        lock = "" if step is None or step.lock is None else _where(step.lock.where)
        match boundary.why:
            case "end":
                return "then the task ends"
            case "guard":
                return f"{line}: it may have to wait{f' for {lock}' if lock else ''}"
            case "back":
                return f"{line}: it is in this step already"
            case "label":
                return f"{line}: {self.at_label(target)}"
            case "claim":
                names = dict.fromkeys(f"`{claim.property}`" for claim in target.claims)
                return f"{line}: {', '.join(names)} is tested there"
            case "queued":
                return f"{line}: {lock} keeps its queue"
            case "cpu":
                return f"{line}: another task may get the CPU there"
            case "preempted":
                return f"{line}: the task may be preempted there, no spinning lock is held"
            case "taken":
                by = self.program.point(boundary.by)
                first = f"{line_words(_span(by), self.page.main)} ({action(by)})"
                return f"{line}: others can tell when {first} takes a CPU"
            case "origin":
                return f"{line}: it leads back to where this step begins"
            case "outcomes":
                return f"{line}: the step would have more than {MAX_LEAVES} outcomes"
            case "assumed":
                return f"{line}: what is assumed may not hold behind it"
            case "unfair":
                return f"{line}: {target.process} is unfair, and may stop anywhere"
            case "await":
                return f"{line}: an await passes without a CPU"
            case "alone":
                return f"{line}: the lock taken or released here keeps its queue"
            case "interrupted":
                return f"{line}: a handler may interrupt there, and it may have to wait"
            case "moves":
                return f"{line}: {self.after(boundary, target)}"
            case _:
                assert_never(boundary.why)

    def at_label(self, target: Point) -> str:
        return f"{_label_words(_labels(target))} by a property"

    def after(self, boundary: Boundary, target: Point) -> str:
        """Why a step may not follow one that does not move right."""
        assert boundary.mover is not None
        first = self.program.point(boundary.by)
        before = f"after {line_words(_span(first), self.page.main)} ({action(first)})"
        if boundary.mover.kind == RIGHT:
            return f"it only moves right, and comes {before}"
        return f"{' and '.join(self.reasons(boundary.mover, target))}; it comes {before}"


def _label_words(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in sorted(names)]
    if not quoted:
        return "this place is asked about"
    return f"label {quoted[0]} is named" if len(quoted) == 1 else f"labels {', '.join(quoted)} are named"


def _bumps(point: Point) -> bool:
    assert point.step is not None
    ops = (op for leaf in leaves(point.step.block) for op in leaf.ops)
    return any(isinstance(op, Note) and op.kind == "bump" for op in ops)


def _needed(access: Access) -> frozenset[str]:
    """The locks held as an access needs them: for writing at a write, in any mode at a read."""
    return frozenset(lock for lock, mode in access.held if mode == "write" or not access.written)


def _without(here: Access, other: Access) -> str:
    """What the locks of another access lack, or those of this one."""
    mine, theirs = _needed(here), _needed(other)
    for wanted, held in ((mine, other.held), (theirs, here.held)):
        weak = sorted(wanted & {lock for lock, _ in held})
        if weak:
            return f" with {' and '.join(weak)} held for reading only" + (
                " here" if held is here.held else ""
            )
    if mine:
        return f" without {' or '.join(sorted(mine))}"
    if theirs:
        return f" under {' and '.join(sorted(theirs))}, which is not held here"
    if here.uncounted | other.uncounted:
        locks = ", ".join(sorted(here.uncounted | other.uncounted))
        return f", and locks in arrays ({locks}) are not counted"
    return ", and no lock is held there or here"


def action(point: Point) -> str:
    """What the step of a point does, in a few words."""
    step = point.step
    assert step is not None
    found: dict[str, None] = {}
    for leaf in leaves(step.block):
        for op in leaf.ops:
            text = _note(op) if isinstance(op, Note) else ""
            if text:
                found[text] = None
    return ", ".join(found) or {"start": "starts", "silent": "goes on"}.get(step.kind, step.kind)


def _note(note: Note) -> str:
    where = "" if note.where is None else _where(note.where)
    mode = {"read": " for reading", "write": " for writing"}.get(note.text, "")
    match note.kind:
        case "read" | "write":
            return f"{note.kind}s {where}"
        case "take" | "release":
            return f"{note.kind}s {where}{mode if note.kind == 'take' else ''}"
        case "queue":
            return f"queues for {where}"
        case "compare":
            return f"compares with {where}"
        case "take_snapshot":
            return f"takes a snapshot of {where}"
        case "bump":
            return f"{where} += 1"
        case "arm":
            return f"prepares to wait on {where}"
        case "disarm":
            return f"finishes waiting on {where}"
        case "wake":
            return f"wakes those on {where}"
        case "call":
            return note.text
        case _:
            return ""  # what else there is tells nothing of a step by itself


def _where(where: Where) -> str:
    """A place; of its indices only `self` is told."""
    return "".join(part if isinstance(part, str) else _index(part) for part in where.parts)


def _index(part: Expr) -> str:
    match part:
        case Const(value=value):
            return value_text(value)
        case Self() | Apply(operator="index", arguments=(Self(),)):
            return "self"
        case _:
            return ".."


def _span(point: Point) -> Span:
    return point.span if point.step is None else point.step.span


def _labels(point: Point) -> Iterable[str]:
    own = dict.fromkeys(name for _, name in point.labels)
    return own if point.step is not None or point.halted else {**own, "end": None}
