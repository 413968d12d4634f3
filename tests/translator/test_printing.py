"""TLC reads what is printed as the interpreter reads the program: random expressions of every sort, all
in one run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from differential import cells
from pfnspec import tla
from pfnspec.check.load import load
from pfnspec.dsl.source import Span
from pfnspec.tla.module.precedence import INTERVAL, MINUS, OPERATORS, Text, infix
from pfnspec.translator.emit.emit import Emission, emit
from pfnspec.translator.lower.temporal import simplified
from pfnspec.translator.pipeline import whole
from pfnspec.translator.program.program import (
    FALSE,
    PC,
    SELF,
    TRUE,
    Any,
    Apply,
    Assign,
    Block,
    Claim,
    Const,
    End,
    Expr,
    Fill,
    Fork,
    Goto,
    Op,
    Pick,
    Point,
    Program,
    Property,
    Read,
    Step,
    Task,
    Variable,
    conjunction,
    negation,
)
from pfnspec.translator.program.program import Test as Branch
from pfnspec.translator.retrace.diagnosis import truth
from pfnspec.translator.run.interpreter import Interpreter, State
from random_expressions import BOOL, Expressions, Kind, kind_of

EVERY_SORT = """model every_sort
enum Phase: idle, busy, done
shared x: bool
shared n: range(-3, 4)
shared o: range(-3, 4) | None
shared p: Phase
shared q: Phase | None
shared s: set[range(-3, 4)]
shared u: set[bool]
shared e: set[Phase]
shared m: bool | None
shared table: range(-3, 4)[2][3]
shared flags: bool[2]
shared sets: set[range(-3, 4)][2]
shared l: rwlock
shared locks: rwsem[2]
shared wq: waitqueue
shared seq: generation
shared seen: snapshot[2]

process task[3]:
    mine: range(-3, 4) = 1
    flag: bool = True
    copy: snapshot = seq
    with l.read():
        with locks[0].write():
            prepare_to_wait(wq)
            mine = n
            flag = copy == seq or o != None and q == idle and m != True and p in e
            x = x in u or n in s or n in sets[0] or flags[1] or table[0][0] == mine

process other:
    seen[1] = seq

scenario few:
    cpus = 2
"""

WORDS = """word W:
    f: range(-3, 4)
    EXCEPT: Phase | None
    field_f: bool
shared w: W
shared ws: W[2]
shared sw: set[W]

process with_word:
    copy_of_w: W = W()
    copy_of_w = w

