"""Random models of tasks and values that can change places, with temporal properties about each of the tasks:
what `random_models` seldom makes, because it names what it has.

Locks are read by several tasks at once, so that a writer may be kept out, and values are only chosen, stored
and compared.
"""

from __future__ import annotations

import random


class Crowd:
    """One model."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        r = self.random
        self.lock = r.choice(("rwlock", "rwlock", "rwlock", "rwsem", "rwsem(unfair)"))
        self.inner = r.choice(("spinlock", "mutex"))
        self.values = r.choice((2, 3))
        self.many = r.choice((2, 2, 3))
        self.others = r.choice((0, 1, 1, 2)) if self.many == 2 else r.choice((0, 1))
        self.labels = 0
        self.word = seed % 5 == 4

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    @property
    def text(self) -> str:
        r = self.random
        lines = [
            "model crowd", "", f"type V = range({self.values})", "", f"shared s: {self.lock}",
            f"shared m: {self.inner}", "shared x: V | None", "shared free: set[V] = {v for v in V}",
            "shared flag: bool", "",
        ]  # fmt: skip
        if self.word:
            lines += ["word W:", "    v: V | None", "    set: bool", "shared w: W", "shared y: V | None", ""]
        lines += self.process("a", self.many)
        if self.others:
            lines += ["", *self.process("b", self.others)]
        lines += ["", *(f"property p{n}: {self.formula()}" for n in range(r.choice((1, 2))))]
        return "\n".join(lines) + "\n"

    def process(self, name: str, count: int) -> list[str]:
        head = self.random.choice(("", "", "", "daemon ", "unfair ")) if name == "b" else ""
        body = ["mine: V | None = None", "label here"]
        inner = [line for _ in range(self.random.choice((1, 1, 2))) for line in self.statement(name)]
        if inner and self.chance(60):
            loop = self.random.choice(("while True:", "while maybe():", "while not flag:"))
            body += [loop, *(f"    {line}" for line in inner)]
            if self.chance(50):
                body.append("    cpu_relax()")
        else:
            body += inner
        body += ["label there", "cpu_relax()"] if self.chance(80) else ["label there", "cond_resched()"]
        return [f"{head}process {name}[{count}]:", *(f"    {line}" for line in body)]

    def statement(self, process: str) -> list[str]:
        match self.random.randrange(9):
            case 0 | 1 | 2:
                return ["with s.read():", *(f"    {line}" for line in self.looks())]
            case 3 | 4:
                return ["with s.write():", *(f"    {line}" for line in self.changes())]
            case 5:
                return ["with m:", *(f"    {line}" for line in (*self.looks(), *self.changes()))]
            case 6:
                return self.changes()
            case 7:
                return ["await flag"] if self.chance(50) else ["while not flag:", "    cpu_relax()"]
            case _:
                return ["with m:", "    with s.read():", *(f"        {line}" for line in self.looks())]

    def looks(self) -> list[str]:
        if self.word and self.chance(40):
            return self.random.choice(
                (["mine = w.v"], ["if w == W(mine):", "    mine = x"], ["if w.v != y:", "    mine = w.v"])
            )
        return self.random.choice(
            (
                ["mine = x"],
                ["mine = x", "mine = x"],
                ["if x != None:", "    mine = x", "else:", "    mine = None"],
                ["if x == mine:", "    mine = None"],
            )
        )

    def changes(self) -> list[str]:
        if self.word and self.chance(40):
            return self.random.choice(
                (
                    ["w = W(mine)"], ["w.v = choose(V)"], ["w.set = not w.set"], ["y = w.v"], ["w.v = None"],
                    ["if cmpxchg(w, W(), W(v=mine)) == W():", "    flag = True"], ["w = W()"],
                )
            )  # fmt: skip
        return self.random.choice(
            (
                ["x = None"],
                ["flag = True"],
                ["flag = not flag"],
                ["x = choose(V)"],
                ["atomic:", "    if x == None and free != set():", "        x = choose(free)"],
                ["x = mine"],
                ["x = mine", "flag = x != None"],
            )
        )

    def formula(self) -> str:
        each = f"for i in range({self.many})"
        place = self.random.choice(("there", "end"))
        wanted = self.random.choice(
            (
                f"all(a[i] at here leads_to a[i] at {place} {each})",
                f"all(eventually a[i] at {place} {each})",
                f"eventually all(a[i] at {place} {each})",
                f"all(always (a[i] at here implies eventually not a[i] at here) {each})",
                "always eventually x == None",
                "eventually always flag",
                f"all(flag leads_to a[i] at {place} {each})",
                f"all(a[i] at here until a[i] at {place} {each})",
                "all(always eventually x != v for v in V)",
                f"a[0] at here leads_to a[1] at {place}",
            )
        )
        supposed = [
            "eventually always flag",
            "always eventually x == None",
            f"eventually always not any(a[i] at here {each})",
        ]
        if self.others:
            supposed.append(f"eventually always not any(b[i] at here for i in range({self.others}))")
        return f"({self.random.choice(supposed)}) implies ({wanted})" if self.chance(35) else wanted


def model(seed: int) -> str:
    """The text of a model."""
    return Crowd(seed).text
