"""Random models: small, well formed, and full of what two engines or two programs could disagree on.

`made(seed)` is one, with words for what it has in it; `model(seed)` is its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from random_assumptions import with_assumption
from random_atomics import with_atomics
from random_barriers import weakly
from random_conditions import with_calls
from random_formulas import LOCKS, SCALARS, Place, Surroundings
from random_gotos import with_gotos
from random_ipis import with_ipis
from random_objects import with_objects
from random_regions import with_regions
from random_sections import with_sections
from random_starts import with_starts
from random_statements import Statements, indented
from random_words import with_words

# Names that the module has of its own, that TLA+ has a meaning for, or that differ in case only.
CLASHING = (
    "Init", "Next", "Spec", "vars", "Tasks", "Index", "Reached", "Fairness", "Terminating", "Blockers",
    "Minimum", "Before", "Drop", "Len", "Append", "Seq", "Nat", "Cardinality", "DOMAIN", "SUBSET", "CHOOSE",
    "EXCEPT", "WF_x", "TLCGet", "GivesWay", "Places", "sleepy", "pc", "task", "queue", "group", "waiting",
    "register", "other", "place", "anyone", "t", "u", "c", "T0", "T0s", "t0_0", "x_2", "K", "X", "B", "I",
    "end_", "i0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A model, and words for what is in it."""

    text: str
    shapes: frozenset[str]


