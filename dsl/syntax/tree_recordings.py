"""The part of the tree about a running kernel: which stretches of a process `pfnspec cost` times, and which
recorded events are which labels of the model."""

from __future__ import annotations

from dataclasses import dataclass

from .tree_expressions import Expr, Node


@dataclass(frozen=True, slots=True)
class Mark(Node):
    """`vcpu at refreshing`, or `vcpu in refreshing`, in a `measure`"""

    process: str
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure(Node):
    """`measure refresh_time: vcpu at refreshing until vcpu at use`; without an `end` it is
    `measure held: vcpu in critical`, as long as the task is in that region."""

    name: str
    start: Mark
    end: Mark | None


@dataclass(frozen=True, slots=True)
class Stretch(Node):
    """`from start_enter to end_leave`: between these events of one thread, both included."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Test(Node):
    """`ret == gpc.valid`: a field of an event, and what it is compared with."""

    field: str
    operator: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Part(Node):
    """`part notifier threads "vm*" from start_enter to end_leave`: what a thread may play."""

    process: str
    threads: tuple[str, ...]
    stretch: Stretch | None


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`event check_leave if cpu == 0: vcpu at checked where ret == gpc.valid`"""

    name: str
    stretch: Stretch | None
    tests: tuple[Test, ...]
    process: str
    labels: tuple[tuple[str, ...], ...]
    values: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Ignore(Node):
    """`ignore "sched_*", clock_enter`: events that say nothing about the model."""

    patterns: tuple[str, ...]
    stretch: Stretch | None
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Probe(Node):
    """`probe check_leave "r kvm_gpc_check ret=$retval:u8"`: how the kernel is asked for the event."""

    event: str
    text: str


@dataclass(frozen=True, slots=True)
class Recording(Node):
    """`recording gpc:`"""

    name: str
    parts: tuple[Part, ...]
    events: tuple[Event | Ignore, ...]
    probes: tuple[Probe, ...]
    doc: str | None
