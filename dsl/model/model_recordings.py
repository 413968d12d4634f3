"""The part of the model about recordings: how events of a running kernel account for visits of labels."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span
from .model_expressions import Expr


@dataclass(frozen=True, slots=True)
class Stretch:
    """From an event of a thread to another of the same thread, both included; by their names."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class FieldTest:
    """`operator` is == or !=; a text may have `*`, `?` and `[...]`, as names of files do."""

    field: str
    operator: str
    value: int | bool | str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """That a field says what an expression is at that moment.  The expression may use the locals of the body
    in which the label stands, and `self`."""

    field: str
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """What an event stands for, if its name fits `event`, it is within the stretch, and the tests pass.

    `process` is whose label it is, None where the event is ignored; `labels` are pairs of owner and name, the
    end of a process as `("", "end")`.
    """

    event: str
    stretch: Stretch | None
    tests: tuple[FieldTest, ...]
    process: str | None
    labels: tuple[tuple[str, str], ...]
    values: tuple[FieldValue, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Part:
    """What threads may play: a task of `process`, for good or only within a stretch.

    `threads` are patterns of names or numbers of threads; any thread where there are none.
    """

    process: str
    threads: tuple[str, ...]
    stretch: Stretch | None
    span: Span


@dataclass(frozen=True, slots=True)
class Probe:
    """Where the kernel is to record an event: at the entry or the return of `symbol`, with `arguments` as
    pairs of a field and what the kernel's kprobe events fetch for it (`$arg2`, `$retval:u8`)."""

    event: str
    returns: bool
    module: str | None
    symbol: str
    arguments: tuple[tuple[str, str], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Recording:
    """Of the rules, the first that fits an event counts."""

    name: str
    doc: str | None
    parts: tuple[Part, ...]
    rules: tuple[Rule, ...]
    probes: tuple[Probe, ...]
    span: Span

    def part(self, process: str) -> Part:
        return next(part for part in self.parts if part.process == process)
