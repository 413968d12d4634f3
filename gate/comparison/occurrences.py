"""Where assertions stand: in which process, under which conditions, within what.

Calls are followed, so that an assertion that moves to a `def` which is called in the same place has not
moved at all, and one whose `def` nobody calls any more stands nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...dsl.syntax import tree
from .terms import FALSE, TRUE, Surroundings, Term, joined, negated, nodes, shape, term

_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One assertion in one process or wait policy: `condition` is what it claims, `guards` what has to be the
    case for a task to come to it, as far as the text says so; `last` that the task stands there for ever."""

    text: str
    process: str
    owner: str
    condition: Term
    guards: frozenset[Term]
    last: bool
    node: tree.Assert

    @property
    def never(self) -> bool:
        """Whether a condition above it is false for certain."""
        return FALSE in self.guards


@dataclass(frozen=True, slots=True)
class _Here:
    process: str
    owner: str
    guards: frozenset[Term]
    last: bool
    called: tuple[str, ...]

    def under(self, *guards: Term) -> _Here:
        return replace(self, guards=self.guards.union(guards) - {TRUE})


def occurrences(specification: tree.Tree, where: Surroundings) -> tuple[Occurrence, ...]:
    """All assertions of the processes and policies, in the order of the text."""
    return tuple(_Walk(specification, where).all())


def called_by_processes(specification: tree.Tree) -> set[str]:
    """The `def`s that some process or policy comes to."""
    functions = {node.name: node for node in specification.declarations if isinstance(node, tree.Function)}
    todo: list[object] = [
        node for node in specification.declarations if isinstance(node, tree.Process | tree.Policy)
    ]
    found: set[str] = set()
    while todo:
        for name in _calls(todo.pop()):
            if name in functions and name not in found:
                found.add(name)
                todo.append(functions[name])
    return found


def _calls(node: object) -> Iterator[str]:
    for part in nodes(node):
        if isinstance(part, tree.Call) and isinstance(part.function, tree.Name):
            yield part.function.id


