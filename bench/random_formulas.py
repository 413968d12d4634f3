"""The places of a random model, and what it says of them: numbers, conditions, claims and formulas."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LOCKS = ("spinlock", "mutex", "rwlock", "rwsem", "rwsem(unfair)")
SPINNING = ("spinlock", "rwlock")

# How a shared or local variable of this kind is declared, and what may be asked of it and done to it.
SCALARS = {
    "bool": ("x", "bool", ("{}", "not {}"), ("{} = True", "{} = False", "{} = not {}")),
    "range": ("n", "range(3)", ("{} == 0", "{} > 0", "{} != 1"), ("{} = 1", "{} += 1", "{} -= 1", "{} = 0")),
    "signed": (
        "z", "range(-3, 4)", ("{} < 0", "{} >= -1", "{} != -2", "{} // 2 == -1", "-{} % 3 == 1"),
        ("{} = -1", "{} -= 1", "{} = -{}", "{} *= -1", "{} //= 2", "{} = {} % 3 - 2", "{} = -3 // 2"),
    ),
    "bit": ("k", "range(2)", ("{} == 0", "{} == 1"), ("{} = 1", "{} = 1 - {}", "{} = 0")),
    "optional": (
        "o", "range(2) | None", ("{} == None", "{} != None", "{} == 1"), ("{} = None", "{} = 1"),
    ),
    "enum": ("p", "Phase", ("{} == idle", "{} != busy"), ("{} = busy", "{} = idle", "{} = done")),
    "set": (
        "s", "set[range(2)]", ("1 in {}", "len({}) > 0", "{} == set()"),
        (
            "{}.add(1)", "{}.remove(0)", "{}.discard(1)", "{} = {{0, 1}}", "{} = set()", "{}.add(0)",
            "{} = {} - {{0}} - {{1}}",
        ),
    ),
}  # fmt: skip
NUMBERS = ("range", "signed", "bit")


@dataclass
class Place:
    """A shared variable: how it is written in code, and its kind (of SCALARS or LOCKS, or else)."""

    name: str
    kind: str
    size: int = 0


@dataclass
class Surroundings:
    """Where a statement is to stand; in no process where a formula does."""

    process: str
    depth: int = 0
    loop: bool = False
    atomic: bool = False
    holds: tuple[str, ...] = ()
    bools: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    function: str | None = None
    returns: str | None = None
    temporal: bool = False

    def inside(self, **changes: object) -> Surroundings:
        known: dict[str, Any] = dict(self.__dict__)
        known.update({"depth": self.depth + 1, **changes})
        return Surroundings(**known)


class Formulas:
    """Makes expressions; which places there are is decided by whoever makes the rest of the model.

    `shapes` are the words for what the model has in it, for those who count.
    """

    def __init__(self, seed: int, *, liveness: bool) -> None:
        self.random = random.Random(seed)
        self.liveness = liveness
        self.shapes: set[str] = set()
        # What the model has much of: faults need several things of a kind beside each other.
        self.much = self.random.choice(("", "", "states", "CPUs", "queues"))
        self.labels: dict[str, list[str]] = {}
        self.locals: dict[str, list[tuple[str, str]]] = {}
        self.scalars: list[Place] = []
        self.locks: list[Place] = []
        self.pair_lock: Place | None = None
        self.processes: list[tuple[str, int]] = []
        self.record = self.ghost = False
        # How counters and shared snapshots are called in code.
        self.counters: list[str] = []
        self.shared_snapshots: list[str] = []
        self.bound = 0

    # -- chance

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def one(self, *options: str) -> str:
        return self.random.choice(options)

    def shape(self, word: str, text: str) -> str:
        """The text, which is of this shape."""
        self.shapes.add(word)
        return text

    def fresh(self) -> str:
        """The name of a bound variable."""
        self.bound += 1
        return f"q{self.bound}"

    # -- places

    def lock(self, here: Surroundings) -> Place:
        if self.record and self.chance(35):
            return Place(f"{self.thing(here)}.lock", self.record_lock())
        lock = self.random.choice(self.locks)
        return Place(f"{lock.name}[{self.index(here)}]" if lock.size else lock.name, lock.kind)

    def record_lock(self) -> str:
        self.record_kind = getattr(self, "record_kind", None) or self.random.choice(LOCKS)
        return self.record_kind

    def index(self, here: Surroundings) -> str:
        """0 or 1, and what the code can compute of it."""
        bits = [p.name for p in self.scalars if p.kind == "bit" and not p.size]
        more: list[str] = []
        if here.depth < 3 and self.chance(12):
            more = [
                f"{p.name}[{self.one('0', '1', *bits)}]" for p in self.scalars if p.kind == "bit" and p.size
            ]
            more += [f"min(len({p.name}), 1)" for p in self.scalars if p.kind == "set" and not p.size]
            more += [f"{p.name} % 2" for p in self.scalars if p.kind == "signed" and not p.size]
            if not here.temporal and self.chance(20):
                more += [f"len({p.name})" for p in self.scalars if p.kind == "set" and not p.size]
            if more:
                return self.shape("a set, an array or a remainder as an index", self.random.choice(more))
        return self.random.choice(["0", "1", *here.numbers, *here.numbers, *bits])

    def thing(self, here: Surroundings) -> str:
        return "thing" if self.chance(60) else f"things[{self.index(here)}]"

    def named(self, place: Place, here: Surroundings) -> str:
        return f"{place.name}[{self.index(here)}]" if place.size else place.name

    def counted(self, here: Surroundings) -> str:
        """A counter."""
        name = self.random.choice(self.counters)
        return f"{name}[{self.index(here)}]" if name == "seqs" else name

    def snapshots(self, here: Surroundings) -> list[str]:
        """Variables for snapshots."""
        return [
            *here.snapshots,
            *(f"{n}[{self.index(here)}]" if n == "seens" else n for n in self.shared_snapshots),
        ]

    # -- numbers

    def number(self, here: Surroundings, depth: int = 2) -> str:
        """A number from anywhere, with every operator that there is."""
        self.shapes.add("arithmetic")
        if depth == 0 or self.chance(20):
            leaves = [*here.numbers, self.one("1", "2", "3", "-1", "-2")]
            leaves += [self.named(p, here) for p in self.scalars if p.kind in NUMBERS]
            leaves += [f"len({self.named(p, here)})" for p in self.scalars if p.kind == "set"]
            return self.random.choice(leaves)
        left, right = self.number(here, depth - 1), self.number(here, depth - 1)
        if self.chance(50):
            left = f"({left})"
        if self.chance(50):
            right = f"({right})"
        sign = self.one("+", "-", "*", "//", "%", "neg", "min", "max")
        match sign:
            case "neg":
                return f"-{left}"
            case "min" | "max":
                return f"{sign}({left}, {right})"
            case "//" | "%":
                return f"{left} {sign} {self.one('1', '2', '3')}"
            case _:
                return f"{left} {sign} {right}"

    def fitted(self, here: Surroundings) -> str:
        """A number that is from -3 to 3, nearly always."""
        match self.random.randrange(4):
            case 0:
                return f"({self.number(here)}) % 4 - {self.one('1', '2', '3')}"
            case 1 if here.numbers:
                return f"{self.random.choice(here.numbers)} {self.one('+', '-', '*')} {self.one('1', '2')}"
            case _:
                return f"max(min({self.number(here)}, 3), -3)"

    # -- truth values

    def simple(self, here: Surroundings) -> str:
        """A truth value about one place."""
        roll = self.random.randrange(100)
        if roll < 25 and here.bools:
            return self.random.choice(here.bools)
        if roll < 35 and here.numbers:
            return f"{self.random.choice(here.numbers)} == 0"
        if roll < 45 and self.record:
            return f"{self.thing(here)}.v == 0"
        if roll < 60 and self.counters and self.snapshots(here):
            return f"{self.random.choice(self.snapshots(here))} {self.one('==', '!=')} {self.counted(here)}"
        if roll < 68:
            return f"{self.number(here)} {self.one('<', '<=', '>', '>=', '==', '!=')} {self.number(here, 1)}"
        place = self.random.choice(self.scalars)
        if place.kind == "optional" and not here.temporal and self.chance(15):
            return f"{self.named(place, here)} < 1"
        if place.size and place.kind == "bool" and self.chance(30):
            return f"{self.one('any', 'all')}({place.name}[q] for q in range(2))"
        return self.random.choice(SCALARS[place.kind][2]).format(self.named(place, here))

    def truth(self, here: Surroundings) -> str:
        if self.chance(70):
            return self.simple(here)
        left, right = self.simple(here), self.simple(here)
        if self.chance(25):
            return f"({left}) {self.one('==', '!=')} ({right})"
        return f"{left} {self.one('and', 'or')} {right}"

    def condition(self, here: Surroundings) -> str:
        return self.one("maybe()", "need_resched()") if self.chance(20) else self.truth(here)

    # -- what only specifications may say

    def claim(self, here: Surroundings, *, plain: bool = False) -> str:
        """What an assertion or a formula says; `plain`: only what code may read as well."""
        if plain:
            return self.truth(here)
        if self.chance(55):
            return self.told(here)
        return f"{self.told(here)} {self.one('or', 'implies', 'or not')} {self.told(here)}"

    def told(self, here: Surroundings) -> str:
        roll = self.random.randrange(100)
        name, count = self.random.choice(self.processes)
        nowhere = here.process == ""
        if self.much == "states" and self.chance(50):
            return self.within(here) if self.chance(60) else self.state_of(here)
        if roll < 32:
            return self.state_of(here)
        if roll < 40 and self.locals.get(name) and (nowhere or name != here.process):
            local, kind = self.random.choice(self.locals[name])
            task = f"{name}[{self.random.randrange(count)}]"
            return f"{task}.{local}" if kind == "bool" else f"{task}.{local} == 0"
        if roll < 48 and self.ghost:
            return self.one("told == 1", "told != 1", "known", "not known")
        if roll < 70:
            return self.within(here)
        return self.simple(here if here.process else Surroundings("", temporal=here.temporal))

    def state_of(self, here: Surroundings) -> str:
        """Where a task stands, or the state of a lock."""
        name, count = self.random.choice(self.processes)
        which = str(self.random.randrange(count))
        if count == 2 and self.chance(10):
            which = self.bit(here)
        marks = self.labels.get(name, [])
        if marks and self.chance(45):
            return f"{name}[{which}] at {self.random.choice(marks)}"
        if self.chance(15):
            return f"{name}[{which}] at end"
        lock = self.lock(Surroundings("", temporal=here.temporal))
        return f"{lock.name}.locked" if self.chance(50) else f"{lock.name}.held_by({name}[{which}])"

    def bit(self, here: Surroundings) -> str:
        """0 or 1, by where a task stands or a lock's state."""
        q = self.fresh()
        return f"len({{{q} for {q} in range(1) if {self.one(*self.told_briefly(here))}}})"

    def told_briefly(self, here: Surroundings) -> list[str]:
        """What `state_of` says, without another number in it."""
        found: list[str] = []
        for name, _ in self.processes:
            found += [f"{name}[0] at {mark}" for mark in self.labels.get(name, [])]
            found += [f"{lock.name}.held_by({name}[0])" for lock in self.locks if not lock.size]
        found += [f"{lock.name}.locked" for lock in self.locks if not lock.size]
        return found or [f"{self.processes[0][0]}[0] at end"]

    def within(self, here: Surroundings) -> str:
        """The state of tasks and locks in an index, a domain, a condition or a number."""
        deeper = here.inside()
        arrays = [p for p in self.scalars if p.size and p.kind in ("bool", "bit", "set")]
        q = self.fresh()
        match self.random.randrange(5):
            case 0 | 1 if arrays:
                place = self.random.choice(arrays)
                asked = self.random.choice(SCALARS[place.kind][2])
                return self.shape(
                    "`at` or a lock's state in an index", asked.format(f"{place.name}[{self.bit(deeper)}]")
                )
            case 2:
                r = self.fresh()
                domain = f"{{{r} for {r} in range(2) if {self.state_of(deeper)}}}"
                body = self.simple(deeper if here.process else Surroundings("", 3, temporal=here.temporal))
                return self.shape(
                    "`at` or a lock's state in a domain or condition",
                    f"{self.one('all', 'any')}({body} for {q} in {domain})",
                )
            case 3:
                body, test = self.state_of(deeper), self.state_of(deeper)
                return self.shape(
                    "`at` or a lock's state in a domain or condition",
                    f"{self.one('all', 'any')}({body} for {q} in range(2) if {test})",
                )
            case _:
                return f"{self.bit(deeper)} {self.one('==', '<', '!=')} {self.number(Surroundings('', 3), 1)}"

    # -- formulas

    def formulas(self) -> Iterator[str]:
        nowhere = Surroundings("")
        for number in range(self.random.choice((0, 1, 1, 2))):
            yield f"invariant safe{number}: {self.claim(nowhere)}"
        if self.pair_lock and self.chance(12):
            yield f"invariant filled: {self.one('not ok or val != 0', 'ok or val == 0')}"
        if self.chance(25):
            yield f"sometimes met: {self.claim(nowhere)}"
        if self.liveness:
            for number in range(self.random.choice((1, 2))):
                yield f"property live{number}: {self.temporal()}"

    def temporal(self) -> str:
        """No use of None, and no index out of bounds: they have no verdict of their own in a property."""
        here = Surroundings("", temporal=True)

        def at() -> str:
            if self.chance(40):
                return self.told(here)
            places = [(name, mark) for name, _ in self.processes for mark in (*self.labels[name], "end")]
            name, mark = self.random.choice(places)
            return f"{name}[0] at {mark}"

        p, q, r = f"({at()})", f"({at()})", f"({at()})"
        return self.random.choice(
            (
                f"{p} leads_to {q}",
                f"{p} leads_to {q}",
                f"always eventually {p}",
                f"eventually always {p}",
                f"eventually {p}",
                f"not always eventually {p}",
                f"(eventually always {p}) implies ({q} leads_to {r})",
                f"(always eventually {p}) implies (always eventually {q})",
                f"{p} until {q}",
                f"always ({p} implies ({q} until {r}))",
                f"({p} leads_to {q}) and (eventually {r})",
            )
        )
