"""The places of a random model, and what it says of them: conditions, claims and formulas."""

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
    "bit": ("k", "range(2)", ("{} == 0", "{} == 1"), ("{} = 1", "{} = 1 - {}", "{} = 0")),
    "optional": (
        "o", "range(2) | None", ("{} == None", "{} != None", "{} == 1", "{} < 1"), ("{} = None", "{} = 1"),
    ),
    "enum": ("p", "Phase", ("{} == idle", "{} != busy"), ("{} = busy", "{} = idle", "{} = done")),
    "set": (
        "s", "set[range(2)]", ("1 in {}", "len({}) > 0", "{} == set()"),
        ("{}.add(1)", "{}.remove(0)", "{}.discard(1)", "{} = {{0, 1}}", "{} = set()", "{}.add(0)"),
    ),
}  # fmt: skip


@dataclass
class Place:
    """A shared variable: how it is written in code, and its kind (of SCALARS or LOCKS, or else)."""

    name: str
    kind: str
    size: int = 0


@dataclass
class Surroundings:
    """Where a statement is to stand."""

    process: str
    depth: int = 0
    loop: bool = False
    atomic: bool = False
    holds: tuple[str, ...] = ()
    bools: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    function: str | None = None
    returns: str | None = None

    def inside(self, **changes: object) -> Surroundings:
        known: dict[str, Any] = dict(self.__dict__)
        known.update({"depth": self.depth + 1, **changes})
        return Surroundings(**known)


class Formulas:
    """Makes expressions; which places there are is decided by whoever makes the rest of the model."""

    def __init__(self, seed: int, *, liveness: bool) -> None:
        self.random = random.Random(seed)
        self.liveness = liveness
        self.labels: dict[str, list[str]] = {}
        self.locals: dict[str, list[tuple[str, str]]] = {}
        self.scalars: list[Place] = []
        self.locks: list[Place] = []
        self.pair_lock: Place | None = None
        self.processes: list[tuple[str, int]] = []
        self.counter = self.record = self.ghost = self.shared_snapshot = False

    # -- chance

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def one(self, *options: str) -> str:
        return self.random.choice(options)

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
        bits = [p.name for p in self.scalars if p.kind == "bit" and not p.size]
        return self.random.choice(["0", "1", *here.numbers, *here.numbers, *bits])

    def thing(self, here: Surroundings) -> str:
        return "thing" if self.chance(60) else f"things[{self.index(here)}]"

    def named(self, place: Place, here: Surroundings) -> str:
        return f"{place.name}[{self.index(here)}]" if place.size else place.name

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
        if roll < 60 and self.counter:
            copies = [*here.snapshots, *(["seen"] if self.shared_snapshot else [])]
            if copies:
                return f"{self.random.choice(copies)} {self.one('==', '!=')} seq"
        place = self.random.choice(self.scalars)
        if place.size and place.kind == "bool" and self.chance(30):
            return f"{self.one('any', 'all')}({place.name}[q] for q in range(2))"
        return self.random.choice(SCALARS[place.kind][2]).format(self.named(place, here))

    def truth(self, here: Surroundings) -> str:
        if self.chance(70):
            return self.simple(here)
        return f"{self.simple(here)} {self.one('and', 'or')} {self.simple(here)}"

    def condition(self, here: Surroundings) -> str:
        return "maybe()" if self.chance(20) else self.truth(here)

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
        task = f"{name}[{self.random.randrange(count)}]"
        known = here.process == "" or name in self.labels
        if roll < 15 and known and self.labels.get(name) and (here.process == "" or name != here.process):
            return f"{task} at {self.random.choice(self.labels[name])}"
        if roll < 20 and here.process == "":
            return f"{task} at end"
        if roll < 30:
            lock = self.lock(Surroundings(""))
            return f"{lock.name}.locked" if self.chance(50) else f"{lock.name}.held_by({task})"
        if roll < 38 and self.locals.get(name) and (here.process == "" or name != here.process):
            local, kind = self.random.choice(self.locals[name])
            return f"{task}.{local}" if kind == "bool" else f"{task}.{local} == 0"
        if roll < 48 and self.ghost:
            return f"told {self.one('==', '!=')} 1"
        return self.simple(here if here.process else Surroundings(""))

    # -- formulas

    def formulas(self) -> Iterator[str]:
        nowhere = Surroundings("")
        for number in range(self.random.choice((0, 1, 1, 2))):
            yield f"invariant safe{number}: {self.claim(nowhere)}"
        if self.pair_lock and self.chance(12):
            yield f"invariant filled: {self.one('not ok or val != 0', 'ok or val == 0')}"
        if self.chance(20):
            yield f"sometimes met: {self.claim(nowhere)}"
        if self.liveness:
            for number in range(self.random.choice((1, 2))):
                yield f"property live{number}: {self.temporal(nowhere)}"

    def temporal(self, here: Surroundings) -> str:
        def at() -> str:
            if self.chance(40):
                # No use of None: in a temporal formula it has no verdict of its own.
                said = self.told(here)
                return said if "<" not in said else "True"
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
