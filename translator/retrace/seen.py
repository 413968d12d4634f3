"""What a failed condition reads: values, and where tasks stand; of `all` and `any` what decides them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..program.findings import Position
from ..program.program import Expr, Quantified, Read, StandsAt, Task, Value, Variable, parts
from ..program.values import value_text
from ..run.interpreter import Interpreter, State

MOST = 64
"""Of so many elements at most the values are shown."""


def title(variable: Variable) -> str:
    """A variable in the author's words."""
    is_holder = variable.lock is not None and variable.lock.part == "holder"
    return variable.whole if is_holder else variable.title


def seen(
    condition: Expr | tuple[Expr, ...], state: State, task: Task | None, interpreter: Interpreter
) -> tuple[tuple[tuple[str, str], ...], tuple[Position, ...]]:
    """The places that a condition, or several, reads in a state, with their values, and the tasks that it
    asks about, each once.  Where one element decides an `all` or `any`, it is that element and what it reads;
    otherwise it is what every one of them reads."""
    sight = _Sight(state, task, interpreter)
    sight.visit(condition, {})
    return tuple(sight.values.items()), tuple(sight.positions)


@dataclass(slots=True)
class _Sight:
    state: State
    task: Task | None
    interpreter: Interpreter
    values: dict[str, str] = field(default_factory=dict)
    positions: dict[Position, None] = field(default_factory=dict)

    def value(self, e: Expr, bound: dict[str, Value]) -> Value | Exception:
        try:
            return self.interpreter.value(e, self.state, self.task, bound)
        except (KeyError, TypeError, IndexError) as fault:
            # It has no value here, and the condition does not come to it.
            return fault

    def visit(self, node: object, bound: dict[str, Value]) -> None:
        match node:
            case StandsAt(task=who):
                self.position(node, bound)
                self.visit(who, bound)
            case Quantified(domain=domain):
                self.visit(domain, bound)
                self.elements(node, bound)
            case Read():
                self.read(node, bound)
                self.visit(node.indices, bound)
            case _:
                for part in parts(node):
                    self.visit(part, bound)

    def elements(self, node: Quantified, bound: dict[str, Value]) -> None:
        group = self.value(node.domain, bound)
        if not isinstance(group, frozenset):
            return
        items = [{**bound, node.name: item} for item in sorted(group, key=value_order)]
        if node.condition is not None:
            items = [one for one in items if self.value(node.condition, one) is True]
        deciding = node.kind == "any"
        found = [one for one in items if self.value(node.body, one) is deciding]
        if node.kind != "build" and found:
            self.values.setdefault(node.name, value_text(found[0][node.name]))
            items = found[:1]
        for one in items[:MOST]:
            self.visit((node.condition, node.body), one)

    def position(self, asked: StandsAt, bound: dict[str, Value]) -> None:
        task = self.value(asked.task, bound)
        if isinstance(task, Task):
            point = self.interpreter.pc(self.state, task)
            self.positions[
                Position(task, asked.word, point.name in asked.points, point.span, asked.within)
            ] = None

    def read(self, node: Read, bound: dict[str, Value]) -> None:
        variable = self.interpreter.program.variable(node.variable)
        value = self.value(node, bound)
        indices = [self.value(index, bound) for index in node.indices]
        known = not any(isinstance(one, Exception) for one in (value, *indices))
        if known and variable.written:
            self.values.setdefault(self.name(variable, indices), value_text(value))  # type: ignore[arg-type]

    def name(self, variable: Variable, indices: list[Value | Exception]) -> str:
        if variable.process:
            own = indices[0]
            return variable.title if own == self.task else f"{own}.{variable.title}"
        is_writer = variable.lock is not None and variable.lock.part == "writer"
        words = f"{variable.whole} (writer)" if is_writer else title(variable)
        for index in indices:
            words = words.replace("[]", f"[{value_text(index)}]", 1)  # type: ignore[arg-type]
        return words


def value_order(value: Value) -> tuple[str, Value | str]:
    """Numbers by size, all else by name."""
    return (str(type(value)), value) if isinstance(value, int) else (str(type(value)), str(value))
