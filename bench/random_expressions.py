"""Random expressions of a program, of every sort that its variables have.

They are made without the parser and the lowering, so that the printer of TLA+ and the interpreter get
whatever a program may contain: `Expressions(program, seed).make(kind, depth)`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pfnspec.dsl.model import sorts as s
from pfnspec.translator.program.program import (
    NONE,
    SELF,
    Altered,
    AnyTask,
    Apply,
    BoundName,
    Composed,
    Const,
    Defined,
    Expr,
    FieldOf,
    PointName,
    Program,
    Quantified,
    Read,
    Record,
    Task,
    TaskAt,
    TaskQueue,
    TaskSet,
    Value,
    Variable,
    reads,
)

COMPARISONS = ("<", "<=", ">", ">=")
LOWEST, HIGHEST = -3, 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What an expression yields: `of` is int, bool, task, point, snapshot, or the name of an enum or a word;
    `many` is one, none (one or None), set or queue."""

    of: str
    many: str = "one"

    def one(self) -> Kind:
        return Kind(self.of)


INT, BOOL, TASK = Kind("int"), Kind("bool"), Kind("task")


def kind_of(variable: Variable) -> Kind | None:
    """What an element of a variable is; None for one that this module knows nothing of."""
    match variable.sort:
        case AnyTask():
            return Kind("task", "none")
        case TaskSet():
            return Kind("task", "set")
        case TaskQueue():
            return Kind("task", "queue")
        case PointName():
            return Kind("point")
        case s.Snapshot():
            return Kind("snapshot", "none")
        case s.SetOf(of=of):
            return Kind(_base(of), "set")
        case s.Optional(of=of):
            return Kind(_base(of), "none")
        case s.Bool() | s.Range() | s.Enum() | s.Word() as plain:
            return Kind(_base(plain))
        case _:
            return None


def _base(sort: s.Sort) -> str:
    match sort:
        case s.Bool():
            return "bool"
        case s.Range():
            return "int"
        case s.Enum(name=name) | s.Word(name=name):
            return name
        case _:
            raise AssertionError(sort)


def _field(sort: s.Sort) -> Kind:
    return Kind(_base(s.bare(sort)), "none" if isinstance(sort, s.Optional) else "one")


