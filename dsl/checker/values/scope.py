"""What a name stands for at one place of a specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...diagnostics import Diagnostics, did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...source import LIBRARY, Span
from ...syntax import tree
from ...syntax.recover import Lost
from ...vocabulary.foreign import habit, not_within
from ...vocabulary.library_words import LIBRARY_NAMES
from ...vocabulary.lookup import BUILT_INS, LIKELY


@dataclass(slots=True)
class Names:
    """The declarations of a model by name, filled in by the checker in the order of dependence."""

    constants: dict[str, s.Value] = field(default_factory=dict)
    types: dict[str, s.Sort] = field(default_factory=dict)
    members: dict[str, s.Enum] = field(default_factory=dict)
    variables: dict[str, m.SharedVariable] = field(default_factory=dict)
    # The objects of classes with a count, by the class.
    pools: dict[str, m.SharedVariable] = field(default_factory=dict)
    processes: dict[str, tuple[tree.Process, int]] = field(default_factory=dict)
    functions: dict[str, Signature] = field(default_factory=dict)
    policies: dict[str, tree.Policy] = field(default_factory=dict)
    instances: dict[str, m.Policy | None] = field(default_factory=dict)
    unpinned: Span | None = None
    # The labels of each process, by their owner and name, and which of them are heads of regions.
    labels: dict[str, dict[tuple[str, str], Span]] = field(default_factory=dict)
    regions: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    locals: dict[str, dict[tuple[str, str], m.LocalVariable]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    lost: Lost | None = None
    # The texts of all assertions, also of those with a fault.
    asserted: set[str] = field(default_factory=set)
    # The `def`s of which parameters or result are not known.
    unsettled: set[str] = field(default_factory=set)
    # Words that stand alone in a line, where a statement may be being written.
    words: set[str] = field(default_factory=set)
    # Constants and variables by name, also those whose declaration was not reached yet.
    later: dict[str, str] = field(default_factory=dict)

    def may_be(self, name: str) -> bool:
        """Whether a name that is not known may be that of something a fault has removed."""
        if not name or name in self.broken or self._may_be_typed(name):
            return True
        return self.lost is not None and self.lost.may_declare(name)

    def _may_be_typed(self, name: str) -> bool:
        return any(name != word and name.startswith(word) for word in self.words)

    def headless(self, name: str) -> bool:
        """Whether the parameters, result or number of a `def` or process may not be what they seem."""
        return name in self.unsettled or (self.lost is not None and self.lost.may_head(name))

    @property
    def incomplete(self) -> bool:
        """Whether bodies may have labels and locals that are not known."""
        return self.lost is not None or bool(self.words)

    def known(self) -> Iterator[str]:
        for group in (
            self.constants,
            self.types,
            self.members,
            self.variables,
            self.processes,
            self.functions,
        ):
            yield from group


@dataclass(frozen=True, slots=True)
class Signature:
    node: tree.Function
    parameters: tuple[m.LocalVariable | m.Reference, ...]
    result: s.Sort | None


@dataclass(slots=True)
class Scope:
    """Where an expression stands.

    `kind` is "code" (one step per shared access), "assert" (sees the whole state and the locals of
    `owner`), "formula" (sees the whole state), "temporal" (a property) or "constant".  `assigned` holds
    the locals that have a value here; None where control cannot come.
    """

    names: Names
    diagnostics: Diagnostics
    kind: str
    owner: str | None = None
    process: m.Bound | None = None
    locals: dict[str, m.LocalVariable | m.Reference] = field(default_factory=dict)
    bounds: Mapping[str, m.Bound] = field(default_factory=dict)
    assigned: frozenset[str] | None = frozenset()
    in_process: str | None = None
    in_policy: bool = False

    def inside(self, bound: m.Bound) -> Scope:
        """The scope in which a comprehension's variable is known too."""
        return Scope(
            self.names, self.diagnostics, self.kind, self.owner, self.process, self.locals,
            {**self.bounds, bound.name: bound}, self.assigned, self.in_process, self.in_policy,
        )  # fmt: skip

    def specification(self) -> Scope:
        """The same place, seen by an `assert` or a ghost assignment."""
        return Scope(
            self.names, self.diagnostics, "assert", self.owner, self.process, self.locals, self.bounds,
            self.assigned, self.in_process, self.in_policy,
        )  # fmt: skip

    @property
    def whole_state(self) -> bool:
        return self.kind in ("assert", "formula", "temporal")

    def may_be(self, name: str) -> bool:
        """Whether a name that is not known may be something that a fault has removed, also a parameter."""
        lost = self.names.lost
        headless = lost is not None and self.owner is not None and lost.may_head(self.owner)
        return headless or self.names.may_be(name)

    def unknown(self, name: str, span: Span) -> None:
        """Reports a name that stands for nothing here, once per name that a fault has removed."""
        if self.may_be(name):
            return
        if name == "self":
            help = "it is the index of a process, in its code"
            self.diagnostics.add("self-outside-process", span, "`self` has no meaning here", help)
            return
        if name in ("cond", "wq") and not self.in_policy:
            self.diagnostics.add(
                "unknown-name", span, f"`{name}` is not known", "only a `policy` has `cond` and `wq`"
            )
            return
        if self.kind == "constant" and name in self.names.later:
            if self.names.later[name] == "const":
                self.diagnostics.add(
                    "unknown-name", span, f"`{name}` has no value here yet", "declare it above this line"
                )
            else:
                help = "use numbers and `const` declarations"
                self.diagnostics.add("not-constant", span, f"`{name}` is not a constant", help)
            return
        here = LIKELY if self.whole_state else LIKELY - {"allocated"}
        words = not_within(name, here | LIBRARY_NAMES)
        candidates = {*self.locals, *self.bounds, *self.names.known(), *words}
        advice = habit(name) or did_you_mean(name, candidates)
        self.diagnostics.add("unknown-name", span, f"`{name}` is not known", advice)

    def refuse_hiding(self, name: str, span: Span) -> None:
        """Reports a local, parameter or bound variable that takes the name of something else.  Those of the
        library come before whatever a model calls by their names."""
        names = self.names
        if span.path == LIBRARY:
            return
        if name in BUILT_INS:
            self.diagnostics.add(
                "reserved-name", span, f"`{name}` is a word of the language", "choose another name"
            )
        elif name in names.variables:
            related = [(names.variables[name].span, "it stands here")]
            self.diagnostics.add(
                "shadowed", span, f"`{name}` hides the variable of that name", "rename it", related
            )
        elif name in self.bounds or (name in self.locals and self.locals[name].span != span):
            self.diagnostics.add("shadowed", span, f"`{name}` hides a local of that name", "rename it")
        elif name in names.known():
            self.diagnostics.add("shadowed", span, f"`{name}` hides a declaration of that name", "rename it")