class _Maker(Statements):
    def __init__(self, seed: int, *, liveness: bool, weak: bool = False) -> None:
        super().__init__(seed, liveness=liveness)
        self.weak = weak
        self.functions: list[str] = []

    # -- the whole

    def text(self) -> str:
        r = self.random
        kinds = r.sample(list(SCALARS), r.choice((1, 1, 2, 2, 3)))
        self.scalars = [Place(SCALARS[kind][0], kind) for kind in kinds]
        if self.chance(75 if self.much == "states" else 35):
            self.scalars.append(Place("a", r.choice(("bool", "range", "bit", "signed", "set")), 2))
        locks = r.sample(LOCKS, r.choice((1, 1, 1, 2, 2)))
        if self.much == "queues":
            locks = r.sample(("rwlock", "rwsem"), r.choice((1, 1, 2)))
        self.locks = [Place(f"l{i}", kind, 2 if self.chance(20) else 0) for i, kind in enumerate(locks)]
        self.queue = self.chance(60 if self.much == "CPUs" else 40)
        self.counters = r.choice((["seq"], ["seqs"], ["seq", "seqs"])) if self.chance(30) else []
        self.record = self.chance(25)
        self.ghost = self.chance(80 if self.much == "states" else 25)
        if self.counters and self.chance(45):
            self.shared_snapshots = r.choice((["seen"], ["seens"], ["seen", "seens"]))
        if "seqs" in self.counters or "seens" in self.shared_snapshots:
            self.shapes.add("counters or snapshots in arrays")
        if self.chance(20):
            self.shapes.add("read sections and grace periods")
            self.domains = r.choice(([""], ["sr"], ["", "sr"], ["sr[0]", "sr[self]"]))
        plain = [lock for lock in self.locks if not lock.size]
        self.pair_lock = self.random.choice(plain) if plain and self.chance(30) else None
        self.cpus = {"CPUs": r.choice((1, 2, 2)), "queues": 1}.get(self.much, r.choice((0, 0, 0, 1, 2)))
        self.cpus = 0 if self.weak else self.cpus
        if self.cpus == 1 and any(lock.kind in ("rwlock", "rwsem") for lock in self.locks):
            self.shapes.add("rwlock or rwsem on one CPU")
        self.handlers = not self.cpus and self.chance(18)
        counts = r.choice(((1, 1), (2,), (1, 2), (2, 1), (1, 1, 1), (1,), (2,)))
        if self.much == "CPUs":
            counts = r.choice(((1, 1, 1), (1, 2), (2, 1), (1, 1)))
        self.processes = [(f"t{i}", count) for i, count in enumerate(counts)]
        self.size = {1: 13, 2: 11, 3: 7}[sum(counts)]
        self.size -= 3 * self.handlers
        # In any order, so that each may name the labels and locals of any other.
        bodies = {name: self.process(name, count) for name, count in r.sample(self.processes, len(counts))}
        if self.handlers:
            self.shapes.add("handlers")
            for number in range(r.choice((1, 1, 2))):
                self.handler(bodies, f"h{number}", *r.choice(self.processes[: len(counts)]))
        lines = ["model random_model", ""]
        lines += ["enum Phase: idle, busy, done", ""]
        if self.record:
            lines += ["class Thing:", f"    lock: {self.record_lock()}", "    v: range(2)", ""]
            lines += ["shared thing: Thing", "shared things: Thing[2]"]
        for place in self.scalars:
            sort = SCALARS[place.kind][1] + (f"[{place.size}]" if place.size else "")
            initial = " = True" if place.kind == "bool" and self.chance(30) else ""
            initial = " = 0" if place.kind == "signed" and self.chance(70) else initial
            lines.append(f"shared {place.name}: {sort}{initial}")
        lines += [f"shared {p.name}: {p.kind}{f'[{p.size}]' if p.size else ''}" for p in self.locks]
        lines += ["shared wq: waitqueue"] if self.queue else []
        if any(self.domains):
            lines.append(f"shared sr: srcu{'[2]' if self.domains[-1] != 'sr' else ''}")
        lines += [f"shared {name}: generation{'[2]' if name == 'seqs' else ''}" for name in self.counters]
        lines += [
            f"shared {name}: snapshot{'[2]' if name == 'seens' else ''}" for name in self.shared_snapshots
        ]
        lines += ["ghost told: range(3)", "ghost known: bool"] if self.ghost else []
        if self.pair_lock:
            lines += [f"shared ok: bool{self.one('', ' = True')}", "shared val: range(3)"]
        for function in self.functions:
            lines += ["", *function.split("\n")]
        for name, _ in self.processes:
            lines += ["", *bodies[name]]
        lines += ["", *self.formulas()]
        lines += self.setting()
        text = "\n".join(lines) + "\n"
        return self.renamed(text) if self.chance(20) else text

    def renamed(self, text: str) -> str:
        """With names that clash with those of the module and each other."""
        self.shapes.add("names that clash")
        own = {name for name, _ in self.processes} | {p.name for p in (*self.scalars, *self.locks)}
        own |= {"b", "i", "mine", "wq", "seq", "told", "thing", "v", "seen", "c", "given"}
        own |= {mark for marks in self.labels.values() for mark in marks}
        others = [name for name in CLASHING if not re.search(rf"\b{name}\b", text)]
        chosen = self.random.sample(sorted(own), min(len(own), 6))
        new = dict(zip(chosen, self.random.sample(others, len(chosen)), strict=True))
        return re.sub(r'"[^"]*"|\w+', lambda found: new.get(found.group(), found.group()), text)

    def handler(self, bodies: dict[str, list[str]], name: str, interrupted: str, count: int) -> None:
        """A handler of any level, short."""
        self.labels[name], self.locals[name] = [], []
        self.budget = 3
        level = self.one("interrupt", "interrupt", "softirq", "nmi")
        here = Surroundings(name, holds=("spinlock",))
        first = [f"if {self.truth(here)}:", "    return"] if self.chance(20) else []
        body = [*first, *self.block(here.inside(depth=0), 1 + self.random.randrange(2))]
        bodies[name] = [f"{level} {name} on {interrupted}:", *indented(body)]
        self.processes.append((name, count))

    def setting(self) -> Iterator[str]:
        if self.waits:
            policies = (
                "spin",
                "resched",
                "block",
                "halt_poll(polls=1)",
                "kvm_halt_poll(polls=1)",
                "late",
                "own",
                "own(more=1)",
            )
            chosen = self.random.sample(policies, 2)
            if chosen[0].split("(")[0] == chosen[1].split("(")[0]:
                chosen = chosen[:1]
            yield f"policies {', '.join(chosen)}"
            if "late" in chosen:
                yield from ("", "policy late:", "    if not cond:", "        prepare_to_wait(wq)")
                yield from ("        schedule()", "        finish_wait(wq)")
            if any(name.startswith("own") for name in chosen):
                self.shapes.add("a policy with locals")
                yield from (
                    "",
                    "policy own(more: int = 0):",
                    "    tries: range(3) = 0",
                    "    was: bool = cond",
                )
                yield from ("    while not was and tries < 1 + more:", "        tries += 1")
                yield from (f"        {self.one('cpu_relax()', 'cond_resched()')}", "        was = cond")
                yield from ("    if not was:", f"        wait {self.one('block', 'spin')}")
        if self.cpus:
            yield from ("", "scenario few:", f"    cpus = {self.cpus}")
            yield f"    preempt = {self.one('none', 'full')}"

    def process(self, name: str, count: int) -> list[str]:
        modifier = "daemon " if self.chance(8) else ""
        modifier += "unfair " if self.liveness and self.chance(15) else ""
        pin = ""
        if self.cpus and self.chance(40):
            where = (
                "self" if self.cpus == 2 == count and self.chance(50) else self.one("0", str(self.cpus - 1))
            )
            pin = self.shape("tasks that are pinned", f" on cpu({where})")
        self.labels[name], self.locals[name] = [], []
        here = Surroundings(name)
        body: list[str] = []
        if self.chance(50):
            body.append("b: bool = False")
            here.bools.append("b")
            self.locals[name].append(("b", "bool"))
        if self.chance(40):
            body.append("i: range(2) = 0")
            here.numbers.append("i")
            self.locals[name].append(("i", "number"))
        if self.counters:
            body.append("mine: snapshot")
            here.snapshots.append("mine")
            if self.chance(80):
                body.append(f"mine = {self.counted(here)}")
        if self.handlers:
            body.append("f: bool = False")
            here.flags.append("f")
        self.budget = self.size
        inner = self.block(here.inside(depth=0), 2 + self.random.randrange(3))
        if self.chance(25):
            head = self.one("while maybe():", "while True:", "for j in range(2):")
            inner = [
                head,
                *indented(inner),
                *(["    cond_resched()"] if head == "while True:" else []),
            ]
        return [f"{modifier}process {name}[{count}]{pin}:", *indented([*body, *inner])]

    # -- functions

    def call(self, here: Surroundings) -> list[str]:
        if here.function is not None or len(self.functions) > 1 or self.budget < 3:
            return []
        name = f"f{len(self.functions)}"
        self.functions.append("")
        truth = self.chance(50)
        inner = Surroundings(here.process, 1, function=name, returns="bool" if truth else None)
        parameters, arguments = [], []
        if self.chance(50):
            parameters.append("c: bool")
            arguments.append(self.truth(here))
            inner.bools.append("c")
        simple = [lock for lock in self.locks if lock.kind in ("spinlock", "mutex")]
        arrays = [p for p in self.scalars if p.size and p.kind in ("bool", "bit")]
        body: list[str] = []
        if simple and self.chance(60):
            lock = self.random.choice(simple)
            parameters.append(f"given: {lock.kind}")
            arguments.append(f"{lock.name}[{self.index(here)}]" if lock.size else lock.name)
            inside = inner.inside(holds=("given", lock.kind))
            if self.chance(45):
                parameters.append(f"other: {lock.kind}")
                arguments.append(f"{lock.name}[{self.index(here)}]" if lock.size else lock.name)
                self.shapes.add("references to one place")
                inside = inside.inside(holds=("given", "other", lock.kind))
                body += ["if other.trylock():", *indented([*self.block(inside, 1), "other.unlock()"])]
            body += [
                "with given:",
                *indented([*self.block(inside, 2), *(self.leave(inside) if truth else [])]),
            ]
        elif self.record and self.chance(60):
            parameters += ["it: Thing", "that: Thing"]
            arguments += [self.thing(here), self.thing(here)]
            self.shapes.add("references to one place")
            body += [self.one("it.v = 1", "it.v = 0"), self.one("that.v = 1 - it.v", "that.v = 0")]
            body += ["return it.v == 1"] if truth else []
        elif arrays and self.chance(60):
            place = self.random.choice(arrays)
            parameters += [f"it: {SCALARS[place.kind][1]}[2]", f"that: {SCALARS[place.kind][1]}[2]"]
            arguments += [place.name, place.name]
            self.shapes.add("references to one place")
            body += [f"it[{self.index(inner)}] = that[{self.index(inner)}]"]
            body += self.block(inner, 1)
        else:
            body += self.block(inner, 1 + self.random.randrange(2))
        if truth:
            body.append(f"return {self.truth(inner)}")
        head = f"def {name}({', '.join(parameters)}){' -> bool' if truth else ''}:"
        self.functions[int(name[1:])] = "\n".join([head, *indented(body)])
        call = f"{name}({', '.join(arguments)})"
        if not truth:
            return [call]
        if here.bools and self.chance(50):
            return [f"{self.random.choice(here.bools)} = {call}"]
        return [f"if {call}:", *indented(self.block(here.inside(), 1))]


