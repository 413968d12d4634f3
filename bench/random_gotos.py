"""Jumps to labels further down in a random model.

`with_gotos(text, seed)` is a model's text in which some processes and `def`s have labels, and jumps to them.
"""

from __future__ import annotations

import random
import re

_CODE = re.compile(r"(daemon |unfair )*process |def |(interrupt|softirq|nmi|ipi) ")
_CONTINUES = re.compile(r"\s*(else:|elif |or:)")


class _Gotos:
    def __init__(self, text: str, seed: int) -> None:
        self.random = random.Random(seed + 23)
        self.lines = text.split("\n")
        self.made = 0

    def text(self) -> str:
        for _ in range(self.random.choice((1, 2, 3))):
            self.insert()
        return "\n".join(self.lines)

    def insert(self) -> None:
        """A label before a line, and a jump to it before one above, in the same block or one within."""
        starts = [i for i, line in enumerate(self.lines) if self.may_stand(i) and self.indent(i) > 0]
        if not starts:
            return
        start = self.random.choice(starts)
        ends = list(self.below(start))
        if not ends:
            return
        end = self.random.choice(ends)
        name = f"g{self.made}"
        self.made += 1
        jump = " " * self.indent(start)
        self.lines.insert(end, f"{' ' * self.indent(end)}label {name}")
        test = self.random.choice(("if maybe():", "if maybe():", None))
        above = [f"{jump}{test}", f"{jump}    goto {name}"] if test else [f"{jump}goto {name}"]
        self.lines[start:start] = above

    def indent(self, at: int) -> int:
        return len(self.lines[at]) - len(self.lines[at].lstrip())

    def may_stand(self, at: int) -> bool:
        """Whether something may come before a line: it is code, and not the first of an `atomic`."""
        line = self.lines[at]
        if not line.strip() or _CONTINUES.match(line) or not self.in_code(at):
            return False
        return self.lines[at - 1].strip() != "atomic:"

    def in_code(self, at: int) -> bool:
        heads = (line for line in reversed(self.lines[:at]) if line[:1].strip())
        return _CODE.match(next(heads, "")) is not None

    def below(self, start: int) -> list[int]:
        """The lines further down before which a label may stand."""
        found: list[int] = []
        level = self.indent(start)
        for at in range(start + 1, len(self.lines)):
            if not self.lines[at].strip() or self.indent(at) == 0:
                break
            if self.indent(at) <= level:
                level = self.indent(at)
                if self.may_stand(at) and not self.in_atomic(at):
                    found.append(at)
        return found

    def in_atomic(self, at: int) -> bool:
        level = self.indent(at)
        for above in range(at - 1, -1, -1):
            if self.lines[above].strip() and self.indent(above) < level:
                level = self.indent(above)
                if self.lines[above].strip() == "atomic:":
                    return True
                if level == 0:
                    return False
        return False


def with_gotos(text: str, seed: int) -> str:
    """A model that jumps; it may be refused, as any random model."""
    return _Gotos(text, seed).text()
