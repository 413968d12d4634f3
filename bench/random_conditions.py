"""Calls, trylocks and choices in the conditions of a random model.

`with_calls(text, seed)` is a model's text in which some conditions are joined with them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from random_formulas import SCALARS

_TEST = re.compile(r"( *)((?:if|while|return|wait(?: \(\w+\))? until) |\w+(?:\.\w+)* = )(.+?)(:| on wq.*)?$")
_SHARED = re.compile(r"shared (\w+): (.+?)(?: = .*)?$", re.MULTILINE)
_TRUTH = re.compile(r"\bnot\b|\band\b|\bor\b|==|!=|<|>|\bin\b|^(True|False|(maybe|need_resched)\(\))$")


class _Conditions:
    def __init__(self, text: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = text.split("\n")
        declared: dict[str, str] = dict(_SHARED.findall(text))
        self.tests = [
            test.format(name)
            for name, sort in declared.items()
            for _, known, tests, _ in SCALARS.values()
            if sort == known
            for test in tests
            if "<" not in test
        ]
        self.flags = [name for name, sort in declared.items() if sort == "bool"]
        self.locks = [name for name, sort in declared.items() if sort in ("spinlock", "mutex")]

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def text(self) -> str:
        """The model, with `def`s of its own for what is called."""
        if not self.tests:
            return "\n".join(self.lines)
        first = next(i for i, line in enumerate(self.lines) if "process " in line)
        changed = list(self.changed(self.lines[first:]))
        return "\n".join([*self.lines[:first], *self.functions(), *changed])

    def functions(self) -> Iterator[str]:
        one, other = self.random.choice(self.tests), self.random.choice(self.tests)
        yield from ("def looks(given: bool) -> bool:", f"    return given or {one}", "")
        yield from ("def decides() -> bool:", f"    if {other}:", f"        return {one}")
        yield from ("    return maybe()", "") if self.chance(30) else (f"    return not ({other})", "")
        yield "def does() -> bool:"
        inside = ""
        if self.locks:
            yield f"    with {self.random.choice(self.locks)}:"
            inside = "    "
        if self.flags:
            flag = self.random.choice(self.flags)
            yield f"    {inside}{flag} = not {flag}"
        yield from (f"    {inside}return {other}", "")

    def changed(self, lines: list[str]) -> Iterator[str]:
        """The processes and `def`s with other conditions; what may block stays out of `atomic`."""
        atomic: int | None = None
        for line in lines:
            depth = len(line) - len(line.lstrip())
            if atomic is not None and depth <= atomic and line.strip():
                atomic = None
            if line.strip() == "atomic:":
                atomic = depth
            found = _TEST.fullmatch(line)
            decides = found is not None and (
                found[2].endswith(("if ", "while ", "until ")) or _TRUTH.search(found[3])
            )
            if found is None or not decides or "choose(" in line or "else" in line or not self.chance(40):
                yield line
                continue
            yield f"{found[1]}{found[2]}{self.joined(found[3], atomic is not None)}{found[4] or ''}"

    def joined(self, test: str, atomic: bool) -> str:
        act = self.random.choice(self.acts(atomic))
        no = self.random.choice(("", "not "))
        pair = [f"{no}{act}", f"({test})"]
        if self.chance(50):
            pair.reverse()
        whole = self.random.choice((" and ", " or ")).join(pair)
        return f"not ({whole})" if self.chance(20) else whole

    def acts(self, atomic: bool) -> list[str]:
        calls = [
            f"looks({self.random.choice(('True', 'False', self.random.choice(self.tests)))})",
            "decides()",
            self.random.choice(("maybe()", "need_resched()")),
        ]
        if atomic:
            return calls
        return [*calls, "does()", "does()", *(f"{name}.trylock()" for name in self.locks[:1])]


def with_calls(text: str, seed: int) -> str:
    """A model that does more in its conditions; it may be refused, as any random model."""
    return _Conditions(text, seed).text()
