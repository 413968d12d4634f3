"""Random models: small, well formed, and full of what two engines or two programs could disagree on.

`model(seed)` is the text of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from random_conditions import with_calls
from random_formulas import LOCKS, SCALARS, SPINNING, Formulas, Place, Surroundings


class _Maker(Formulas):
    def __init__(self, seed: int, *, liveness: bool) -> None:
        super().__init__(seed, liveness=liveness)
        self.texts = 0
        self.marks = 0
        self.waits = False
        self.budget = 0
        self.functions: list[str] = []

    # -- the whole

    def text(self) -> str:
        r = self.random
        kinds = r.sample(list(SCALARS), r.choice((1, 1, 2, 2, 3)))
        self.scalars = [Place(SCALARS[kind][0], kind) for kind in kinds]
        if self.chance(25):
            self.scalars.append(Place("a", r.choice(("bool", "range")), 2))
        locks = r.sample(LOCKS, r.choice((1, 1, 1, 2, 2)))
        self.locks = [Place(f"l{i}", kind, 2 if self.chance(20) else 0) for i, kind in enumerate(locks)]
        self.queue = self.chance(40)
        self.counter = self.chance(30)
        self.record = self.chance(25)
        self.ghost = self.chance(25)
        self.shared_snapshot = self.counter and self.chance(40)
        plain = [lock for lock in self.locks if not lock.size]
        self.pair_lock = self.random.choice(plain) if plain and self.chance(40) else None
        counts = r.choice(((1, 1), (2,), (1, 2), (2, 1), (1, 1, 1), (1,), (2,)))
        self.processes = [(f"t{i}", count) for i, count in enumerate(counts)]
        self.size = {1: 13, 2: 11, 3: 7}[sum(counts)]
        bodies = [self.process(name, count) for name, count in self.processes]
        lines = ["model random_model", ""]
        lines += ["enum Phase: idle, busy, done", ""]
        if self.record:
            lines += ["class Thing:", f"    lock: {self.record_lock()}", "    v: range(2)", ""]
            lines += ["shared thing: Thing", "shared things: Thing[2]"]
        for place in self.scalars:
            sort = SCALARS[place.kind][1] + (f"[{place.size}]" if place.size else "")
            initial = " = True" if place.kind == "bool" and self.chance(30) else ""
            lines.append(f"shared {place.name}: {sort}{initial}")
        lines += [f"shared {p.name}: {p.kind}{f'[{p.size}]' if p.size else ''}" for p in self.locks]
        lines += ["shared wq: waitqueue"] if self.queue else []
        lines += ["shared seq: generation"] if self.counter else []
        lines += ["shared seen: snapshot"] if self.shared_snapshot else []
        lines += ["ghost told: range(3)"] if self.ghost else []
        if self.pair_lock:
            lines += [f"shared ok: bool{self.one('', ' = True')}", "shared val: range(3)"]
        for function in self.functions:
            lines += ["", *function.split("\n")]
        for body in bodies:
            lines += ["", *body]
        lines += ["", *self.formulas()]
        lines += self.setting()
        return "\n".join(lines) + "\n"

    def setting(self) -> Iterator[str]:
        if self.waits:
            chosen = self.random.sample(("spin", "resched", "block", "halt_poll(polls=1)", "late"), 2)
            yield f"policies {', '.join(chosen)}"
            if "late" in chosen:
                yield from ("", "policy late:", "    if not cond:", "        prepare_to_wait(wq)")
                yield from ("        schedule()", "        finish_wait(wq)")
        if self.pinned or self.chance(35):
            yield from ("", "scenario few:", f"    cpus = {self.random.choice((1, 1, 2))}")
            yield f"    preempt = {self.one('none', 'full')}"

    def process(self, name: str, count: int) -> list[str]:
        self.pinned = getattr(self, "pinned", False)
        modifier = "daemon " if self.chance(8) else ""
        modifier += "unfair " if self.liveness and self.chance(15) else ""
        pin = ""
        if self.chance(12):
            pin, self.pinned = " on cpu(0)", True
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
        if self.counter:
            body.append("mine: snapshot")
            here.snapshots.append("mine")
            if self.chance(80):
                body.append("mine = seq")
        self.budget = self.size
        inner = self.block(here.inside(depth=0), 2 + self.random.randrange(3))
        if self.chance(25):
            head = self.one("while maybe():", "while True:", "for j in range(2):")
            inner = [head, *_in(inner), *(["    cond_resched()"] if head == "while True:" else [])]
        return [f"{modifier}process {name}[{count}]{pin}:", *_in([*body, *inner])]

    def block(self, here: Surroundings, count: int) -> list[str]:
        found: list[str] = []
        for _ in range(count):
            if self.budget <= 0:
                break
            found += self.statement(here)
        return found or ["pass"]

    # -- statements

    def statement(self, here: Surroundings) -> list[str]:
        makers: list[tuple[int, Callable[[Surroundings], list[str]]]] = [
            (22, self.change), (8, self.to_local), (5, self.verb), (6, self.counting), (10, self.branch),
            (6, self.either), (8, self.assertion), (3, self.ghostly), (4, self.choosing), (5, self.for_loop),
        ]  # fmt: skip
        if not here.atomic:
            makers += [
                (18, self.with_lock), (10, self.explicit), (5, self.tried), (6, self.queue_verb),
                (6, self.atomic),
                (4, self.await_), (7, self.loop), (9, self.label), (6, self.call), (4, self.wait),
                (30, self.paired),
            ]  # fmt: skip
        elif self.queue:
            makers.append((8, lambda here: [self.one("wake_up(wq)", "wake_up_one(wq)")]))
        if here.loop and here.depth > 1:
            makers.append((4, lambda here: [self.one("break", "continue")]))
        if (here.depth > 1 and not here.atomic) or here.returns:
            makers.append((3, self.leave))
        weights = [weight if here.depth < 4 else min(weight, 8) for weight, _ in makers]
        made = self.random.choices([maker for _, maker in makers], weights)[0](here)
        if made:
            self.budget -= 1
        return made

    def leave(self, here: Surroundings) -> list[str]:
        if here.function is None:
            return ["return"]
        return [f"return {self.truth(here)}"] if here.returns else ["return"]

    def change(self, here: Surroundings) -> list[str]:
        if self.record and self.chance(30):
            return [self.one(f"{self.thing(here)}.v = 1", f"{self.thing(here)}.v = 0")]
        place = self.random.choice(self.scalars)
        name = self.named(place, here)
        if place.kind == "range" and here.numbers and self.chance(20):
            return [f"{name} = {self.random.choice(here.numbers)} + 1"]
        if place.kind == "bool" and self.chance(25):
            return [f"{name} = {self.truth(here)}"]
        return [self.random.choice(SCALARS[place.kind][3]).format(name, name)]

    def to_local(self, here: Surroundings) -> list[str]:
        if here.bools and self.chance(60):
            return [f"{self.random.choice(here.bools)} = {self.truth(here)}"]
        if here.numbers:
            number = self.random.choice(here.numbers)
            numeric = [p.name for p in self.scalars if p.kind in ("bit", "range", "optional") and not p.size]
            return [f"{number} = {self.random.choice(['0', '1', f'1 - {number}', *numeric])}"]
        return []

    def verb(self, here: Surroundings) -> list[str]:
        if here.atomic:
            return []
        sleeping = self.one("might_sleep()", "cond_resched()", "schedule()" if self.queue else "cpu_relax()")
        return [sleeping if not here.holds or self.chance(10) else "cpu_relax()"]

    def counting(self, here: Surroundings) -> list[str]:
        if not self.counter:
            return []
        copies = [*here.snapshots, *(["seen"] if self.shared_snapshot else [])]
        if not copies:
            return ["seq += 1"]
        one, other = self.random.choice(copies), self.random.choice(copies)
        if self.chance(35):
            return ["seq += 1"]
        return [f"{one} = seq" if one == other or self.chance(60) else f"{one} = {other}"]

    def branch(self, here: Surroundings) -> list[str]:
        inner = here.inside()
        found = [f"if {self.condition(here)}:", *_in(self.block(inner, 1 + self.random.randrange(2)))]
        if self.chance(35):
            found += ["else:", *_in(self.block(inner, 1))]
        return found

    def either(self, here: Surroundings) -> list[str]:
        inner = here.inside()
        return ["either:", *_in(self.block(inner, 1)), "or:", *_in(self.block(inner, 1))]

    def choosing(self, here: Surroundings) -> list[str]:
        if here.numbers and self.chance(60):
            sets = [p.name for p in self.scalars if p.kind == "set" and not p.size]
            domain = self.random.choice([*sets, "range(2)"])
            return [f"{self.random.choice(here.numbers)} = choose({domain})"]
        bools = [*here.bools, *(p.name for p in self.scalars if p.kind == "bool" and not p.size)]
        return [f"{self.random.choice(bools)} = maybe()"] if bools else []

    def ghostly(self, here: Surroundings) -> list[str]:
        return [self.one("told = 1", "told = 2", "told = 0")] if self.ghost else []

    def assertion(self, here: Surroundings) -> list[str]:
        self.texts += 1
        return [f'assert {self.claim(here)}, "claim {self.texts}"']

    def label(self, here: Surroundings) -> list[str]:
        if here.function is not None:
            return []
        self.marks += 1
        name = f"m{self.marks}"
        self.labels[here.process].append(name)
        return [f"label {name}"]

    def for_loop(self, here: Surroundings) -> list[str]:
        self.marks += 1
        name = f"j{self.marks}"
        inner = here.inside(loop=True, numbers=[*here.numbers])
        return [f"for {name} in range(2):", *_in(self.block(inner, 1))]

    def loop(self, here: Surroundings) -> list[str]:
        inner = here.inside(loop=True)
        head = self.one("while maybe():", f"while {self.truth(here)}:")
        body = self.block(inner, 1)
        return [head, *_in(body)]

    def atomic(self, here: Surroundings) -> list[str]:
        inner = here.inside(atomic=True, loop=False)
        first: list[str] = []
        if self.chance(25):
            first = [f"await {self.truth(here)}"]
        elif self.chance(25):
            acquire, release = self.operations(self.lock(here))
            found = [acquire, *self.block(inner, 2)]
            return ["atomic:", *_in(found), *([release] if self.chance(90) else [])]
        return ["atomic:", *_in([*first, *self.block(inner, 1 + self.random.randrange(2))])]

    def await_(self, here: Surroundings) -> list[str]:
        return [f"await {self.claim(here, plain=True)}"] if not here.holds or self.chance(30) else []

    # -- locks

    def operations(self, lock: Place) -> tuple[str, str]:
        """How it is taken and given back, for reading or writing."""
        reading = self.chance(50)
        match lock.kind:
            case "spinlock" | "mutex":
                names = ("lock", "unlock")
            case "rwlock":
                names = ("read_lock", "read_unlock") if reading else ("write_lock", "write_unlock")
            case _:
                names = ("down_read", "up_read") if reading else ("down_write", "up_write")
        return f"{lock.name}.{names[0]}()", f"{lock.name}.{names[1]}()"

    def with_lock(self, here: Surroundings) -> list[str]:
        lock = self.lock(here)
        if lock.name in here.holds and self.chance(80):
            return []
        if any(kind in SPINNING for kind in here.holds) and lock.kind not in SPINNING and self.chance(80):
            return []
        mode = "" if lock.kind in ("spinlock", "mutex") else self.one(".read()", ".write()")
        inner = here.inside(holds=(*here.holds, lock.name, lock.kind))
        body = self.block(inner, 1 + self.random.randrange(3))
        acquire, release = self.operations(lock)
        if not mode and self.chance(10):
            body += [release, acquire]
        return [f"with {lock.name}{mode}:", *_in(body)]

    def explicit(self, here: Surroundings) -> list[str]:
        lock = self.lock(here)
        if lock.name in here.holds and self.chance(80):
            return []
        acquire, release = self.operations(lock)
        if self.chance(6):
            return [release]
        inner = here.inside(holds=(*here.holds, lock.name, lock.kind), depth=here.depth)
        body = self.block(inner, 1 + self.random.randrange(2))
        if self.chance(5):
            release = self.operations(lock)[1]
        return [acquire, *body, *([release] if self.chance(96) else [])]

    def tried(self, here: Surroundings) -> list[str]:
        lock = self.lock(here)
        acquire, release = self.operations(lock)
        word = {"lock": "trylock", "read_lock": "read_trylock", "write_lock": "write_trylock"}
        verb = acquire.rpartition(".")[2].removesuffix("()")
        name = word.get(verb, f"{verb}_trylock")
        inner = here.inside(holds=(*here.holds, lock.name, lock.kind))
        return [f"if {lock.name}.{name}():", *_in([*self.block(inner, 1), release])]

    # -- a flag, and a value that counts only if the flag says so

    def paired(self, here: Surroundings) -> list[str]:
        """A use of the two under their lock, mostly as it should be."""
        lock = self.pair_lock
        if lock is None:
            return []
        reading, body = self.chance(45), []
        for _ in range(self.random.choice((1, 1, 2))):
            body += self.reading(here) if reading else self.writing(here)
        if not reading and self.chance(40):
            body += self.reading(here)
        if lock.name in here.holds or self.chance(4):
            return body
        mode = ""
        if lock.kind not in ("spinlock", "mutex"):
            mode = ".read()" if reading and self.chance(80) else ".write()"
        return [f"with {lock.name}{mode}:", *_in(body)]

    def reading(self, here: Surroundings) -> list[str]:
        self.texts += 1
        uses = [f'assert val {self.one("!=", "==")} {self.random.randrange(3)}, "claim {self.texts}"']
        uses += [f"{name} = val == {self.random.randrange(3)}" for name in here.bools]
        uses += ["told = val"] if self.ghost else []
        use = self.random.choice(uses)
        if self.chance(8):
            return [use]
        return (
            ["if ok:", f"    {use}"] if self.chance(70) else ["if not ok:", "    pass", "else:", f"    {use}"]
        )

    def writing(self, here: Surroundings) -> list[str]:
        value = self.one("1", "2", "choose(range(3))", *here.numbers)
        fill = [f"val = {value}", "ok = True"]
        if self.chance(30):
            fill.reverse()
        other = self.one("ok = not ok", "ok = val == 1", f"val = {value}", f"ok = {self.truth(here)}")
        return self.random.choice((fill, fill, ["ok = False"], ["ok = False"], [other]))

    # -- waiting

    def queue_verb(self, here: Surroundings) -> list[str]:
        if not self.queue:
            return []
        if self.chance(55):
            return [self.one("wake_up(wq)", "wake_up(wq)", "wake_up_one(wq)")]
        if here.holds and self.chance(80):
            return []
        inner = here.inside(depth=here.depth)
        before = self.block(inner, 1) if self.chance(30) else []
        return ["prepare_to_wait(wq)", *before, "schedule()", "finish_wait(wq)"]

    def wait(self, here: Surroundings) -> list[str]:
        if not self.queue or (here.holds and self.chance(50)):
            return []
        plain = [lock for lock in self.locks if not lock.size and lock.kind in ("spinlock", "mutex")]
        condition = self.truth(here)
        if plain and not here.holds and self.chance(40):
            lock = self.random.choice(plain)
            self.waits = True
            return [f"with {lock.name}:", f"    wait until {condition} on wq holding {lock.name}"]
        if self.chance(25):
            return [f"wait ({self.one('spin', 'block')}) until {condition} on wq"]
        self.waits = True
        return [f"wait until {condition} on wq"]

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
        body: list[str] = []
        if simple and self.chance(60):
            lock = self.random.choice(simple)
            parameters.append(f"given: {lock.kind}")
            arguments.append(f"{lock.name}[{self.index(here)}]" if lock.size else lock.name)
            inside = inner.inside(holds=("given", lock.kind))
            body += ["with given:", *_in([*self.block(inside, 2), *(self.leave(inside) if truth else [])])]
        elif self.record and self.chance(60):
            parameters.append("it: Thing")
            arguments.append(self.thing(here))
            body += [self.one("it.v = 1", "it.v = 0"), *(["return it.v == 1"] if truth else [])]
        else:
            body += self.block(inner, 1 + self.random.randrange(2))
        if truth:
            body.append(f"return {self.truth(inner)}")
        head = f"def {name}({', '.join(parameters)}){' -> bool' if truth else ''}:"
        self.functions[int(name[1:])] = "\n".join([head, *_in(body)])
        call = f"{name}({', '.join(arguments)})"
        if not truth:
            return [call]
        if here.bools and self.chance(50):
            return [f"{self.random.choice(here.bools)} = {call}"]
        return [f"if {call}:", *_in(self.block(here.inside(), 1))]


def _in(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def model(seed: int, *, liveness: bool = False) -> str:
    """A random model; it may be refused for a reason that only checking tells."""
    text = _Maker(seed, liveness=liveness).text()
    return with_calls(text, seed) if seed % 4 == 3 else text
