"""What a name stands for at one place of a specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from . import model as m
from . import sorts as s
from . import tree
from .diagnostics import Diagnostics, did_you_mean
from .source import Span

BUILT_INS = frozenset(
    "maybe choose range set min max len all any READ_ONCE WRITE_ONCE smp_load_acquire smp_store_release "
    "prepare_to_wait finish_wait wake_up wake_up_one schedule cond_resched might_sleep cpu_relax "
    "smp_mb smp_rmb smp_wmb self end bool int generation snapshot spinlock mutex rwlock rwsem waitqueue "
    "unlimited none full sc cond wq".split()
)


@dataclass(slots=True)
class Names:
    """The declarations of a model by name, filled in by the checker in the order of dependence."""

    constants: dict[str, s.Value] = field(default_factory=dict)
    types: dict[str, s.Sort] = field(default_factory=dict)
    members: dict[str, s.Enum] = field(default_factory=dict)
    variables: dict[str, m.SharedVariable] = field(default_factory=dict)
    processes: dict[str, tuple[tree.Process, int]] = field(default_factory=dict)
    functions: dict[str, Signature] = field(default_factory=dict)
    labels: dict[str, dict[tuple[str, str], Span]] = field(default_factory=dict)
    locals: dict[str, dict[tuple[str, str], m.LocalVariable]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def known(self) -> Iterator[str]:
        for group in (self.constants, self.types, self.members, self.variables, self.processes, self.functions):
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
    `owner`), "formula" (sees the whole state) or "constant".  `assigned` holds the locals that have
    a value here; None where control cannot come.
    """

    names: Names
    found: Diagnostics
    kind: str
    owner: str | None = None
    process: m.Bound | None = None
    locals: dict[str, m.LocalVariable | m.Reference] = field(default_factory=dict)
    bounds: Mapping[str, m.Bound] = field(default_factory=dict)
    assigned: frozenset[str] | None = frozenset()
    in_process: str | None = None

    def inside(self, bound: m.Bound) -> Scope:
        """The scope in which a comprehension's variable is known too."""
        return Scope(
            self.names, self.found, self.kind, self.owner, self.process, self.locals,
            {**self.bounds, bound.name: bound}, self.assigned, self.in_process,
        )  # fmt: skip

    def specification(self) -> Scope:
        """The same place, seen by an `assert` or a ghost assignment."""
        return Scope(
            self.names, self.found, "assert", self.owner, self.process, self.locals, self.bounds,
            self.assigned, self.in_process,
        )  # fmt: skip

    @property
    def whole_state(self) -> bool:
        return self.kind in ("assert", "formula")

    def unknown(self, name: str, span: Span) -> None:
        """Reports a name that stands for nothing here, once per name that a fault has removed."""
        if name in self.names.broken:
            return
        candidates = [*self.locals, *self.bounds, *self.names.known(), *BUILT_INS]
        if name in ("true", "false", "null", "NULL", "nil"):
            word = {"true": "True", "false": "False"}.get(name, "None")
            self.found.add("unknown-name", span, f"`{name}` is not known", f"write `{word}`")
        elif name == "self":
            self.found.add(
                "self-outside-process", span, "`self` has no meaning here", "it is the index within a process"
            )
        else:
            self.found.add("unknown-name", span, f"`{name}` is not known", did_you_mean(name, candidates))
