"""The tree: a specification as it is written, before any name is looked up.

One class per rule of `grammar.lark`, of the same name in CamelCase.  Every node carries the span
of its text; that of a statement with a block ends at the colon.  The expressions, which stand in
`tree_expressions`, are part of it and have the same names here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .tree_expressions import *
from .tree_measures import Mark as Mark
from .tree_measures import Measure as Measure
from .tree_recordings import Event as Event
from .tree_recordings import Ignore as Ignore
from .tree_recordings import Part as Part
from .tree_recordings import Probe as Probe
from .tree_recordings import Recording as Recording
from .tree_recordings import Stretch as Stretch
from .tree_recordings import Test as Test

# ---- statements


@dataclass(frozen=True, slots=True)
class Docstring(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Local(Node):
    """`page: Pfn | None = None`"""

    name: str
    type: Expr
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """`gpc.valid = False`"""

    target: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Augmented(Node):
    """`active += 1`"""

    target: Expr
    operator: str
    value: Expr


@dataclass(frozen=True, slots=True)
class CallStatement(Node):
    """`cond_resched()`; any other expression is refused by the checker."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Assert(Node):
    """`assert gpc.valid, "why"`"""

    condition: Expr
    text: str | None


@dataclass(frozen=True, slots=True)
class Await(Node):
    """`await done`"""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Label(Node):
    """`label use`"""

    name: str


@dataclass(frozen=True, slots=True)
class Wait(Node):
    """`wait until active == 0 on wq holding mn_lock or timeout`"""

    policy: PolicyUse | None
    condition: Expr
    queue: Expr
    holding: Expr | None
    timeout: bool


@dataclass(frozen=True, slots=True)
class Delegate(Node):
    """`wait block`, in a policy"""

    policy: PolicyUse


@dataclass(frozen=True, slots=True)
class Return(Node):
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Goto(Node):
    """`goto out`"""

    name: str


@dataclass(frozen=True, slots=True)
class Break(Node):
    pass


@dataclass(frozen=True, slots=True)
class Continue(Node):
    pass


@dataclass(frozen=True, slots=True)
class Pass(Node):
    pass


@dataclass(frozen=True, slots=True)
class Gap(Node):
    """A line that could not be read."""


@dataclass(frozen=True, slots=True)
class Block(Node):
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Elif(Node):
    condition: Expr
    body: Block


@dataclass(frozen=True, slots=True)
class Else(Node):
    body: Block


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Expr
    body: Block
    elifs: tuple[Elif, ...]
    orelse: Else | None


@dataclass(frozen=True, slots=True)
class While(Node):
    condition: Expr
    body: Block


@dataclass(frozen=True, slots=True)
class For(Node):
    name: str
    domain: Expr
    body: Block


@dataclass(frozen=True, slots=True)
class With(Node):
    """`with LOCK:`, or `with LOCK if CONST:`"""

    lock: Expr
    body: Block
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Or(Node):
    body: Block


@dataclass(frozen=True, slots=True)
class Either(Node):
    body: Block
    others: tuple[Or, ...]


@dataclass(frozen=True, slots=True)
class Atomic(Node):
    body: Block


@dataclass(frozen=True, slots=True)
class Region(Node):
    """`label crit:` with a block"""

    name: str
    body: Block


Statement = (
    Docstring | Local | Assign | Augmented | CallStatement | Assert | Await | Label | Wait | Delegate
    | Goto | Return | Break | Continue | Pass | Gap | If | While | For | With | Either | Atomic | Region
)  # fmt: skip


# ---- declarations


@dataclass(frozen=True, slots=True)
class Header(Node):
    """`model pfncache varies "upstream.pfn"`"""

    name: str
    base: str | None


@dataclass(frozen=True, slots=True)
class Const(Node):
    """`const VCPUS: int = 2`"""

    name: str
    type: Expr
    value: Expr | None


@dataclass(frozen=True, slots=True)
class TypeAlias(Node):
    """`type Pfn = range(PAGES)`"""

    name: str
    type: Expr


@dataclass(frozen=True, slots=True)
class Member(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Enum(Node):
    """`enum Phase: idle, busy`"""

    name: str
    members: tuple[Member, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`valid: bool = False` in a class"""

    name: str
    type: Expr
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Struct(Node):
    """`class Gpc:`, or with a count, of objects that are allocated, `class Session[2]:`; `word LockWord:`, a
    class whose fields are one location."""

    name: str
    count: Expr | None
    fields: tuple[Field, ...]
    doc: str | None
    word: bool = False


@dataclass(frozen=True, slots=True)
class Shared(Node):
    """`shared active: range(3) = 0`"""

    name: str
    type: Expr
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Ghost(Node):
    """`ghost used: bool = False`"""

    name: str
    type: Expr
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Interrupts(Node):
    """What a handler interrupts: `interrupt tick on vcpu:`; `level` is interrupt, softirq, nmi or ipi.

    Its span is that of the process' name."""

    level: str
    process: str


@dataclass(frozen=True, slots=True)
class Process(Node):
    """`daemon process vcpu[2]:`; `work refill:` or `timer expiry:`, whose word stands among the modifiers;
    or a handler, which has as many instances as the process that it interrupts."""

    modifiers: tuple[str, ...]
    name: str
    count: Expr | None
    cpu: Expr | None
    body: Block
    interrupts: Interrupts | None = None


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: str
    type: Expr | None
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Function(Node):
    """`def refresh(c: Gpc) -> bool:`"""

    name: str
    parameters: tuple[Parameter, ...]
    result: Expr | None
    body: Block


@dataclass(frozen=True, slots=True)
class Policy(Node):
    """`policy halt_poll(polls: int = 2):`"""

    name: str
    parameters: tuple[Parameter, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class PolicyUse(Node):
    """`halt_poll(polls=3)`"""

    name: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Policies(Node):
    """`policies spin, block`"""

    uses: tuple[PolicyUse, ...]


@dataclass(frozen=True, slots=True)
class Invariant(Node):
    """`invariant alone: ...`, or `invariant alone in smp: ...`, in these scenarios only"""

    name: str
    formula: Expr
    doc: str | None
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Property(Node):
    name: str
    formula: Expr
    doc: str | None
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sometimes(Node):
    name: str
    formula: Expr
    doc: str | None
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assume(Node):
    """`assume len(queue) <= 2`, of the model or within a scenario: behaviours that leave it are not
    followed."""

    formula: Expr


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`cpus = 1` in a scenario"""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Scenario(Node):
    name: str
    settings: tuple[Setting, ...]
    policies: tuple[Policies, ...]
    doc: str | None
    assumed: tuple[Assume, ...] = ()


@dataclass(frozen=True, slots=True)
class Expect(Node):
    """`expect "stale PFN used" violated under spin in up`; empty tuples mean every one."""

    target: str
    verdict: Literal["holds", "violated"]
    under: tuple[str, ...]
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accept(Node):
    """`accept weaker N "two tasks show it too"`: a change that `pfnspec gate` is to let pass."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptUnlocked(Node):
    """`accept unlocked gpc.valid "a release store orders it"`: no lock keeps the accesses to these locations
    apart, and that is meant."""

    locations: tuple[str, ...]
    reason: str


Declaration = (
    Const | TypeAlias | Enum | Struct | Shared | Ghost | Process | Function | Policy | Policies
    | Invariant | Property | Sometimes | Assume | Measure | Scenario | Expect | Accept
    | AcceptUnlocked | Recording
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole file: its docstring, its `model` line and its declarations in order."""

    path: str
    doc: str | None
    header: Header
    declarations: tuple[Declaration, ...]
