"""`deadlock` (b) and (c) as an invariant in TLA+.  TLC's own search for deadlocks is (a)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..program.program import Expr, Program, Wait, negation
from ..program.waits import on_queue
from .formula import Formula, Vocabulary


def deadlock_text(program: Program, formula: Formula, words: Vocabulary) -> str | None:
    """The invariant, as it stands behind `==`; None where nothing can violate it."""
    parts = (_no_circle(program, formula, words), _none_stuck(program, formula, words))
    return "".join(f"\n    /\\ {part}" for part in parts if part) or None


def _no_circle(program: Program, formula: Formula, words: Vocabulary) -> str | None:
    """(b): no set of tasks of which each waits for a lock because of one of them.  (c) says so, too, of a set
    that is not of daemons alone."""
    daemons = {process.name for process in program.processes if process.daemon}
    groups: dict[Expr, list[str]] = {}
    needed = False
    for point in program.points:
        step = point.step
        if step is not None and step.lock is not None and step.lock.blockers is not None:
            groups.setdefault(step.lock.blockers, []).append(point.name)
            needed |= point.process in daemons or step.wait is None or step.wait.blockers is None
    if not needed:
        return None
    cases = "".join(
        f"\n           IF pc[self] {_among(points)} THEN {formula.text(blockers)} ELSE"
        for blockers, points in groups.items()
    )
    t, waiting, group = (words.names.new(name) for name in ("t", "waiting", "group"))
    return (
        f"LET Blockers(self) =={cases} {{}}"
        f"\n           {waiting} == {{{t} \\in Tasks : Blockers({t}) # {{}}}}"
        f"\n       IN \\A {group} \\in (SUBSET {waiting}) \\ {{{{}}}} :"
        f" \\E {t} \\in {group} : Blockers({t}) \\cap {group} = {{}}"
    )


def _none_stuck(program: Program, formula: Formula, words: Vocabulary) -> str | None:
    """(c): of the largest set of tasks that wait, and nobody else can help, all are daemons or idle.

    It is what is left of all that wait when those are taken out that somebody outside may help, again and
    again: as often as there are tasks is enough, and once is nearly always.
    """
    groups: dict[Wait, list[str]] = {}
    for point in program.points:
        if point.step is not None and point.step.wait is not None:
            groups.setdefault(point.step.wait, []).append(point.name)
    processes = [process for process in program.processes if process.count]
    waiting = {p.process for p in program.points if p.step is not None and p.step.wait is not None}
    if not any(process.name in waiting and not process.daemon for process in processes):
        return None
    text = _Stays(program, formula, words)
    cases = "".join(
        f"\n               IF pc[self] {_among(points)} THEN {text.of(wait)} ELSE"
        for wait, points in groups.items()
    )
    t = words.names.new("t")
    most = sum(process.count for process in processes if process.name in waiting)
    left = [words.names.new(f"stuck{number}") for number in range(most + 1)]
    lines = [f"LET Stays(self, {text.group}) =={cases} FALSE"]
    before = "Tasks"
    for name in left:
        lines.append(f"{name} == {{{t} \\in {before} : Stays({t}, {before})}}")
        before = name
    harmless_sets = [words.sets[process.name] for process in processes if process.daemon]
    idle = [point.name for point in program.points if point.idle]
    if idle:
        harmless_sets.append(f"{{{t} \\in Tasks : pc[{t}] {_among(idle)}}}")
    daemons = " \\cup ".join(harmless_sets)
    harmless = f"\\subseteq ({daemons})" if daemons else "= {}"
    tests = "".join(f"\n           \\/ {name} {harmless}" for name in left)
    return "\n           ".join(lines) + f"\n       IN {tests.lstrip()}"


class _Stays:
    """That `self`, at a point where it waits, is helped by nobody outside a group."""

    def __init__(self, program: Program, formula: Formula, words: Vocabulary) -> None:
        self.program = program
        self.formula = formula
        self.group = words.names.new("group")
        self.other = words.names.new("other")

    def of(self, wait: Wait) -> str:
        group, other = self.group, self.other
        if wait.blockers is not None:
            helping = frozenset().union(*(help.points for help in wait.helps))
            # A process that never comes to the lock has it never.
            using = {point.process for point in self.program.points if point.name in helping}
            gone = self.not_among(helping, using)
            alone = f" \\/ {gone}" if gone else ""
            return f"\\E {other} \\in ({self.formula.text(wait.blockers)}) : {other} \\in {group}{alone}"
        tests = [f"({self.formula.text(negation(wait.until))})"]
        for help in wait.helps:
            nobody = self.not_among(help.points, {process.name for process in self.program.processes})
            test = f"\\A {other} \\in Tasks \\ {group} : {nobody or 'FALSE'}"
            if help.queue is not None:
                test = f"({self.formula.text(on_queue(help.queue, self.program))}) => {test}"
            tests.append(f"({test})")
        return " /\\ ".join(tests)

    def not_among(self, points: frozenset[str], processes: Collection[str]) -> str:
        """That the other task, of one of `processes`, stands at none of `points`; empty where it can stand
        nowhere else."""
        names = [point.name for point in self.program.points if point.process in processes]
        inside = [name for name in names if name in points]
        outside = [name for name in names if name not in points]
        if not outside:
            return ""
        if len(outside) < len(inside):
            return f"pc[{self.other}] {_among(outside)}"
        return f"~(pc[{self.other}] {_among(inside)})" if inside else "TRUE"


def _among(names: Iterable[str]) -> str:
    listed = [f'"{name}"' for name in names]
    return f"= {listed[0]}" if len(listed) == 1 else f"\\in {{{', '.join(listed)}}}"