def made(seed: int, *, liveness: bool = False, weak: bool = False) -> Made:
    """As `_made`; every third one has regions, and every fifth without liveness assumes something."""
    found = _made(seed, liveness=liveness, weak=weak)
    if seed % 3 == 0:
        text = with_regions(found.text, seed)
        found = Made(text, found.shapes | ({"regions"} if text != found.text else set()))
    if seed % 5 == 3 and not liveness:
        text = with_assumption(found.text, seed)
        found = Made(text, found.shapes | ({"an assumption"} if text != found.text else set()))
    return found


def _made(seed: int, *, liveness: bool, weak: bool) -> Made:
    """A random model; it may be refused for a reason that only checking tells.  `weak`: with weak memory and
    barriers, if it does not count CPUs."""
    maker = _Maker(seed, liveness=liveness, weak=weak)
    text = maker.text()
    shapes = set(maker.shapes)
    if seed % 4 == 3:
        plain, text = text, with_calls(text, seed)
        shapes |= {"calls in conditions"} if text != plain else set()
    if seed % 5 == 1:
        plain, text = text, with_gotos(text, seed)
        shapes |= {"jumps to labels below"} if text != plain else set()
    if seed % 5 == 2 and not weak:
        plain, text = text, with_sections(text, seed)
        shapes |= {"sections with a condition, or that offer the CPU"} if text != plain else set()
    if weak and seed % 2:
        plain, text = text, with_atomics(text, seed, weak=True)
        shapes |= {"atomic operations"} if text != plain else set()
    if weak and (weaker := weakly(text, seed)) is not None:
        return Made(weaker, frozenset(shapes | {"weak memory"}))
    if seed % 4 == 1 and not weak:
        text = with_objects(text, seed)
        shapes |= {"objects, works, completions"}
    if seed % 4 == 2:
        plain, text = text, with_atomics(text, seed)
        shapes |= {"atomic operations"} if text != plain else set()
    if seed % 4 == 0 and not weak:
        text = with_words(text, seed)
        shapes |= {"words of several fields"}
    if seed % 3 == 2:
        plain, text = text, with_starts(text, seed)
        shapes |= (
            {"several starts"} if "= choose(" in text.partition("process ")[0] and text != plain else set()
        )
    if seed % 2 and not weak:
        plain, text = text, with_ipis(text, seed)
        shapes |= {"interrupts that tasks send"} if text != plain else set()
    return Made(text, frozenset(shapes))


def model(seed: int, *, liveness: bool = False, weak: bool = False) -> str:
    """Its text."""
    return made(seed, liveness=liveness, weak=weak).text