"""

NOWHERE = Span("every_sort.pfn", 1, 1, 1, 2)
MOST = 150


def surroundings(*, words: bool = True) -> Program:
    """A program with variables of every sort, and nothing that happens yet."""
    (cell,) = cells(EVERY_SORT.replace("process other", f"{WORDS}process other") if words else EVERY_SORT)
    program = whole(cell.program)
    known = tuple(v for v in program.variables if not isinstance(v.sort, Any))
    return replace(program, variables=known, invariants=(), sometimes=(), reachable=())


@dataclass(frozen=True)
class Made:
    """A program whose tasks do one of many things in the one state that they come to."""

    program: Program
    outcomes: int


def elements(variable: Variable, program: Program) -> list[tuple[Expr, ...]]:
    """The indices of all its elements."""
    found: list[tuple[Expr, ...]] = [()]
    if variable.process:
        found = [(Const(task),) for task in program.tasks_of(variable)]
    for size in variable.sizes:
        found = [(*known, Const(i)) for known in found for i in range(size)]
    return found


def setting_out(program: Program, make: Expressions) -> Block:
    """Gives every element a value, and all tasks leave together."""
    ops: list[Op] = []
    for variable in program.variables:
        kind = kind_of(variable)
        if kind is None or variable.name == PC:
            continue
        for at in elements(variable, program):
            ops.append(Assign(variable.name, at, Const(make.value(kind))))
    first = program.processes[0]
    ops += [Assign(PC, (Const(task),), Const("chooses")) for task in first.tasks]
    return Block(tuple(ops), Goto("chooses"))


def doing(program: Program, make: Expressions, chance: random.Random, target: str) -> tuple[Block, set[str]]:
    """Up to three assignments, a test or choice and one more; and the variables that are assigned."""
    able = [v for v in program.variables if v.name != PC and kind_of(v) is not None]
    changed: set[str] = set()

    def assign(bound: dict[str, Kind]) -> Op:
        variable = chance.choice(able)
        kind = kind_of(variable)
        assert kind is not None
        changed.add(variable.name)
        if chance.random() < 0.1:
            names = tuple(f"i{depth}" for depth in range(len(elements(variable, program)[0])))
            return Fill(variable.name, names, make.make(kind, 3, bound))
        return Assign(variable.name, make.indices(variable, 2, bound), make.make(kind, 3, bound))

    first = tuple(assign({}) for _ in range(chance.randrange(3)))
    rest = Block((assign({}),), Goto(target))
    end: End = Goto(target)
    match chance.randrange(4):
        case 0:
            end = Branch(make.make(BOOL, 3), rest, Block((assign({}),), Goto(target)))
        case 1:
            domain = Apply("|", (make.make(Kind("int", "set"), 2), Const(frozenset({-1}))))
            end = Pick("z", domain, Block((assign({"z": Kind("int")}),), Goto(target)))
        case 2:
            end = Fork((rest, Block((assign({}),), Goto(target))))
        case _:
            return Block((*first, *rest.ops), rest.end), changed
    return Block(first, end), changed


def same(interpreter: Interpreter, state: State, names: set[str]) -> Expr:
    """That the variables have the values that they have in a state."""
    program = interpreter.program
    return conjunction(
        *(
            Apply("==", (Read(name, at), Const(interpreter.value(Read(name, at), state))))
            for name in sorted(names)
            for at in elements(program.variable(name), program)
        )
    )


def made(seed: int, *, words: bool = True) -> Made:
    program = surroundings(words=words)
    first, *others = program.processes
    chosen = [f"end{number}" for number in range(MOST)]
    names = ("sets_out", "chooses", *chosen)
    points = [Point(name, first.name, NOWHERE, None) for name in names]
    points += [Point(f"{process.name}_waits", process.name, NOWHERE, None) for process in others]
    program = replace(
        program,
        points=tuple(points),
        properties=(),
        processes=(
            replace(first, entry="sets_out", end="end0"),
            *(replace(p, entry=f"{p.name}_waits", end=f"{p.name}_waits") for p in others),
        ),
    )
    make, chance = Expressions(program, seed), random.Random(seed)
    doings = [doing(program, make, chance, name) for name in chosen]
    together = Apply(
        "==",
        (
            Apply("set", tuple(Read(PC, (Const(task),)) for task in first.tasks)),
            Apply("set", (Const("chooses"),)),
        ),
    )
    leaves = Step("atomic", NOWHERE, Apply("==", (SELF, Const(first.tasks[0]))), setting_out(program, make))
    chooses = Step("atomic", NOWHERE, together, Block((), Fork(tuple(block for block, _ in doings))))
    steps = {"sets_out": leaves, "chooses": chooses}

    def moving(program: Program, steps: dict[str, Step], claims: dict[str, Claim]) -> Program:
        changed = (
            replace(p, step=steps.get(p.name), claims=(claims[p.name],) if p.name in claims else ())
            for p in points
        )
        return replace(program, points=tuple(changed))

    interpreter = Interpreter(moving(program, steps, {}))
    (left,) = interpreter.transitions(interpreter.initial())
    reached: dict[str, dict[Task, list[State]]] = {}
    for transition in interpreter.transitions(left.state):
        name = interpreter.pc(transition.state, transition.task).name
        reached.setdefault(name, {}).setdefault(transition.task, []).append(transition.state)
    claims: dict[str, Claim] = {}
    for name, (_, changed) in zip(chosen, doings, strict=True):
        known = FALSE
        for task, states in reached[name].items():
            alike = [same(interpreter, state, changed) for state in states]
            there = alike[0] if len(alike) == 1 else Apply("or", tuple(alike))
            known = Apply("if", (Apply("==", (SELF, Const(task))), there, known))
        test = make.make(BOOL, 4)
        holds = {
            interpreter.value(test, state, task) for task, states in reached[name].items() for state in states
        }
        if len(holds) == 1:
            known = conjunction(test if holds == {True} else negation(test), known)
        claims[name] = Claim(name, known, NOWHERE)
    guard = make.make(BOOL, 4)
    if all(interpreter.value(guard, left.state, task) is not True for task in first.tasks):
        guard = Apply("not", (guard,))
    steps["chooses"] = replace(chooses, guard=Apply("and", (together, guard)))
    final = replace(moving(program, steps, claims), properties=tuple(chosen))
    return Made(final, len(Interpreter(final).search(10_000)[0]))


def checked(emission: Emission) -> tla.Outcome:
    job = tla.Job(
        module=emission.module, module_text=emission.module_text, cfg_text=emission.cfg_text,
        check_deadlock=False, liveness=bool(emission.temporal), quick=True,
    )  # fmt: skip
    return tla.run(job, tla.find_tools(), tla.Limits(seconds=300))


@pytest.mark.parametrize("seed", [0])
def test_values_and_assignments(seed: int) -> None:
    found = made(seed)
    emission = emit(found.program)
    outcome = checked(emission)
    assert isinstance(outcome, tla.Holds), f"{outcome}\n{emission.module_text}"
    assert outcome.totals.distinct == found.outcomes


ONE_BEHAVIOUR = """model one_behaviour
enum Phase: idle, busy, done
shared x: bool
shared n: range(-3, 4) = 1
shared o: range(-3, 4) | None
shared p: Phase
shared s: set[range(-3, 4)]

process task:
    atomic:
        n = -2
        o = 0
    atomic:
        x = True
        s = {-3, -2, -1}
        p = busy
    while True:
        atomic:
            n = 3
            x = False
            p = done
        atomic:
            o = None
            s = {2}
            x = True
        atomic:
            p = idle
            n = -1
