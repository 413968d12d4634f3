"""Two specifications compared: what became of what is claimed, and of what is examined.

Trees are compared, variants laid over their bases: comments and layout are gone, everything else is there,
also what a checked model has already put into steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...dsl.checker.prelude import prelude
from ...dsl.checker.scenarios import STANDARD, scenario_names
from ...dsl.source import Span
from ...dsl.syntax import tree
from .assumptions import assumed_terms, compare_assumptions
from .bodies import change_of_bound, compare_bodies
from .claims import Pair, compare_assertions, compare_expectations, compare_formulas
from .constants import compare_aliases, compare_constants
from .difference import DIFFERENT, EFFECTS, NEUTRAL, STRONGER, WEAKER, Difference, worst
from .implication import change_of_domain
from .occurrences import called_by_processes
from .parts import (
    Node,
    alike,
    enum_differences,
    initial_term,
    interrupted,
    named,
    policies_line,
    scenario_of,
    size_words,
    tasks_of,
    whole_of,
)
from .sides import side
from .terms import Term, domain, nodes, shape, surroundings, term

_ACCEPTANCES = tree.Accept | tree.AcceptUnlocked
"""What a check takes no notice of, and what only says which notes are wanted."""


def same(old: tree.Tree, new: tree.Tree) -> bool:
    """Whether two specifications differ in comments, docstrings, layout and acceptances at most."""

    def told(of: tree.Tree) -> list[Term]:
        return [whole_of(node) for node in of.declarations if not isinstance(node, _ACCEPTANCES)]

    return told(old) == told(new) and old.header.name == new.header.name


def compare(old: tree.Tree, new: tree.Tree) -> tuple[Difference, ...]:
    """What has changed from one specification (variants: merged) to another, weaker first.

    Both are trees of which checked models can be made; nothing is read or run.
    """
    return _Comparison(old, new).all()


_Variable = tree.Shared | tree.Ghost


class _Comparison:
    def __init__(self, old: tree.Tree, new: tree.Tree) -> None:
        self.old, self.new = old, new
        self.scenarios = self.match_scenarios()
        self.pairs: dict[str | None, Pair] = {
            other: (surroundings(old, one), surroundings(new, other)) for one, other in self.scenarios.items()
        } or {None: (surroundings(old, None), surroundings(new, None))}

    def all(self) -> tuple[Difference, ...]:
        processes = self.renamed_processes()
        found: list[Difference] = list(self.processes(processes))
        pairs = tuple(self.pairs.values())
        formulas, renamed = compare_formulas(self.old, self.new, pairs, self.scenarios)
        assertions, texts = compare_assertions(self.old, self.new, pairs, processes)
        expectations = compare_expectations(
            self.old, self.new, self.scenarios, self.common_policies() or (None,), renamed | texts
        )
        found += [*formulas, *assertions, *expectations]
        found += compare_constants(self.old, self.new, self.pairs, processes)
        found += compare_aliases(self.old, self.new, self.pairs, processes)
        found += self.bodies(processes)
        found += [*self.types(), *self.variables(), *self.functions(), *self.scenes(), *self.policies()]
        if self.old.header.name != self.new.header.name:
            message = f"the model was called `{self.old.header.name}`"
            spans = self.old.header.span, self.new.header.span
            found.append(Difference("model-renamed", NEUTRAL, self.new.header.name, message, *spans))
        read = named(self.old, tree.Recording)
        for name, node in named(self.new, tree.Recording).items():
            if (old := read.get(name)) is None or whole_of(old) != whole_of(node):
                at = None if old is None else old.span
                found.append(Difference("recording", NEUTRAL, name, "it is read otherwise", at, node.span))
        once = dict.fromkeys(found)
        return tuple(sorted(once, key=lambda difference: EFFECTS.index(difference.effect)))

    def named(self, kind: type[Node]) -> tuple[dict[str, Node], dict[str, Node]]:
        """The declarations of a kind, by name, before and after."""
        return named(self.old, kind), named(self.new, kind)

    # -- processes, functions

    def renamed_processes(self) -> dict[str, str]:
        """The new name of each process that is another's twin under the name that it had."""
        before, after = self.named(tree.Process)
        renamed: dict[str, str] = {}
        for name, node in before.items():
            if name in after:
                continue
            new = next(
                (n for n in after if n not in before and n not in renamed.values() and alike(node, after[n])),
                None,
            )
            if new is not None:
                renamed[name] = new
        return renamed

    def processes(self, renamed: Mapping[str, str]) -> Iterator[Difference]:
        """What became of each process; `renamed` has the new names of those that have one."""
        before, after = self.named(tree.Process)
        for name, node in before.items():
            if name in after:
                yield from self.process(node, after[name])
            elif name in renamed:
                message, new = f"`{name}` is now called `{renamed[name]}`", after[renamed[name]].span
                yield Difference("process-renamed", DIFFERENT, renamed[name], message, node.span, new)
            else:
                yield Difference("process-removed", WEAKER, name, "the process is removed", node.span, None)
        for name, node in after.items():
            if name not in before and name not in renamed.values():
                yield Difference("process-added", STRONGER, name, "a process is new", None, node.span)

    def process(self, old: tree.Process, new: tree.Process) -> Iterator[Difference]:
        def told(kind: str, effect: str, message: str) -> Difference:
            return Difference(kind, effect, new.name, message, old.span, new.span)

        if interrupted(old) != interrupted(new):
            yield told("interrupts", DIFFERENT, "it interrupts another process, or at another level")
        for word, given, taken in (
            (
                "daemon",
                (WEAKER, "it may be left waiting now, which was a deadlock before"),
                (STRONGER, "to be left waiting is a deadlock now"),
            ),
            (
                "unfair",
                (STRONGER, "it may stop anywhere now: less fairness is assumed"),
                (WEAKER, "it may no longer stop anywhere: more fairness is assumed"),
            ),
        ):
            if (word in new.modifiers) != (word in old.modifiers):
                effect, why = given if word in new.modifiers else taken
                way = "added" if word in new.modifiers else "dropped"
                yield told(f"{word}-{way}", effect, f"`{word}` is {way}: {why}")
        if shape(old.count) != shape(new.count):
            tasks = [(tasks_of(old.count, a), tasks_of(new.count, b)) for a, b in self.pairs.values()]
            effect = worst(change_of_domain(*both) for both in tasks)
            said = {WEAKER: "fewer tasks run", STRONGER: "more tasks run"}
            other = "the number of tasks is written otherwise"
            yield told("count-changed", effect, said.get(effect, other))
        if shape(old.cpu) != shape(new.cpu):
            if old.cpu is None:
                yield told("pinned", WEAKER, "its tasks are pinned to CPUs: fewer interleavings are examined")
            else:
                yield told("pinned", DIFFERENT, "its tasks are pinned otherwise, or no longer")

    def functions(self) -> Iterator[Difference]:
        before, after = self.named(tree.Function)
        for name, node in after.items():
            if name in before:
                old = before[name]
                if (shape(old.parameters), shape(old.result)) != (shape(node.parameters), shape(node.result)):
                    message = "its parameters or its result are changed"
                    yield Difference("signature-changed", DIFFERENT, name, message, old.span, node.span)
        for name in sorted(self.never_called()):
            message = "no process comes to it any more"
            yield Difference("never-called", WEAKER, name, message, before[name].span, after[name].span)

    def bodies(self, processes: Mapping[str, str]) -> list[Difference]:
        def blocks(of: tree.Tree, names: Mapping[str, str]) -> dict[str, tree.Block]:
            called = called_by_processes(of)
            return {
                names.get(node.name, node.name): node.body
                for node in of.declarations
                if isinstance(node, tree.Process | tree.Policy)
                or (isinstance(node, tree.Function) and node.name in called)
            }

        old, new = blocks(self.old, processes), blocks(self.new, {})
        # A policy of the prelude that the model takes the place of.
        standard = {node.name: node.body for node in prelude().declarations if isinstance(node, tree.Policy)}
        for name, body in standard.items():
            if (name in old) != (name in new):
                old.setdefault(name, body)
                new.setdefault(name, body)
        gone = {d.name for d in self.old.declarations if isinstance(d, tree.Process)} - set(new)
        come = {d.name for d in self.new.declarations if isinstance(d, tree.Process)} - set(old)
        pairs = [(name, old.get(name), new.get(name)) for name in dict.fromkeys([*old, *new])]
        found = [
            difference
            for a, b in self.pairs.values()
            for difference in compare_bodies(pairs, side(self.old, a), side(self.new, b))
        ]
        # What comes or goes as a whole is told as that.
        gone |= self.never_called()
        return [
            d for d in found
            if not (d.about in gone and d.new is None) and not (d.about in come and d.old is None)
        ]  # fmt: skip

    def never_called(self) -> set[str]:
        """The `def`s that are still there, and that no process comes to any more."""
        return (called_by_processes(self.old) - called_by_processes(self.new)) & set(
            self.named(tree.Function)[1]
        )

    # -- types and variables

    def types(self) -> Iterator[Difference]:
        enums = self.named(tree.Enum)
        for name in enums[1]:
            if name in enums[0]:
                yield from enum_differences(enums[0][name], enums[1][name])
        structs = self.named(tree.Struct)
        for name in structs[1]:
            if name in structs[0]:
                yield from self.fields(structs[0][name], structs[1][name])

    def domains(self, old: tree.Expr, new: tree.Expr) -> str:
        return worst(change_of_domain(domain(old, a), domain(new, b)) for a, b in self.pairs.values())

    def fields(self, old: tree.Struct, new: tree.Struct) -> Iterator[Difference]:
        if old.word != new.word:
            message = "its fields are one location" if new.word else "its fields are locations of their own"
            yield Difference("type-changed", DIFFERENT, new.name, message, old.span, new.span)
        before, after = ({f.name: f for f in of.fields} for of in (old, new))
        for name in {**before, **after}:
            one, other = before.get(name), after.get(name)
            if one is None or other is None:
                come = one is None
                message = f"field `{name}` is {'new' if come else 'removed'}"
                spans = (one.span if one else None), (other.span if other else None)
                kind = "field-added" if come else "field-removed"
                yield Difference(kind, DIFFERENT, old.name, message, *spans)
            else:
                own = (one, other)
                yield from self.variable(old.name, one.type, other.type, one.default, other.default, own)

    def variables(self) -> Iterator[Difference]:
        for kind, of in (("variable", self.named(tree.Shared)), ("ghost", self.named(tree.Ghost))):
            yield from self.declared(kind, *of)

    def declared(
        self, kind: str, before: Mapping[str, _Variable], after: Mapping[str, _Variable]
    ) -> Iterator[Difference]:
        for name in {**before, **after}:
            old, new = before.get(name), after.get(name)
            if old is not None and new is not None:
                yield from self.variable(name, old.type, new.type, old.value, new.value, (old, new))
            elif new is not None:
                yield Difference(f"{kind}-added", NEUTRAL, name, f"a {kind} is new", None, new.span)
            elif old is not None:
                effect = NEUTRAL if kind == "ghost" else DIFFERENT
                message = f"the {kind} is removed"
                yield Difference(f"{kind}-removed", effect, name, message, old.span, None)

    def variable(
        self, name: str, old: tree.Expr, new: tree.Expr, was: tree.Expr | None, is_: tree.Expr | None,
        declared: tuple[tree.Node, tree.Node],
    ) -> Iterator[Difference]:  # fmt: skip
        spans = declared[0].span, declared[1].span
        if shape(old) != shape(new):
            told = dict(change_of_bound(old, new, *pair) for pair in self.pairs.values())
            effect = worst(told)
            message = told[effect]
            if any(isinstance(part, tree.Subscript) and shape(part.base) != ("Name", ("str", "set"))
                   for part in nodes((old, new))):  # fmt: skip
                effect = self.domains(old, new)
                message = size_words(effect)
            yield Difference("bound-changed", effect, name, message, *spans)
        starts = any(initial_term(was, a) != initial_term(is_, b) for a, b in self.pairs.values())
        if starts and shape(was) != shape(is_):
            yield Difference("initial-changed", DIFFERENT, name, "it starts as something else", *spans)

    # -- scenarios and policies

    def match_scenarios(self) -> dict[str | None, str | None]:
        """The scenario of the new specification for each of the old one that is still there."""
        old, new = scenario_names(self.old), scenario_names(self.new)
        found: dict[str | None, str | None] = {name: name for name in old if name in new}
        for name in old:
            if name not in found:
                rest = [other for other in new if other not in found.values() and other not in old]
                like = [o for o in rest if self.settings(self.old, name) == self.settings(self.new, o)]
                if like:
                    found[name] = like[0]
        return found

    def settings(self, of: tree.Tree, name: str | None) -> tuple[object, ...]:
        """All that makes a scenario what it is."""
        where = surroundings(of, name)
        node = scenario_of(of, name)
        set_ = {s.name: term(s.value, where) for s in node.settings} if node else {}
        cpus = set_.get("cpus", ("name", "unlimited"))
        preempt, memory = set_.get("preempt", ("name", "none")), set_.get("memory", ("name", "sc"))
        assumed = assumed_terms(of, name, where)
        return where.values, cpus, preempt, memory, shape(policies_line(of, name)), assumed

    def scenes(self) -> Iterator[Difference]:
        for name in scenario_names(self.old):
            old = scenario_of(self.old, name)
            if name not in self.scenarios:
                span = old.span if old else self.old.header.span
                message = "the scenario is removed"
                if name is None:
                    message = "no scenario is like the model without one, which is no longer checked"
                yield Difference(
                    "scenario-removed", WEAKER, name or self.old.header.name, message, span, None
                )
            elif self.scenarios[name] != name:
                new = scenario_of(self.new, self.scenarios[name])
                about = self.scenarios[name] or self.new.header.name
                spans = (old.span if old else None), (new.span if new else None)
                yield Difference("scenario-renamed", DIFFERENT, about, f"it was called `{name}`", *spans)
        for name in scenario_names(self.new):
            node = scenario_of(self.new, name)
            if node is not None and name not in self.scenarios.values():
                yield Difference("scenario-added", STRONGER, name or "", "a scenario is new", None, node.span)
        for one, other in self.scenarios.items():
            a, b = scenario_of(self.old, one), scenario_of(self.new, other)
            if a and b:
                yield from self.scheduler(a, b)
            yield from compare_assumptions(self.old, self.new, one, other, self.pairs[other])

    def scheduler(self, old: tree.Scenario, new: tree.Scenario) -> Iterator[Difference]:
        before, after = ({s.name: s for s in of.settings} for of in (old, new))
        for word, default in (("cpus", "unlimited"), ("preempt", "none"), ("memory", "sc")):
            one, other = before.get(word), after.get(word)
            was = term(one.value, self.pairs[new.name][0]) if one else ("name", default)
            is_ = term(other.value, self.pairs[new.name][1]) if other else ("name", default)
            if was == is_:
                continue
            if word == "cpus":
                effect, message = WEAKER, "what only the former number of CPUs shows is no longer examined"
            elif word == "memory" and is_ == ("name", "weak"):
                effect, message = STRONGER, "what only weak memory shows is examined, too"
            elif word == "memory":
                effect, message = WEAKER, "what only weak memory shows is no longer examined"
            elif is_ == ("name", "full"):
                effect, message = STRONGER, "tasks may be taken off their CPU anywhere"
            else:
                effect, message = WEAKER, "tasks are no longer taken off their CPU anywhere"
            spans = (one.span if one else old.span), (other.span if other else new.span)
            yield Difference(f"{word}-changed", effect, new.name, message, *spans)

    def common_policies(self) -> tuple[str, ...]:
        """The policies under which both are checked in some scenario."""
        names = [
            name
            for one, other in (self.scenarios or {None: None}).items()
            for name in self.uses(self.old, one)
            if name in self.uses(self.new, other)
        ]
        return tuple(dict.fromkeys(names))

    def uses(self, of: tree.Tree, scenario: str | None) -> dict[str, tuple[Term, Span]]:
        """The wait policies of a scenario by name; none where nothing waits under one."""
        waits = [n for n in nodes(of.declarations) if isinstance(n, tree.Wait) and n.policy is None]
        if not waits:
            return {}
        line = policies_line(of, scenario)
        if line is None:
            return dict.fromkeys(STANDARD, ((), waits[0].span))
        return {use.name: (shape(use.arguments), use.span) for use in line.uses}

    def policies(self) -> Iterator[Difference]:
        for one, other in self.scenarios.items():
            before, after = self.uses(self.old, one), self.uses(self.new, other)
            if not before and not after:
                continue
            within = f" in {other}" if other else ""
            for name in {**before, **after}:
                was, is_ = before.get(name), after.get(name)
                if was and not is_:
                    place = policies_line(self.new, other)
                    message = f"waiting is no longer checked under it{within}"
                    new = place.span if place else None
                    yield Difference("policy-removed", WEAKER, name, message, was[1], new)
                elif is_ and not was:
                    message = f"waiting is checked under it too{within}"
                    yield Difference("policy-added", STRONGER, name, message, None, is_[1])
                elif was and is_ and was[0] != is_[0]:
                    message = f"it is used with other values{within}"
                    yield Difference("policy-changed", DIFFERENT, name, message, was[1], is_[1])
