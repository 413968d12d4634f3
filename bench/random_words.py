"""Words of several fields in a random model.

`with_words(text, seed)` is a model's text with a word, variables and locals of it, and lines that use them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from spliced import spliced

_FIELDS = ("p", "q", "s", "o")
_VALUES = {
    "p": ("True", "False"), "q": ("0", "1", "2"), "s": ("idle", "busy"), "o": ("None", "0", "1"),
}  # fmt: skip
_SORTS = {"p": "bool", "q": "range(3)", "s": "Phase", "o": "range(2) | None"}
_VARIANTS = ("", "_relaxed", "_acquire", "_release")
_STARTS = ("", "", " = W(p=True)", " = choose({W(), W(q=1)})")


class _Words:
    def __init__(self, text: str, seed: int) -> None:
        self.random = random.Random(seed + 17)
        self.lines = text.split("\n")
        self.fields = self.random.sample(_FIELDS, self.random.choice((1, 2, 2, 3)))
        self.places = ["w0"]
        self.array = self.chance(35)
        self.group = self.chance(40)
        self.within = self.chance(35)
        self.start = self.one(*_STARTS)
        if not {"p", "q"} <= {*self.fields}:
            self.start = " = choose({W()})" if self.chance(10) else ""
        self.places += ["ws0[0]", "ws0[1]"] if self.array else []
        self.places += ["holder0.w"] if self.within else []

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def one(self, *options: str) -> str:
        return self.random.choice(options)

    def text(self) -> str:
        """The model with declarations before its first process, and lines among those of its code."""
        first = next(i for i, line in enumerate(self.lines) if "process " in line)
        rest = list(self.used(self.lines[first:]))
        return "\n".join([*self.lines[:first], *self.declared(), "", *rest])

    def declared(self) -> Iterator[str]:
        yield "word W:"
        for name in self.fields:
            start = f" = {self.one(*_VALUES[name])}" if self.chance(40) else ""
            yield f"    {name}: {_SORTS[name]}{start}"
        if self.within:
            yield from ("class Holder:", "    w: W", "    lock: spinlock", "shared holder0: Holder")
        yield f"shared w0: W{self.start}"
        if self.array:
            yield f"shared ws0: W[2]{self.one('', ' = [W(), W()]')}"
        if self.group:
            yield "shared known0: set[W]"
        yield "ghost gw0: W"
        if self.chance(50):
            yield from ("def made0(given0: W) -> W:", f"    {self.store('given0')}", "    return given0")
        else:
            yield from ("def made0(given0: W) -> W:", f"    return {self.one('given0', *self.places)}")
        yield f"invariant word0: {self.claim()}"
        yield f"sometimes word1: {self.claim()}"

    # -- lines of code

    def used(self, lines: list[str]) -> Iterator[str]:
        """The lines of processes with others between them."""
        made = spliced(lines, lambda: self.chance(30), lambda atomic: self.snippet(atomic=atomic))
        for line, before in made:
            yield line
            if before and re.match(r"((daemon|unfair) )*process ", line):
                start = self.one("", " = W()", " = w0")
                yield f"    mine0: W{start}"
                if not start:
                    yield f"    mine0 = {self.value()}"

    def snippet(self, *, atomic: bool) -> list[str]:
        choice = self.random.randrange(10)
        if choice < 4:
            return [f"if {self.tested()}:", f"    {self.plain()}"]
        if choice < 5 and not atomic:
            return [f"await {self.test()}"] if self.chance(30) else ["mine0 = made0(mine0)"]
        if choice < 6:
            return [f'assert {self.test()}, "{self.one("claim w", "claim v")}"']
        if choice < 7:
            return [f"gw0 = {self.one(self.value(), 'mine0', *self.places)}"]
        return [self.plain()]

    def value(self) -> str:
        """A constructor: all fields, some, or none; by name or in order."""
        names = [name for name in self.fields if self.chance(60)]
        if names == self.fields and self.chance(50):
            return f"W({', '.join(self.field(name) for name in names)})"
        self.random.shuffle(names)
        return f"W({', '.join(f'{name}={self.field(name)}' for name in names)})"

    def field(self, name: str) -> str:
        if self.chance(25):
            return f"{self.one('mine0', *self.places)}.{name}"
        return self.one(*_VALUES[name])

    def place(self) -> str:
        return self.one(*self.places)

    def store(self, place: str) -> str:
        name = self.one(*self.fields)
        if name == "q" and self.chance(40):
            return f"{place}.q {self.one('+', '-')}= 1"
        return f"{place}.{name} = {self.one(*_VALUES[name])}"

    def plain(self) -> str:
        place, name = self.place(), self.one(*self.fields)
        options = [
            f"{place} = {self.value()}", f"mine0 = {place}", f"{place} = mine0", f"mine0 = {self.value()}",
            self.store(place), self.store(place), self.store("mine0"),
            f"mine0 = xchg{self.one(*_VARIANTS)}(&{place}, {self.value()})",
            f"mine0.{name} = xchg(&{place}.{name}, {self.one(*_VALUES[name])})",
            f"cmpxchg(&{place}, mine0, {self.value()})", f"mine0 = made0({place})",
            f"{place} = {self.place()}", "mine0 = choose(W)", f"mine0.{name} = {self.place()}.{name}",
            f"WRITE_ONCE({place}.{name}, {self.one(*_VALUES[name])})",
        ]  # fmt: skip
        if self.group:
            options += ["known0.add(mine0)", f"known0.discard({place})", "mine0 = choose(known0)"]
        return self.one(*options)

    # -- conditions

    def test(self) -> str:
        place, name = self.place(), self.one(*self.fields)
        same = self.one("==", "!=")
        options = [
            f"{place} {same} mine0", f"{place} {same} {self.value()}", f"mine0 {same} {self.value()}",
            f"{place}.{name} {same} {self.one(*_VALUES[name])}", f"mine0.{name} {same} {place}.{name}",
        ]  # fmt: skip
        if self.group:
            options += [
                f"{place} in known0", f"all(each_.{name} {same} {place}.{name} for each_ in known0)",
                "any(each_ == mine0 for each_ in known0)",
            ]  # fmt: skip
        return self.one(*options)

    def tested(self) -> str:
        place, name = self.place(), self.one(*self.fields)
        value = self.one(*_VALUES[name])
        return self.one(
            self.test(), self.test(), f"try_cmpxchg(&{place}, &mine0, {self.value()})",
            f"cmpxchg{self.one(*_VARIANTS)}(&{place}, {self.value()}, {self.value()}) == "
            f"{self.one('mine0', 'W()')}",
            f"xchg(&{place}.{name}, {value}) == {self.one(*_VALUES[name])}",
            f"try_cmpxchg(&{place}.{name}, &mine0.{name}, {value})",
            f"cmpxchg(&{place}.{name}, {value}, {value}) != {value}",
        )  # fmt: skip

    def claim(self) -> str:
        name = self.one(*self.fields)
        return self.one(
            f"w0 == W({name}={self.one(*_VALUES[name])})", "gw0 != w0",
            f"w0.{name} != {self.one(*_VALUES[name])} implies gw0 == W()",
            *(["len(known0) < 2", f"all(each_.{name} == w0.{name} for each_ in known0)"] * self.group),
            *(["ws0[0] == ws0[1]"] if self.array else []),
        )  # fmt: skip


def with_words(text: str, seed: int) -> str:
    """A model with words; it may be refused, as any random model."""
    return _Words(text, seed).text()
