"""Objects, completions, works, timers, sequence counts, and tasks that wake each other, in a random model.

`with_objects(text, seed)` is a model's text with some of them declared, and with lines that use them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from spliced import spliced

_PLAIN = {
    "completion": ("complete(comp)", "complete_all(comp)", "reinit_completion(comp)"),
    "object": (
        "ref = kzalloc(Obj)", "ref = alloc(Obj)", "other = kzalloc(Obj)", "kfree(ref)", "kfree(other)",
        "kfree_rcu(ref)", "kfree_rcu(other)",
        "other = ref", "ref = None", "refs[0] = ref", "ref = refs[1]", "refs[1] = other",
        "ref.v = 1", "other.v = ref.v", "ref.next = other", "ref = other.next", "ref.v += 1",
    ),
    "kref": ("kref_init(ref.k)", "kref_get(ref.k)", "kref_get(other.k)"),
    "work": ("queue_work(w0)", "schedule_work(w0)", "cancel_work(w0)", "mod_delayed_work(w0)"),
    "timer": ("mod_timer(e0)", "timer_delete(e0)", "add_timer(e0)"),
    "seqcount": ("write_seqcount_begin(sq)", "write_seqcount_end(sq)"),
    "tasks": ("wake_up_process(ANY)", "__set_current_state(TASK_RUNNING)", "wake_up(wq2)", "go = not go"),
}  # fmt: skip
_TESTS = {
    "completion": ("try_wait_for_completion(comp)", "completion_done(comp)"),
    "object": ("ref == other", "ref != None", "other == refs[0]"),
    "kref": ("kref_put(ref.k)", "kref_put(other.k)", "kref_get_unless_zero(ref.k)"),
    "work": ("queue_work(w0)", "work_pending(w0)", "work_busy(w0)"),
    "timer": ("timer_pending(e0)", "timer_delete(e0)"),
    "seqcount": ("read_seqcount_retry(sq, sn)",),
    "tasks": ("waitqueue_active(wq2)", "kthread_should_stop()", "go"),
}
_WAITING = {
    "completion": ("wait_for_completion(comp)",),
    "object": (
        "with ref.lock:\n    ref.v = 1", "with other.lock:\n    kfree(other)", "wake_up(ref.queue)",
        "rcu_barrier()", "rcu_read_lock()\nref.v = 1\nrcu_read_unlock()",
        "rcu_read_lock()\nref = None\nrcu_read_unlock()\nkfree_rcu(other)",
    ),
    "work": ("flush_work(w0)", "cancel_work_sync(w0)", "cancel_delayed_work_sync(w0)"),
    "timer": ("del_timer_sync(e0)", "timer_delete_sync(e0)"),
    "seqcount": ("sn = read_seqcount_begin(sq)",),
    "tasks": (
        "set_current_state(TASK_INTERRUPTIBLE)\nif not go:\n    schedule()", "kthread_stop(ANY)",
        "kthread_stop(ANY)",
        "wait until go on wq2 or timeout", "if not wait_event_timeout(wq2, go):\n    go = True",
        "wait_event(wq2, go or kthread_should_stop())",
    ),
}  # fmt: skip
_DECLARED = {
    "completion": ["shared comp: completion"],
    "object": [
        "class Obj[2]:", "    v: range(2)", "    lock: spinlock", "    queue: waitqueue",
        "    next: Obj | None",
        "    k: kref", "shared ref: Obj | None", "shared other: Obj | None", "shared refs: (Obj | None)[2]",
    ],
    "seqcount": ["shared sq: seqcount", "shared sn: snapshot"],
    "tasks": ["shared wq2: waitqueue", "shared go: bool"],
}  # fmt: skip


class _Objects:
    def __init__(self, text: str, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = text.split("\n")
        self.tasks = [
            f"{name}[{index}]"
            for name, count in re.findall(r"process (\w+)\[(\d)\]", text)
            for index in range(int(count))
        ]
        kinds = self.random.sample(
            ("completion", "object", "object", "work", "timer", "seqcount", "tasks"), 2
        )
        self.kinds = list(dict.fromkeys(kinds))
        if "object" in self.kinds and self.chance(50):
            self.kinds.append("kref")

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def text(self) -> str:
        """The model with declarations before its first process, and lines among those of its code."""
        first = next(i for i, line in enumerate(self.lines) if "process " in line)
        rest = list(self.used(self.lines[first:]))
        waits = any(re.search(r"\bwait_for_completion\(|wait_event|or timeout", line) for line in rest)
        told = any(line.startswith("policies ") for line in self.lines)
        policies = ["policies block, spin"] if waits and not told else []
        return "\n".join([*self.lines[:first], *self.declared(), *policies, "", *rest])

    def declared(self) -> Iterator[str]:
        for kind in self.kinds:
            yield from _DECLARED.get(kind, ())
        if "work" in self.kinds:
            yield from ("work w0:", *(f"    {line}" for line in self.body()))
        if "timer" in self.kinds:
            yield from ("timer e0:", *(f"    {line}" for line in self.body()))
        if "object" in self.kinds:
            yield "invariant most_objects: len(allocated(Obj)) < 2"
            yield "invariant told_of_objects: all(thing_.v == 0 for thing_ in allocated(Obj))"

    def body(self) -> Iterator[str]:
        for _ in range(self.random.choice((1, 1, 2))):
            yield from self.snippet(atomic=self.chance(60))
        if self.chance(30):
            yield "return"

    def used(self, lines: list[str]) -> Iterator[str]:
        """The lines of processes with others between them."""
        made = spliced(lines, lambda: self.chance(22), lambda atomic: self.snippet(atomic=atomic))
        begins = random.Random(len(lines))
        allocates = "object" in self.kinds and begins.randrange(10) < 6
        for line, _ in made:
            yield line
            if allocates and "process " in line:
                # Otherwise nearly every model ends with a reference that is None.
                yield "    ref = alloc(Obj)"
                yield "    other = ref"
                allocates = begins.randrange(10) < 3

    def snippet(self, *, atomic: bool) -> list[str]:
        return [line.replace("ANY", self.random.choice(self.tasks)) for line in self.some(atomic=atomic)]

    def some(self, *, atomic: bool) -> list[str]:
        kind = self.random.choice(self.kinds)
        choice = self.random.randrange(10)
        if choice < 3 and kind in _WAITING and not atomic:
            return self.random.choice(_WAITING[kind]).split("\n")
        if choice < 6:
            plain = self.random.choice(_PLAIN[self.random.choice(self.kinds)])
            test = self.random.choice(_TESTS[kind])
            return [f"if {test}:", f"    {plain}"]
        plain = self.random.choice(_PLAIN[kind])
        used = re.search(r"\b(ref|other)\b(?! =)", plain)
        if kind == "object" and used and len(plain) % 2:
            return [f"if {used[1]} != None:", f"    {plain}"]
        return [plain]


def with_objects(text: str, seed: int) -> str:
    """A model that uses more of the kernel; it may be refused, as any random model."""
    return _Objects(text, seed).text()
