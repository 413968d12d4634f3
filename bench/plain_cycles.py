"""The plain search for fair cycles, which the engine is compared with: a graph of lists, no names exchanged.

`PlainGraph.of(program, limit).holds(formula)` goes through all states of a small program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pfnspec.translator.program.program import Expr, Program
from pfnspec.translator.run.formulas import Automaton
from pfnspec.translator.run.graph import TooLarge
from pfnspec.translator.run.interpreter import Interpreter, State
from pfnspec.translator.run.promises import Promise, promises

Look = Callable[[], None]


def _go_on() -> None:
    return None


@dataclass(slots=True)
class PlainGraph:
    """The states of a program, numbered, initial ones first; per state its steps as (task, point, target)."""

    interpreter: Interpreter
    states: list[State]
    steps: list[list[tuple[int, str, int]]]
    starts: int
    """How many states are initial."""

    @classmethod
    def of(cls, program: Program, limit: int, look: Look = _go_on) -> PlainGraph:
        """All states of a program; raises TooLarge where there are more than `limit`."""
        interpreter = Interpreter(program)
        order = {task: i for i, task in enumerate(program.tasks)}
        found = {state: number for number, state in enumerate(interpreter.initials())}
        states = list(found)
        starts = len(states)
        steps: list[list[tuple[int, str, int]]] = []
        for state in states:
            look()
            here: list[tuple[int, str, int]] = []
            for transition in interpreter.transitions(state):
                if transition.state not in found:
                    if len(found) >= limit:
                        raise TooLarge
                    found[transition.state] = len(states)
                    states.append(transition.state)
                here.append((order[transition.task], transition.point.name, found[transition.state]))
            steps.append(here)
        return cls(interpreter, states, steps, starts)

    def holds(self, formula: Expr, look: Look = _go_on) -> bool:
        """Whether a temporal formula holds on every fair behaviour."""
        automaton = Automaton.against(formula, self.interpreter.program, look)
        value = self.interpreter.value
        truths: dict[Expr, list[bool]] = {}
        for atoms in automaton.atoms:
            for e, _ in atoms:
                if e not in truths:
                    look()
                    truths[e] = [value(e, state) is True for state in self.states]

        def fits(node: int, state: int) -> bool:
            return all(truths[e][state] == wanted for e, wanted in automaton.atoms[node])

        places: dict[tuple[int, int], int] = {}
        listed: list[tuple[int, int]] = []

        def place(state: int, node: int) -> int:
            key = (state, node)
            if key not in places:
                places[key] = len(listed)
                listed.append(key)
            return places[key]

        for start in range(self.starts):
            for number in automaton.initial:
                if fits(number, start):
                    place(start, number)
        edges: list[list[tuple[int, str, int]]] = []
        for number, asks in listed:
            look()
            here: list[tuple[int, str, int]] = []
            # Every state may also be repeated for ever, as far as fairness allows.
            for task, point, target in [*self.steps[number], (-1, "", number)]:
                for then in automaton.following[asks]:
                    if fits(then, target):
                        here.append((task, point, place(target, then)))
            edges.append(here)
        goals = automaton.goals
        asked = promises(self.interpreter.program)
        tasks = self.interpreter.tasks

        def standing(number: int, task: int) -> str:
            return self.interpreter.pc(self.states[number], tasks[task]).name

        def first(number: int, p: Promise, point: str) -> bool:
            """Whether somebody else may go first, who waits to write."""
            others = [task for task in range(len(tasks)) if task != p.task]
            return any(standing(number, other) in p.behind.get(point, ()) for other in others)

        able = [
            [
                any(
                    task == p.task and point in p.points and not first(number, p, point)
                    for task, point, _ in steps
                )
                for p in asked
            ]
            for number, steps in enumerate(self.steps)
        ]

        def fair(group: list[int]) -> list[int] | None:
            """None if some fair behaviour stays in a strongly connected group for ever, going everywhere;
            otherwise those of it in which one could."""
            inside = set(group)
            inner = [(a, task, point, b) for a in group for task, point, b in edges[a] if b in inside]
            if not inner:
                return []
            if any(all(listed[a][1] not in goal for a in group) for goal in goals):
                return []
            bad: set[int] = set()
            passed: list[tuple[int, tuple[int, str, int]]] = []
            for number, promise in enumerate(asked):
                if any(task == promise.task and point in promise.points for _, task, point, _ in inner):
                    continue
                possible = {a for a in group if able[listed[a][0]][number]}
                if promise.strong:
                    bad |= possible
                    passed += [(a, e) for a in group for e in edges[a] if passed_over(promise, a, e)]
                elif len(possible) == len(group):
                    return []
            if not bad and all(step[2] not in inside for _, step in passed):
                return None
            for a, step in passed:
                if step in edges[a]:
                    edges[a].remove(step)
            return sorted(inside - bad)

        def passed_over(promise: Promise, node: int, step: tuple[int, str, int]) -> bool:
            task, point, _ = step
            if task in (-1, promise.task):
                return False
            return point in promise.queues.get(standing(listed[node][0], promise.task), ())

        todo = list(_components(list(range(len(listed))), edges))
        while todo:
            look()
            rest = fair(todo.pop())
            if rest is None:
                return False
            todo.extend(_components(rest, edges))
        return True


def _components(nodes: list[int], edges: list[list[tuple[int, str, int]]]) -> Iterator[list[int]]:
    """Strongly connected components, by Tarjan's algorithm without recursion."""
    inside = set(nodes)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on: set[int] = set()
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter([b for _, _, b in edges[root] if b in inside]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on.add(other)
                    work.append((other, iter([b for _, _, b in edges[other] if b in inside])))
                    break
                if other in on:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part: list[int] = []
                    while True:
                        other = stack.pop()
                        on.discard(other)
                        part.append(other)
                        if other == node:
                            break
                    yield part
