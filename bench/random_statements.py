"""The statements of a random model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from random_formulas import NUMBERS, SCALARS, SPINNING, Formulas, Place, Surroundings


class Statements(Formulas, ABC):
    """Makes statements, as many as `budget` allows; calls are made by whoever knows functions."""

    def __init__(self, seed: int, *, liveness: bool) -> None:
        super().__init__(seed, liveness=liveness)
        self.texts = 0
        self.marks = 0
        self.budget = 0
        self.queue = self.waits = False
        # What stands between the parentheses of RCU's verbs and SRCU's, none where there is no such domain.
        self.domains: list[str] = []
        # Whether there are handlers, and code that masks them.
        self.handlers = False
        # The CPUs that are counted, 0 for none.
        self.cpus = 0

    @abstractmethod
    def call(self, here: Surroundings) -> list[str]:
        """A call of a function, declared with it if need be."""

    def block(self, here: Surroundings, count: int) -> list[str]:
        found: list[str] = []
        for _ in range(count):
            if self.budget <= 0:
                break
            found += self.statement(here)
        return found or ["pass"]

    # -- statements

    def statement(self, here: Surroundings) -> list[str]:
        says, runs = self.much == "states", self.much in ("CPUs", "queues")
        makers: list[tuple[int, Callable[[Surroundings], list[str]]]] = [
            (22, self.change), (8, self.to_local), (25 if runs else 8, self.verb),
            (6 if self.counters else 0, self.counting), (10, self.branch), (6, self.either),
            (20 if says or here.atomic else 8, self.assertion),
            ((20 if says else 10) if self.ghost else 0, self.ghostly),
            (4, self.choosing), (5, self.for_loop),
        ]  # fmt: skip
        if not here.atomic:
            makers += [
                (18, self.with_lock), (10, self.explicit), (5, self.tried),
                (6 if self.queue else 0, self.queue_verb), (9 if self.queue else 0, self.wait),
                (15 if says else 8, self.atomic), (15 if runs else 4, self.await_), (7, self.loop),
                (16 if self.domains else 0, self.section),
                (16 if self.handlers else 8 if self.cpus else 0, self.masked),
                (20 if says else 9, self.label), (6, self.call), (30 if self.pair_lock else 0, self.paired),
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
        if place.size and place.kind in NUMBERS and self.chance(30):
            return [f"{name} {self.one('+=', '-=')} 1"]
        if place.kind == "signed" and self.chance(50):
            return [f"{name} = {self.fitted(here)}"]
        if place.kind == "range" and here.numbers and self.chance(20):
            return [f"{name} = {self.random.choice(here.numbers)} + 1"]
        if place.kind == "bool" and self.chance(25):
            return [f"{name} = {self.truth(here)}"]
        return [self.random.choice(SCALARS[place.kind][3]).format(name, name, name)]

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
        if self.cpus and self.chance(30):
            condition = self.truth(here)
            return [f"while {condition}:", f"    {self.one('cpu_relax()', 'cpu_relax()', 'cond_resched()')}"]
        sleeping = self.one("might_sleep()", "cond_resched()", "schedule()" if self.queue else "cpu_relax()")
        often = 50 if self.much == "queues" else 10
        return [sleeping if not here.holds or self.chance(often) else "cpu_relax()"]

    def counting(self, here: Surroundings) -> list[str]:
        if not self.counters:
            return []
        seq, copies = self.counted(here), self.snapshots(here)
        if not copies or self.chance(35):
            return [f"{seq} += 1"]
        one, other = self.random.choice(copies), self.random.choice(copies)
        return [f"{one} = {seq}" if one == other or self.chance(60) else f"{one} = {other}"]

    def branch(self, here: Surroundings) -> list[str]:
        inner = here.inside()
        found = [f"if {self.condition(here)}:", *indented(self.block(inner, 1 + self.random.randrange(2)))]
        if self.chance(35):
            found += ["else:", *indented(self.block(inner, 1))]
        return found

    def either(self, here: Surroundings) -> list[str]:
        inner = here.inside()
        return ["either:", *indented(self.block(inner, 1)), "or:", *indented(self.block(inner, 1))]

    def choosing(self, here: Surroundings) -> list[str]:
        if here.numbers and self.chance(60):
            sets = [p.name for p in self.scalars if p.kind == "set" and not p.size]
            domain = self.random.choice([*sets, "range(2)"])
            return [f"{self.random.choice(here.numbers)} = choose({domain})"]
        bools = [*here.bools, *(p.name for p in self.scalars if p.kind == "bool" and not p.size)]
        return [f"{self.random.choice(bools)} = maybe()"] if bools else []

    def ghostly(self, here: Surroundings) -> list[str]:
        if not self.ghost:
            return []
        if self.chance(50):
            return [self.one("told = 1", "told = 2", "told = 0")]
        if self.chance(40):
            return [self.shape("a ghost told the state", f"told = {self.bit(here)}")]
        return [self.shape("a ghost told the state", f"known = {self.told(here)}")]

    def assertion(self, here: Surroundings) -> list[str]:
        self.texts += 1
        text = f'assert {self.claim(here)}, "claim {self.texts}"'
        return [self.shape("an assertion in `atomic`", text) if here.atomic else text]

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
        return [f"for {name} in range(2):", *indented(self.block(inner, 1))]

    def loop(self, here: Surroundings) -> list[str]:
        inner = here.inside(loop=True)
        head = self.one("while maybe():", f"while {self.truth(here)}:")
        body = self.block(inner, 1)
        return [head, *indented(body)]

    def atomic(self, here: Surroundings) -> list[str]:
        inner = here.inside(atomic=True, loop=False)
        first: list[str] = []
        if self.chance(25):
            first = [f"await {self.truth(here)}"]
        elif self.chance(25):
            acquire, release = self.operations(self.lock(here))
            found = [acquire, *self.block(inner, 2)]
            return ["atomic:", *indented(found), *([release] if self.chance(90) else [])]
        return ["atomic:", *indented([*first, *self.block(inner, 1 + self.random.randrange(2))])]

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
        return [f"with {lock.name}{mode}:", *indented(body)]

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
        return [f"if {lock.name}.{name}():", *indented([*self.block(inner, 1), release])]

    # -- read sections

    def section(self, here: Surroundings) -> list[str]:
        """A read section of RCU or of an `srcu`, mostly closed; or a grace period."""
        domain = self.random.choice(self.domains)
        if domain == "sr[self]" and here.function is not None:
            domain = "sr[0]"
        prefix = "srcu" if domain else "rcu"
        if self.chance(35):
            if here.holds and self.chance(60):
                return []
            return [f"synchronize_{prefix}({domain})"]
        if self.chance(4):
            return [f"{prefix}_read_unlock({domain})"]
        inner = here.inside(depth=here.depth, holds=(*here.holds, domain or "spinlock"))
        body = self.block(inner, 1 + self.random.randrange(2))
        end = [f"{prefix}_read_unlock({domain})"] if self.chance(95) else []
        return [f"{prefix}_read_lock({domain})", *body, *end]

    # -- interrupts

    def masked(self, here: Surroundings) -> list[str]:
        """Code with interrupts, softirqs or preemption off, mostly until its end."""
        words = [("preempt_disable()", "preempt_enable()")]
        if self.handlers:
            words.append(("local_irq_disable()", "local_irq_enable()"))
            words.append(("local_bh_disable()", "local_bh_enable()"))
        if "f" in here.flags:
            words.append(("local_irq_save(f)", "local_irq_restore(f)"))
        off, on = self.random.choice(words)
        inner = here.inside(depth=here.depth, holds=(*here.holds, "spinlock"))
        body = self.block(inner, 1 + self.random.randrange(2))
        if self.chance(5):
            return [on]
        return [off, *body, *([on] if self.chance(92) else [])]

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
        return [f"with {lock.name}{mode}:", *indented(body)]

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


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
