"""Which locks keep their queue, because leaving it out could decide a verdict.

`docs/semantics.md` has the argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ....dsl.model import model as m
from ....dsl.model.sorts import Lock
from ...program.program import Assign, Given, Op, Taken
from ...program.ways import leaves
from ..flow import BackNode, Flow, FreeNode, LastNode, MarkNode, Node, StepNode


@dataclass(frozen=True, slots=True)
class Body:
    """A lowered process: how many tasks it has, its flow graph, where that begins, the locks it tries."""

    count: int
    flow: Flow
    entry: int
    tried: frozenset[str]


def queued_locks(
    model: m.Model, locks: Iterable[tuple[str, Lock, tuple[int, ...]]], bodies: Iterable[Body], *,
    fair_to_writers: bool,
) -> tuple[frozenset[str], frozenset[str]]:  # fmt: skip
    """The `locks` of a model, by path with their sort and array sizes, that need their queue; and those that
    do not need it because it can be promised that no writer is passed over for ever.  `fair_to_writers`: none
    is starved by readers that overlap."""
    bodies, locks = tuple(bodies), tuple(locks)
    sorts = {path: sort for path, sort, _ in locks}
    needed: frozenset[str] = frozenset()
    for body in bodies:
        # A refused try shows whether somebody is queued.
        needed |= body.tried | waited_with(body.flow.nodes, body.entry, cpus=model.cpus is not None)
    if model.cpus is not None:
        # Where spinners are preempted, whoever is first in a queue must be able to get a CPU back.
        steady = model.preempt == "none" or not any(sorts[path].spins for path in needed)
        steady = steady and (model.preempt == "none" or not _forbids_preemption(model))
        steady = steady and _alike(model) and not any(_awaits(body) for body in bodies)
        needed |= {path for path, sort in sorts.items() if not (sort.spins and steady)}
    queueing = {path for path, sort in sorts.items() if sort.shared and sort.fair}
    overlapping = _overlapping(bodies) & queueing if fair_to_writers else frozenset[str]()
    # With CPUs, a writer may be without one; with handlers, it may be held up; of an array it is open which
    # lock another takes.
    away = model.cpus is not None or any(process.interrupts for process in model.processes)
    arrays = {path for path, _, sizes in locks if sizes}
    needed |= overlapping if away else overlapping & arrays
    return needed & queueing, overlapping - needed


def _alike(model: m.Model) -> bool:
    """Whether all tasks are pinned, or none is."""
    return len({process.cpus is None for process in model.processes if process.count}) < 2


def _forbids_preemption(model: m.Model) -> bool:
    """Whether a task may keep its CPU while it waits, without a lock that spins."""
    bodies = (part.body for group in (model.processes, model.functions) for part in group)
    return any(isinstance(n, m.MaskAction) and n.mask == "preempt" for b in bodies for n in m.walk(b))


def _awaits(body: Body) -> bool:
    return any(isinstance(node, StepNode) and node.kind == "await" for node in body.flow.nodes)


def _overlapping(bodies: tuple[Body, ...]) -> frozenset[str]:
    """The locks that two or more tasks can read at once while another waits to write."""
    readers: dict[str, int] = {}
    written: set[str] = set()
    for body in bodies:
        used = {
            (node.lock.lock, node.lock.mode)
            for node in body.flow.nodes
            if isinstance(node, StepNode) and node.lock is not None
        }
        for lock, mode in used:
            if mode == "read":
                readers[lock] = readers.get(lock, 0) + body.count
            else:
                written.add(lock)
    return frozenset(lock for lock, count in readers.items() if count > 1 and lock in written)


def waited_with(nodes: list[Node], start: int, *, cpus: bool) -> frozenset[str]:
    """The locks that a task may hold for reading, or with `cpus` in any mode, where it may have to wait:
    for somebody, for a CPU, in a loop that does not give the lock back, or for good because it has ended."""
    held: dict[int, frozenset[str]] = {start: frozenset()}
    # From each node where it is held, to those that a task comes to without giving it back.
    kept: dict[str, dict[int, set[int]]] = {}
    todo = [start]
    while todo:
        number = todo.pop()
        here = held[number]
        for ops, target in _ways(nodes[number]):
            given, after = _followed(here, ops, any_mode=cpus)
            for lock in here - given:
                kept.setdefault(lock, {}).setdefault(number, set()).add(target)
            known = held.get(target)
            if known is None or not after <= known:
                held[target] = after | (known or frozenset())
                todo.append(target)
    waiting = frozenset().union(*(locks for number, locks in held.items() if _waits(nodes[number], cpus)))
    return waiting | {lock for lock, edges in kept.items() if _has_cycle(edges)}


def _waits(node: Node, cpus: bool) -> bool:
    match node:
        case LastNode(halted=halted):
            # Whoever is halted is no deadlock, whatever waits for it.
            return not halted
        case StepNode(kind="schedule" | "await" | "cpu_relax" | "cond_resched"):
            return True
        case StepNode(kind="might_sleep") if cpus:
            return True
        case StepNode(lock=use):
            return use is not None and use.action in ("acquire", "join", "enter")
        case _:
            return False


def _ways(node: Node) -> Iterator[tuple[tuple[Op, ...], int]]:
    """What a task may do at a node, and the node that it then comes to."""
    match node:
        case StepNode(block=block) | FreeNode(block=block):
            for leaf in leaves(block):
                yield leaf.ops, int(leaf.target)
        case MarkNode(next=target) | BackNode(next=target):
            yield (), target
        case LastNode():
            return


def _followed(
    held: frozenset[str], ops: tuple[Op, ...], *, any_mode: bool
) -> tuple[frozenset[str], frozenset[str]]:
    """The locks that are given back on the way, for reading or in any mode, and those held at its end."""
    given: set[str] = set()
    after = set(held)
    for op in ops:
        match op:
            case Assign(effect=Taken(lock=lock, mode=mode)) if any_mode or mode == "read":
                after.add(lock)
            case Assign(effect=Given(lock=lock, mode=mode)) if any_mode or mode == "read":
                given.add(lock)
                after.discard(lock)
            case _:
                pass
    return frozenset(given), frozenset(after)


def _has_cycle(edges: Mapping[int, set[int]]) -> bool:
    """Whether some node can be come to from itself: whether any is left without those that lead to none."""
    left = {number: set(targets) for number, targets in edges.items()}
    while left:
        ends = [number for number, targets in left.items() if not targets & left.keys()]
        if not ends:
            return True
        for number in ends:
            del left[number]
    return False