class _Walk:
    def __init__(self, specification: tree.Tree, where: Surroundings) -> None:
        declared = specification.declarations
        self.where = where
        self.processes = [node for node in declared if isinstance(node, tree.Process)]
        self.policies = [node for node in declared if isinstance(node, tree.Policy)]
        self.functions = {node.name: node for node in declared if isinstance(node, tree.Function)}
        self.left = _MOST

    def all(self) -> Iterator[Occurrence]:
        for process in self.processes:
            if process.count is None or term(process.count, self.where) != ("value", "int", 0):
                here = _Here(process.name, process.name, frozenset(), True, ())
                yield from self.block(process.body, here)
        for policy in self.policies:
            yield from self.block(policy.body, _Here(policy.name, policy.name, frozenset(), False, ()))

    def block(self, block: tree.Block, here: _Here) -> Iterator[Occurrence]:
        after = here
        statements = [s for s in block.statements if not isinstance(s, tree.Docstring | tree.Pass)]
        landings = {part.name for part in nodes(block) if isinstance(part, tree.Goto)}
        for at, statement in enumerate(statements):
            if isinstance(statement, tree.Label | tree.Region) and statement.name in landings:
                # Control comes here past some of what stands above; whatever changes there makes it another.
                above = nodes(tuple(statements[:at]))
                parts = tuple(shape(part) for part in above if isinstance(part, tree.Node))
                after = here.under(("behind", parts))
            # Assertions and labels take no time, so those behind do not end this one's.
            rest = statements[at + 1 :]
            last = here.last and all(isinstance(s, tree.Assert | tree.Label) for s in rest)
            yield from self.statement(statement, replace(after, last=last))
            labels = tree.Label | tree.Region
            own = frozenset(part.name for part in nodes(statement) if isinstance(part, labels))
            ways = self.leaves(statement, own)
            after = after.under(*(negated(way) for way in ways), *self.passed(statement))

    def statement(self, node: tree.Statement, here: _Here) -> Iterator[Occurrence]:
        if self.left <= 0:
            return
        match node:
            case tree.Assert(condition=condition, text=text):
                self.left -= 1
                claim = term(condition, self.where)
                yield Occurrence(
                    text or "", here.process, here.owner, claim, here.guards, here.last, node
                )  # fmt: skip
            case tree.If():
                for test, body in self.branches(node):
                    yield from self.calls(test, here)
                    yield from self.block(body, here.under(*self.parts(node, body)))
            case tree.While(condition=condition, body=body):
                yield from self.calls(condition, here)
                yield from self.block(body, replace(here.under(term(condition, self.where)), last=False))
            case tree.For(name=name, domain=domain, body=body):
                guard = ("for", name, term(domain, self.where))
                yield from self.block(body, replace(here.under(guard), last=False))
            case tree.With(body=body) | tree.Atomic(body=body) | tree.Region(body=body):
                inner = replace(here, last=False) if isinstance(node, tree.With) else here
                yield from self.block(body, inner)
            case tree.Either(body=body, others=others):
                for branch in (body, *(other.body for other in others)):
                    yield from self.block(branch, here.under(_choice(branch)))
            case _:
                yield from self.calls(node, here)

    def branches(self, node: tree.If) -> Iterator[tuple[object, tree.Block]]:
        yield node.condition, node.body
        for branch in node.elifs:
            yield branch.condition, branch.body
        if node.orelse is not None:
            yield None, node.orelse.body

    def parts(self, node: tree.If, body: tree.Block) -> tuple[Term, ...]:
        """The conditions of a branch: its own, and that none above it was taken."""
        found: list[Term] = []
        for condition, branch in ((node.condition, node.body), *((e.condition, e.body) for e in node.elifs)):
            here = term(condition, self.where)
            if branch is body:
                return (*found, *_conjuncts(here))
            found += _conjuncts(negated(here))
        return tuple(found)

    def calls(self, node: object, here: _Here) -> Iterator[Occurrence]:
        """What stands in the `def`s that a statement calls."""
        for name in _calls(node) if node is not None else ():
            function = self.functions.get(name)
            if function is not None and name not in here.called:
                inner = replace(here, owner=name, called=(*here.called, name))
                yield from self.block(function.body, inner)

    def leaves(
        self, node: object, own: frozenset[str], returns_only: bool = False
    ) -> tuple[Term, ...]:  # fmt: skip
        """The conditions under which a statement leaves its block for good; `own` are its labels."""
        match node:
            case tree.Return():
                return (TRUE,)
            case tree.Goto(name=name):
                return () if name in own else (TRUE,)
            case tree.Break() | tree.Continue():
                return () if returns_only else (TRUE,)
            case tree.Block(statements=statements):
                return tuple(way for s in statements for way in self.leaves(s, own, returns_only))
            case tree.If():
                return tuple(
                    joined("and", (*self.parts(node, body), way))
                    for _, body in self.branches(node)
                    for way in self.leaves(body, own, returns_only)
                )
            case tree.While(condition=condition, body=body):
                ways = self.leaves(body, own, True)
                return tuple(joined("and", (term(condition, self.where), way)) for way in ways)
            case tree.For(body=body):
                return self.leaves(body, own, True)
            case tree.With(body=body) | tree.Atomic(body=body) | tree.Region(body=body):
                return self.leaves(body, own, returns_only)
            case tree.Either(body=body, others=others):
                return tuple(
                    joined("and", (_choice(branch), way))
                    for branch in (body, *(other.body for other in others))
                    for way in self.leaves(branch, own, returns_only)
                )
            case _:
                return ()

    def passed(self, node: tree.Statement) -> tuple[Term, ...]:
        """What was the case when a statement that waits for it was over."""
        match node:
            case tree.Await(condition=condition) | tree.Wait(condition=condition):
                return _conjuncts(term(condition, self.where))
            case tree.While(condition=condition, body=body) if not _breaks(body):
                return _conjuncts(negated(term(condition, self.where)))
            case _:
                return ()


def _conjuncts(t: Term) -> tuple[Term, ...]:
    return t[1] if t[0] == "and" else (t,)


def _choice(branch: tree.Block) -> Term:
    """An alternative of a choice, known by the statement that it begins with."""
    first = next((s for s in branch.statements if not isinstance(s, tree.Docstring)), None)
    return ("alternative", shape(first))


def _breaks(block: tree.Block) -> bool:
    """Whether a `break` in a loop's body is about that loop."""
    for node in block.statements:
        if isinstance(node, tree.Break):
            return True
        if isinstance(node, tree.While | tree.For):
            continue
        inner = [getattr(node, name, None) for name in ("body", "orelse")]
        others = [*getattr(node, "elifs", ()), *getattr(node, "others", ())]
        bodies = [*inner, *(other.body for other in others)]
        for body in bodies:
            body = body.body if isinstance(body, tree.Else) else body
            if isinstance(body, tree.Block) and _breaks(body):
                return True
    return False