class Expressions:
    """Makes expressions over a program's variables, and values for these."""

    def __init__(self, program: Program, seed: int, *, of_a_task: bool = True) -> None:
        self.random = random.Random(seed)
        self.program = program
        self.of_a_task = of_a_task
        self.members: dict[str, tuple[str, ...]] = {
            "point": tuple(point.name for point in program.points),
            "snapshot": ("current", "outdated"),
        }
        self.words: dict[str, dict[str, Kind]] = {}
        self.variables: dict[Kind, list[Variable]] = {}
        for variable in program.variables:
            sort = variable.sort.of if isinstance(variable.sort, s.Optional | s.SetOf) else variable.sort
            if isinstance(sort, s.Enum):
                self.members[sort.name] = sort.members
            if isinstance(sort, s.Word):
                self.words[sort.name] = {name: _field(of) for name, of, _ in sort.fields}
            kind = kind_of(variable)
            if kind is not None:
                self.variables.setdefault(kind, []).append(variable)
        self.names = 0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Those that the program has variables of."""
        return tuple(self.variables)

    # -- values

    def value(self, kind: Kind) -> Value:
        match kind.many:
            case "none":
                return None if self.random.random() < 0.3 else self.value(kind.one())
            case "set":
                return frozenset(self.value(kind.one()) for _ in range(self.random.randrange(4)))
            case "queue":
                tasks = list(self.program.tasks)
                return tuple(self.random.sample(tasks, self.random.randrange(len(tasks))))
        match kind.of:
            case "int":
                return self.random.randint(LOWEST, HIGHEST)
            case "bool":
                return self.random.random() < 0.5
            case "task":
                return self.random.choice(self.program.tasks)
            case word if word in self.words:
                fields = self.words[word].items()
                return Record(tuple((name, self.value(of)) for name, of in fields))  # type: ignore[misc]
            case _:
                return self.random.choice(self.members[kind.of])

    # -- expressions

    def make(self, kind: Kind, depth: int, bound: Mapping[str, Kind] = {}) -> Expr:
        """An expression of a kind, in which so many more may nest; `bound` are the names around it."""
        made: list[Callable[[], Expr]] = [lambda: Const(self.value(kind))]
        made += [lambda: self.read(kind, depth, bound)] * (3 * (kind in self.variables))
        made += [lambda name=name: BoundName(name) for name, known in bound.items() if known == kind] * 2
        if kind.many == "none":
            made += [lambda: NONE, lambda: self.make(kind.one(), depth, bound)]
        if kind == TASK and self.of_a_task:
            made += [lambda: SELF] * 2
        if depth > 0:
            deeper = self.deeper(kind, depth - 1, bound)
            made += deeper * max(1, 12 // len(deeper))
        return self.random.choice(made)()

    def some(self, bound: Mapping[str, Kind], depth: int, *kinds: Kind) -> tuple[Expr, ...]:
        return tuple(self.make(kind, depth, bound) for kind in kinds)

    def read(self, kind: Kind, depth: int, bound: Mapping[str, Kind]) -> Expr:
        variable = self.random.choice(self.variables[kind])
        return Read(variable.name, self.indices(variable, depth, bound))

    def indices(self, variable: Variable, depth: int, bound: Mapping[str, Kind] = {}) -> tuple[Expr, ...]:
        """Of an element that there is."""
        found: list[Expr] = []
        if variable.process == "*":
            found.append(self.make(TASK, depth - 1, bound))
        elif variable.process:
            found.append(self.task(self.program.tasks_of(variable), depth, bound))
        found += [self.below(size, depth, bound) for size in variable.sizes]
        return tuple(found)

    def below(self, size: int, depth: int, bound: Mapping[str, Kind]) -> Expr:
        """A number from 0 to size - 1."""
        if depth < 1 or self.random.random() < 0.5:
            return Const(self.random.randrange(size))
        return Apply("%", (self.make(INT, depth - 1, bound), Const(size)))

    def task(self, tasks: tuple[Task, ...], depth: int, bound: Mapping[str, Kind]) -> Expr:
        """A task of one process."""
        if self.random.random() < 0.4:
            return Const(self.random.choice(tasks))
        return TaskAt(tasks[0].process, self.below(len(tasks), depth, bound))

    def deeper(self, kind: Kind, depth: int, bound: Mapping[str, Kind]) -> list[Callable[[], Expr]]:
        """The operations that yield a kind."""

        def apply(operator: str, *kinds: Kind) -> Callable[[], Expr]:
            return lambda: Apply(operator, self.some(bound, depth, *kinds))

        found = [apply("if", BOOL, kind, kind)]
        found += [
            lambda word=word, name=name: FieldOf(self.make(Kind(word), depth, bound), name)
            for word, fields in self.words.items()
            for name, of in fields.items()
            if of == kind
        ]  # type: ignore[misc]
        if kind.many == "one" and kind.of in self.words:
            fields = self.words[kind.of]
            found.append(lambda: Composed(tuple(fields), self.some(bound, depth, *fields.values())))
            found += [
                lambda name=name, of=of: Altered(*self.altered(kind, name, of, depth, bound))
                for name, of in fields.items()
            ]  # type: ignore[misc]
        match kind.many, kind.of:
            case "set", _:
                element = kind.one()
                found += [apply(sign, kind, kind) for sign in ("|", "&", "minus", "minus")]
                found += [apply("set", *(element,) * count) for count in range(1, 4)]
                found += [lambda: self.built(element, depth, bound)] * 3
                if kind.of == "task":
                    found += [apply("before", Kind("task", "queue"), TASK)] * 2
                    found.append(lambda: Const(frozenset(self.random.choice(self.program.processes).tasks)))
            case "queue", _:
                found += [apply(word, kind, TASK) for word in ("append", "drop")]
            case "one", "int":
                found += [apply(sign, INT, INT) for sign in "+-"] * 2
                # Products stay below what TLC can count to.
                small = (min(depth, 1), INT, INT)
                found += [lambda: Apply("*", self.some(bound, *small))]
                found += [lambda sign=sign: self.divided(sign, depth, bound) for sign in ("//", "%")] * 2
                found += [apply("neg", INT), apply("min", INT, INT), apply("max", INT, INT, INT)]
                found += [apply("len", Kind("int", "set")), apply("index", TASK)]
            case "one", "bool":
                found += [apply(word, BOOL, BOOL) for word in ("and", "or", "implies")] * 3
                found += [apply("and", BOOL, BOOL, BOOL), apply("not", BOOL), apply("not", BOOL)]
                found += [lambda: self.compared(depth, bound)] * 6
                found += [apply(sign, INT, INT) for sign in COMPARISONS]
                found += [lambda: self.among(depth, bound)] * 3
                found += [lambda: self.quantified(depth, bound)] * 4
                found += [
                    lambda d=d: Defined(d.name, self.some(bound, depth, TASK)[0])
                    for d in self.program.definitions[:1]
                ]  # type: ignore[misc]
            case "one", "task":
                tasks = self.random.choice([p.tasks for p in self.program.processes if p.tasks])
                found += [lambda: self.task(tasks, depth, bound)] * 4
        return found

    def altered(
        self, kind: Kind, name: str, of: Kind, depth: int, bound: Mapping[str, Kind]
    ) -> tuple[Expr, str, Expr]:
        whole, part = self.some(bound, depth, kind, of)
        return whole, name, part

    def divided(self, sign: str, depth: int, bound: Mapping[str, Kind]) -> Expr:
        """By a constant above zero, as the language has it."""
        return Apply(sign, (self.make(INT, depth, bound), Const(self.random.randint(1, 4))))

    def compared(self, depth: int, bound: Mapping[str, Kind]) -> Expr:
        kind = self.random.choice([INT, BOOL, *self.kinds])
        return Apply(self.random.choice(("==", "!=")), self.some(bound, depth, kind, kind))

    def among(self, depth: int, bound: Mapping[str, Kind]) -> Expr:
        kind = self.random.choice([kind for kind in self.kinds if kind.many == "set"])
        if self.random.random() < 0.3:
            return Apply("subset", self.some(bound, depth, kind, kind))
        return Apply("in", self.some(bound, depth, kind.one(), kind))

    def bind(
        self, kind: Kind, depth: int, bound: Mapping[str, Kind]
    ) -> tuple[str, Expr, Expr | None, Mapping[str, Kind]]:
        """A bound name, its domain, maybe a condition on it, and the names that are known inside."""
        self.names += 1
        name = self.random.choice(("x", "y", f"z{self.names}"))
        domain: Expr = self.make(kind, depth, bound)
        if kind.of == "int" and self.random.random() < 0.4:
            low = self.random.randint(LOWEST, 1)
            domain = Const(frozenset(range(low, low + self.random.randint(0, 4))))
        inner = {**bound, name: kind.one()}
        condition = self.make(BOOL, depth, inner) if self.random.random() < 0.4 else None
        return name, domain, condition, inner

    def a_set(self) -> Kind:
        return self.random.choice([kind for kind in self.kinds if kind.many == "set"])

    def quantified(self, depth: int, bound: Mapping[str, Kind]) -> Expr:
        name, domain, condition, inner = self.bind(self.a_set(), depth, bound)
        body = self.make(BOOL, depth, inner)
        return Quantified(self.random.choice(("all", "any")), name, domain, condition, body)

    def built(self, element: Kind, depth: int, bound: Mapping[str, Kind]) -> Expr:
        source = Kind(element.of, "set") if self.random.random() < 0.5 else self.a_set()
        name, domain, condition, inner = self.bind(source, depth, bound)
        itself = source.one() == element and self.random.random() < 0.5
        body = BoundName(name) if itself else self.make(element, depth, inner)
        return Quantified("build", name, domain, condition, body)

    # -- temporal formulas

    def temporal(self, depth: int) -> Expr:
        """A formula over behaviours; what is said of single states is made by `make`."""
        if depth == 0:
            # A constant would be folded before TLC sees it.
            return next(e for _ in range(99) if reads(e := self.make(BOOL, 2)))
        word = self.random.choice(
            ("always", "eventually", "leads_to", "not", "and", "or", "implies", "always", "eventually")
        )
        count = 1 if word in ("always", "eventually", "not") else 2
        nested = 0 if word == "leads_to" else depth - 1
        return Apply(word, tuple(self.temporal(self.random.randint(0, nested)) for _ in range(count)))