"""


def the_lasso(interpreter: Interpreter) -> tuple[tuple[State, ...], int]:
    """The states of a program that has one behaviour, and where it goes on after the last."""
    states = [interpreter.initial()]
    while True:
        (transition,) = interpreter.transitions(states[-1])
        if transition.state in states:
            return tuple(states), states.index(transition.state)
        states.append(transition.state)


def test_temporal_formulas() -> None:
    """Random ones on a behaviour that is known: TLC is asked for each that holds, or for its negation."""
    (cell,) = cells(ONE_BEHAVIOUR)
    program = whole(cell.program)
    states, loop = the_lasso(Interpreter(program))
    make = Expressions(program, 1, of_a_task=False)
    formulas: list[Property] = []
    while len(formulas) < 40:
        formula = simplified(make.temporal(3))
        if formula in (TRUE, FALSE):
            continue
        if not truth(formula, states, loop, Interpreter(program))[0]:
            formula = negation(formula)
        formulas.append(Property(f"claim{len(formulas)}", formula, (), NOWHERE))
    program = replace(program, temporal=tuple(formulas))
    emission = emit(program, (), temporal=[formula.name for formula in formulas])
    outcome = checked(emission)
    assert isinstance(outcome, tla.Holds), f"{outcome}\n{emission.module_text}"


CONSTANT = """model constant
const N: int = 2
shared x: bool
process a:
    x = True
property among: always not (N in {k for k in range(5) if k > 3})
property partly: eventually (x and N not in set())
property counted: eventually (len({1, 2}) == 1)
"""


def test_what_is_constant_is_folded() -> None:
    """TLC gets it wrong that something constant holds always."""
    (cell,) = cells(CONSTANT)
    among, partly, counted = (property.formula for property in cell.live.temporal)
    assert (among, counted) == (TRUE, FALSE)
    assert partly == Apply("eventually", (Read("x"),))


def test_precedence() -> None:
    """Parentheses where TLA+ has no reading, or another one; and nowhere else."""

    def text(sign: str, *operands: Text) -> Text:
        return infix(OPERATORS[sign], operands)

    a, b, c = Text("a"), Text("b"), Text("c")
    minus_one = Text("-1", MINUS)
    for left, right, of_left, of_right in (
        ("-", "-", "a - b - c", "a - (b - c)"),
        ("\\", "\\", "(a \\ b) \\ c", "a \\ (b \\ c)"),
        ("+", "-", "(a + b) - c", "a + b - c"),
        ("%", "+", "(a % b) + c", "a % (b + c)"),
        ("*", "%", "a * b % c", "a * (b % c)"),
        ("*", "\\div", "(a * b) \\div c", "a * (b \\div c)"),
        ("\\in", "=", "(a \\in b) = c", "a \\in (b = c)"),
        ("=", "/\\", "a = b /\\ c", "a = (b /\\ c)"),
        ("/\\", "\\/", "(a /\\ b) \\/ c", "a /\\ (b \\/ c)"),
    ):
        assert text(right, text(left, a, b), c).text == of_left
        assert text(left, a, text(right, b, c)).text == of_right
    assert text("\\cup", Text("1..2", INTERVAL), a).text == "1..2 \\cup a"
    assert text("\\div", minus_one, a).text == "(-1) \\div a"
    assert text("*", a, minus_one).text == "a * (-1)"
    assert text("+", minus_one, a).text == "-1 + a"
    assert infix(OPERATORS["/\\"], (a, text("/\\", b, c)), regroup=True).text == "a /\\ b /\\ c"


def test_a_product_in_a_property(pfnspec: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    """TLC 2.15 does not find the variables in it, if it is printed as it is in other formulas."""
    (tmp_path / "m.pfn").write_text(
        "model m\n\nshared z: range(-2, 3) = 0\n\nprocess a:\n    z = 1\n\n"
        "property doubled: eventually (2 * z == 2)\nproperty never: eventually (z * z == 4)\n"
        "expect never violated\n"
    )
    ran = pfnspec("check", tmp_path / "m.pfn", "--no-cache", "--format", "json")
    assert ran.returncode == 0, ran.stdout
    properties = [v for v in json.loads(ran.stdout)["verdicts"] if v["kind"] == "property"]
    assert [v["evidence"]["engines"] for v in properties] == [["tlc", "interpreter"]] * 2


def test_who_ends_a_wait_is_told_in_an_order() -> None:
    """Sets have none, and a module that is printed otherwise each time is another one for every memory."""
    path = Path(__file__).parents[2] / "examples" / "waiting" / "cancel_work_under_lock.pfn"
    (cell, *_) = load(str(path)).cells
    waits = [point.step.wait for point in cell.program.points if point.step is not None and point.step.wait]
    queues = [[help.queue or "" for help in wait.helps] for wait in waits]
    assert any(len(group) > 1 for group in queues)
    assert all(group == sorted(group) for group in queues)
