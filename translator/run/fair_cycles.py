"""Temporal properties decided apart from TLC, on the graph of all states.

`violation` multiplies a graph with the automaton of what violates a formula, and looks in the product for a
strongly connected part in which a fair behaviour can stay for ever: weak conditions are met by going
everywhere in it, and where a strong one fails, what asks for it is taken out and the rest is taken apart
again (Emerson and Lei, "Modalities for model checking", 1987).  Each such part makes some condition fail for
less, so the work is linear in the product times the number of conditions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..program.program import Expr
from .components import Components, Edges
from .formulas import Automaton
from .graph import Graph, Look
from .interchange import IDENTITY, Permutation, Renaming, back, composed, inverse
from .interpreter import State


@dataclass(frozen=True, slots=True)
class Cycle:
    """A fair behaviour that violates a formula: steps of a graph, by their numbers, then others that lead
    from where those ended back to the same state up to names, for ever.  The loop is empty where nobody
    steps.  `first` is the number of the state in which it begins."""

    stem: tuple[int, ...]
    loop: tuple[int, ...]
    first: int = 0


def violation(graph: Graph, formula: Expr, look: Look = lambda: None) -> Cycle | None:
    """A fair behaviour on which a temporal formula is false; None where it holds on all.

    The formula must not tell the tasks and values apart that the graph takes for interchangeable.
    """
    product = Product(graph, Automaton.against(formula, graph.interpreter.program, look), look)
    found = product.fair_part()
    return None if found is None else product.cycle(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """A strongly connected part of a product with a fair behaviour that goes everywhere in it.  `names` has
    for each node how tasks are called there that have some names at the first one."""

    nodes: list[int]
    names: dict[int, Permutation]


@dataclass(slots=True)
class _Sums:
    """What there is anywhere in a part, each promise as one of the task with that name at the first node."""

    able: int = 0
    always: int = -1
    taken: int = 0
    passed: int = 0
    goals: int = 0
    edges: int = 0
    turns: set[Permutation] = field(default_factory=set)


class Product:
    """The reachable product of a graph and an automaton.

    Node `n` stands for state `state[n]` and automaton node `place[n]`; the step that an edge of the product
    is made from is in `step` (-1: the state is repeated).
    """

    def __init__(self, graph: Graph, automaton: Automaton, look: Look) -> None:
        self.graph = graph
        self.automaton = automaton
        self.look = look
        self.tasks = len(graph.interpreter.tasks)
        self.state = array("i")
        self.place = array("i")
        self.step = array("i")
        first, target = array("q", [0]), array("i")
        fits = self._fits()
        width = len(automaton.following)
        known: dict[int, int] = {}
        state, place, step = self.state, self.place, self.step
        for number in automaton.initial:
            for start in range(graph.starts):
                if fits[number][start]:
                    known[start * width + number] = len(state)
                    state.append(start)
                    place.append(number)
        self.initial = len(state)
        begins, leads = graph.first, graph.target
        at = 0
        while at < len(state):
            if at % 256 == 0:
                look()
            here = state[at]
            after = automaton.following[place[at]]
            edges = [(-1, here), *((n, leads[n]) for n in range(begins[here], begins[here + 1]))]
            for number, there in edges:
                for then in after:
                    if fits[then][there]:
                        key = there * width + then
                        node = known.get(key)
                        if node is None:
                            node = known[key] = len(state)
                            state.append(there)
                            place.append(then)
                        target.append(node)
                        step.append(number)
            first.append(len(target))
            at += 1
        self.edges = Edges(first, target)
        self.components = Components(self.edges)
        self.all_goals = (1 << len(automaton.goals)) - 1
        self.goals = [
            sum(1 << n for n, goal in enumerate(automaton.goals) if number in goal) for number in range(width)
        ]
        self.strong = sum(1 << n for n, promise in enumerate(graph.promises) if promise.strong)
        self._moved: dict[tuple[Permutation, int], int] = {}
        same = {(p.task, p.strong, p.points): n for n, p in enumerate(graph.promises)}
        self._other = [
            [same.get((task, p.strong, p.points)) for task in range(self.tasks)] for p in graph.promises
        ]

    def _fits(self) -> list[bytearray]:
        """For each node of the automaton, in which states it is as it asks."""
        graph, truths = self.graph, dict[Expr, bytearray]()
        found: list[bytearray] = []
        for atoms in self.automaton.atoms:
            fits = bytearray(b"\x01") * len(graph.states)
            for e, wanted in atoms:
                if e not in truths:
                    self.look()
                    truths[e] = graph.truth(e)
                fits = bytearray([a and b == wanted for a, b in zip(fits, truths[e], strict=True)])
            found.append(fits)
        return found

    # -- names: promises of a task that is called otherwise elsewhere

    def moved(self, names: Permutation, promises: int) -> int:
        """The same promises, of the tasks with these names."""
        if not names or not promises:
            return promises
        key = (names, promises)
        known = self._moved.get(key)
        if known is None:
            known = 0
            for number, promise in enumerate(self.graph.promises):
                if promises >> number & 1:
                    other = self._other[number][names[promise.task]]
                    assert other is not None, "a task is interchangeable with one of another process"
                    known |= 1 << other
            self._moved[key] = known
        return known

    def _closed(self, promises: int, turns: Iterable[Permutation]) -> int:
        """These, and those of whoever the same tasks may be called on coming back to the same node."""
        turns = tuple(turns)
        while True:
            more = promises
            for turn in turns:
                more |= self.moved(turn, promises)
            if more == promises:
                return promises
            promises = more

    def _renamed(self, edge: int) -> Permutation:
        step = self.step[edge]
        return IDENTITY if step < 0 else self.graph.labels[self.graph.label[step]].renamed

    def _inner(self, nodes: Sequence[int], inside: set[int]) -> Iterable[tuple[int, int, int]]:
        """The edges within a part: from, number, to."""
        first, target, banned = self.edges.first, self.edges.target, self.edges.banned
        for node in nodes:
            for edge in range(first[node], first[node + 1]):
                if not banned[edge] and target[edge] in inside:
                    yield node, edge, target[edge]

    # -- the search

    def fair_part(self) -> _Part | None:
        """A part of the product in which some fair behaviour can stay; None where there is none."""
        todo = list(self.components.of(range(len(self.state))))
        while todo:
            self.look()
            nodes = todo.pop()
            goals = 0
            for node in nodes:
                goals |= self.goals[self.place[node]]
            if goals != self.all_goals:
                continue
            inside = set(nodes)
            names = self._names(nodes, inside)
            sums = self._summed(nodes, inside, names)
            if not sums.edges:
                continue
            missed = ~self._closed(sums.taken, sums.turns)
            # Weak: a task that can always step, whatever it is called, has to.
            sometimes_not = self._closed(self._every() & ~sums.always, sums.turns)
            if self._every() & missed & ~sometimes_not & ~self.strong:
                continue
            wrong = self._closed(sums.able | sums.passed, sums.turns) & missed & self.strong
            if not wrong:
                return _Part(nodes, names)
            rest = self._without(wrong, nodes, inside, names)
            todo.extend(self.components.of(rest))
        return None

    def _every(self) -> int:
        return (1 << len(self.graph.promises)) - 1

    def _names(self, nodes: Sequence[int], inside: set[int]) -> dict[int, Permutation]:
        """For each node of a part, what tasks are called there that have some names at the first one."""
        if self.graph.interchange.trivial:
            return {}
        first, target, banned = self.edges.first, self.edges.target, self.edges.banned
        names = {nodes[0]: IDENTITY}
        todo = [nodes[0]]
        while todo:
            node = todo.pop()
            for edge in range(first[node], first[node + 1]):
                there = target[edge]
                if there in inside and there not in names and not banned[edge]:
                    names[there] = composed(names[node], self._renamed(edge))
                    todo.append(there)
        return names

    def _summed(self, nodes: Sequence[int], inside: set[int], names: dict[int, Permutation]) -> _Sums:
        graph, sums = self.graph, _Sums()
        label, taken, passing = graph.label, graph.taken, graph.passing
        home: dict[int, Permutation] = {}
        for node in nodes:
            able = graph.able[self.state[node]]
            if names.get(node):
                home[node] = inverse(names[node])
                able = self.moved(home[node], able)
            sums.able |= able
            sums.always &= able
        for node, edge, there in self._inner(nodes, inside):
            sums.edges += 1
            step = self.step[edge]
            if step >= 0:
                mine = home.get(node, IDENTITY)
                sums.taken |= self.moved(mine, taken[label[step]])
                if passing and step in passing:
                    sums.passed |= self.moved(mine, passing[step])
            if names:
                turn = composed(composed(names[node], self._renamed(edge)), home.get(there, IDENTITY))
                if turn:
                    sums.turns.add(turn)
        return sums

    def _without(
        self, wrong: int, nodes: Sequence[int], inside: set[int], names: dict[int, Permutation]
    ) -> list[int]:
        """What is left of a part without the states and steps that ask for promises which it cannot keep."""
        graph = self.graph
        passing = graph.passing
        if passing:
            for node, edge, _ in self._inner(nodes, inside):
                step = self.step[edge]
                if step >= 0 and passing.get(step, 0) & self.moved(names.get(node, IDENTITY), wrong):
                    self.edges.banned[edge] = 1
        return [
            node
            for node in nodes
            if not graph.able[self.state[node]] & self.moved(names.get(node, IDENTITY), wrong)
        ]

    # -- a short behaviour

    def cycle(self, part: _Part) -> Cycle:
        """A behaviour that comes to a part and goes round in it, fairly."""
        inside = set(part.nodes)
        begun, stem, entry = self._stem(inside)
        names = self._names([entry], inside)
        sums = self._summed(part.nodes, inside, names)
        asked = self._closed(sums.able | sums.passed, sums.turns) & self.strong
        asked |= self._every() & ~self.strong
        loop: list[int] = []
        here, called = entry, IDENTITY
        goals, met = self.goals[self.place[entry]], self._not_able(entry, IDENTITY)
        while goals != self.all_goals or asked & ~met:
            way = self._nearest(here, called, inside, lambda g, m: bool(g & ~goals or m & asked & ~met))  # noqa: B023
            for edge in way:
                here, called, more, kept = self._after(edge, here, called)
                goals, met = goals | more, met | kept
            loop += way
        loop += self._nearest(here, called, inside, None, (entry, IDENTITY))
        return Cycle(self._steps(stem), self._steps(loop), self.state[begun])

    def _steps(self, edges: Iterable[int]) -> tuple[int, ...]:
        return tuple(self.step[edge] for edge in edges if self.step[edge] >= 0)

    def _not_able(self, node: int, called: Permutation) -> int:
        """The weak promises that are kept by a state in which the step is not possible."""
        able = self.graph.able[self.state[node]]
        kept = self._every() & ~able & ~self.strong
        return self.moved(inverse(called), kept) if called else kept

    def _after(self, edge: int, node: int, called: Permutation) -> tuple[int, Permutation, int, int]:
        """Where an edge leads, how tasks are called there, the goals met there and the promises kept by
        it."""
        graph, step, there = self.graph, self.step[edge], self.edges.target[edge]
        kept = 0 if step < 0 else graph.taken[graph.label[step]]
        if called:
            kept = self.moved(inverse(called), kept)
        called = composed(called, self._renamed(edge))
        return there, called, self.goals[self.place[there]], kept | self._not_able(there, called)

    def _stem(self, inside: set[int]) -> tuple[int, list[int], int]:
        """The node at which a shortest way into a part starts, the way, and the node where it gets there."""
        first, target = self.edges.first, self.edges.target
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(range(self.initial))
        for node in (todo := list(came)):
            if node in inside:
                way: list[int] = []
                begun, back = node, came[node]
                while back is not None:
                    way.append(back[1])
                    begun, back = back[0], came[back[0]]
                return begun, way[::-1], node
            for edge in range(first[node], first[node + 1]):
                there = target[edge]
                if there not in came:
                    came[there] = (node, edge)
                    todo.append(there)
        raise AssertionError("a part that cannot be reached")

    def _nearest(
        self, node: int, called: Permutation, inside: set[int], wanted: Callable[[int, int], bool] | None,
        end: tuple[int, Permutation] | None = None,
    ) -> list[int]:  # fmt: skip
        """A shortest way of at least one edge, within a part, to where `wanted` says so of the goals met and
        the promises kept on its last edge, or to the `end`."""
        first, target, banned = self.edges.first, self.edges.target, self.edges.banned
        came: dict[tuple[int, Permutation], tuple[tuple[int, Permutation], int]] = {}
        start = (node, called)
        for here in (todo := [start]):
            for edge in range(first[here[0]], first[here[0] + 1]):
                if banned[edge] or target[edge] not in inside:
                    continue
                there, now, goals, kept = self._after(edge, *here)
                if (there, now) == end or (wanted is not None and wanted(goals, kept)):
                    way = [edge]
                    while here != start:
                        here, before = came[here]
                        way.append(before)
                    return way[::-1]
                if (there, now) not in came and (there, now) != start:
                    came[there, now] = (here, edge)
                    todo.append((there, now))
        raise AssertionError("a part that is not strongly connected")


def behaviour(graph: Graph, cycle: Cycle) -> tuple[tuple[State, ...], int | None]:
    """The states of a cycle as those of the program, with the names that tasks and values really have; after
    the last state comes the one with the number that is told, or nothing else (None)."""
    states = [graph.states[cycle.first]]
    at, names = cycle.first, Renaming()
    for step in cycle.stem:
        at, names, state = _taken(graph, step, at, names)
        states.append(state)
    if not cycle.loop:
        return tuple(states), None
    start, begins = len(states) - 1, states[-1]
    while True:
        for step in cycle.loop:
            at, names, state = _taken(graph, step, at, names)
            states.append(state)
        if states[-1] == begins:
            return tuple(states[:-1]), start


def _taken(graph: Graph, step: int, at: int, names: Renaming) -> tuple[int, Renaming, State]:
    """A step from the state with number `at`, whose names stand for `names`: the number of the next, what its
    names stand for, and the state that it really is."""
    label, there = graph.labels[graph.label[step]], graph.target[step]
    interchange = graph.interchange
    for task, point, after in graph.interpreter.moves(graph.states[at]):
        if (task, point) != (label.task, label.point):
            continue
        if after == graph.states[there] and not label.renamed:
            return there, names, interchange.renamed(after, names)
        stands, renamed = interchange.representative(after)
        if stands == graph.states[there] and renamed.tasks == label.renamed:
            return there, interchange.then(back(renamed), names), interchange.renamed(after, names)
    raise AssertionError("a step of the graph that the program does not have")
