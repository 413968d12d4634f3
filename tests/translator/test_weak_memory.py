"""Weak memory against the kernel's: litmus tests with their known results, random ones with its axioms."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import litmus
import litmus_page
import lkmm
import pytest
import random_litmus
from pfnspec.check.options import Options
from pfnspec.check.run import check_file
from pfnspec.translator import pipeline
from pfnspec.translator.program.program import Program
from pfnspec.translator.run.interpreter import Interpreter

TESTS = Path(__file__).parent / "litmus.txt"


@dataclass(frozen=True)
class Test:
    """A litmus test; `kernel` is whether the kernel's model allows what `exists` says, `ours` whether it is
    found under weak memory."""

    __test__ = False

    name: str
    threads: litmus.Threads
    exists: str
    kernel: bool
    ours: bool

    def model(self, memory: str = "weak") -> str:
        return litmus.model_text(self.threads, memory, self.exists)

    def met(self, outcomes: frozenset[litmus.Outcome]) -> bool:
        return any(eval(self.exists, {}, dict(outcome)) for outcome in outcomes)

    @property
    def swaps(self) -> bool:
        return any(s.kind == "swap" for thread in self.threads for s in thread)


def read() -> tuple[Test, ...]:
    found: list[Test] = []
    for part in TESTS.read_text().split("=== ")[1:]:
        head, *lines, exists = part.strip().splitlines()
        name, result = head.rsplit(": ", 1)
        threads = litmus.program("\n".join(lines))
        allowed = result.startswith("sometimes")
        found.append(
            Test(name, threads, exists.removeprefix("exists "), allowed, allowed and "missed" not in result)
        )
    return tuple(found)


ALL = read()


@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_the_kernels_result_is_ours(test: Test) -> None:
    program = litmus.lowered(test.model())
    reduced, _ = litmus.outcomes(program)
    whole, _ = litmus.outcomes(program, reduction=False)
    assert test.met(reduced) == test.ours
    assert reduced == whole
    plain, _ = litmus.outcomes(litmus.lowered(test.model("sc")))
    assert plain <= reduced, "weak memory finds at least what sequential consistency has"
    if not test.swaps:
        allowed = lkmm.allowed(test.threads)
        assert test.met(allowed) == test.kernel
        assert reduced <= allowed


def test_the_table_is_whole() -> None:
    kernels = ALL[:65]
    assert [t.kernel for t in kernels].count(False) == 40
    assert [t.name for t in kernels if t.kernel != t.ours] == ["LB+poonceonces"]


@pytest.mark.parametrize("test", ALL[::16], ids=lambda test: test.name)
def test_tlc_finds_the_same(test: Test, tmp_path: Path) -> None:
    """TLC searches the same program: as many states, and the interpreter beside it says no other."""
    text = "\n".join(line for line in test.model().splitlines() if not line.startswith("sometimes"))
    path = tmp_path / "m.pfn"
    path.write_text(f"{text}\nsometimes met: {test.model().split('sometimes exists: ')[1]}")
    results = [check_file(str(path), Options(engine=engine)) for engine in ("tlc", "interpreter")]
    for result in results:
        assert {v.property: v.outcome for v in result.verdicts}["met"] == (
            "holds" if test.ours else "violated"
        )
    assert results[0].evidence is not None
    assert results[1].evidence is not None
    assert results[0].evidence.states == results[1].evidence.states


@pytest.mark.parametrize("text", tuple(random_litmus.texts(12, 2026)))
def test_random_tests_find_nothing_that_is_forbidden(text: str) -> None:
    threads = litmus.program(text)
    found, _ = random_litmus.found(threads)
    assert found <= lkmm.allowed(threads)
    weaker = random_litmus.weaker(random.Random(text), threads)
    assert found <= random_litmus.found(weaker)[0], "what a barrier allows is allowed without it"


# The axioms take minutes for the longest.
@pytest.mark.parametrize("text", sorted(random_litmus.texts(18, 7, "locked"), key=len)[:6])
def test_what_a_lock_protects_is_ordinary(text: str) -> None:
    threads = litmus.program(text)
    found, program = random_litmus.found(threads)
    assert found <= lkmm.allowed(threads)
    assert "d" not in program.weak


LOCKED = """\
model locked

shared l: spinlock
shared r: rwlock
shared seq: generation
shared x: range(4)
shared y: range(4)

process writer[2]:
    with l:
        x = 1 - min(x, 1)
        seq += 1
    smp_mb()
    with r.write():
        y = x_under_lock()

process reader:
    s: snapshot
    with l:
        s = seq
    with r.read():
        assert y < 3, "small"
    with l:
        if s == seq:
            x = 2

def x_under_lock() -> range(4):
    with l:
        return x

scenario only:
    memory = {}
"""


@pytest.mark.parametrize("reduction", [True, False])
def test_where_all_is_locked_memory_makes_no_difference(reduction: bool) -> None:
    def states(memory: str) -> tuple[Program, int]:
        program = litmus.lowered(LOCKED.format(memory))
        prepared = pipeline.prepared(pipeline.about(program), reduction=reduction)
        found, complete = Interpreter(prepared).search(100_000)
        assert complete
        return program, len(found)

    (plain, one), (weak, other) = states("sc"), states("weak")
    assert one == other
    assert weak.weak == ()
    assert weak.memory == "weak"
    assert plain.points == weak.points


def test_the_page_is_made_of_the_tests() -> None:
    assert litmus_page.PAGE.read_text() == litmus_page.page(), "run: python bench/litmus_page.py"


def cures(text: str, tmp_path: Path) -> list[str]:
    """The barriers that are said to exclude the behaviour of the first finding."""
    path = tmp_path / "m.pfn"
    path.write_text(text)
    (finding,) = [
        v.finding
        for v in check_file(str(path), Options(engine="interpreter", memory="weak")).verdicts
        if v.finding
    ]
    return [
        " ".join(f"{put.word} {put.task} {put.after.line}-{put.before.line}" for put in cure.puts)
        for cure in finding.cures
    ]


MESSAGE = """\
model m
shared ready: bool
shared page: range(3)
process writer:
    page = 2
    {}
    ready = True
process user:
    mine: range(3) = 0
    if ready:
        mine = page
        assert mine == 2, "there"
        cpu_relax()
"""


def test_the_barrier_that_excludes_a_trace_is_found_by_trying(tmp_path: Path) -> None:
    assert cures(MESSAGE.format("smp_wmb()"), tmp_path) == ["smp_rmb() user 10-11"]
    assert cures(MESSAGE.format("pass"), tmp_path) == ["smp_wmb() writer 5-7 smp_rmb() user 10-11"]
    both = MESSAGE.replace("    mine = page", "    smp_rmb()\n        mine = page")
    assert cures(both.format("pass"), tmp_path) == ["smp_wmb() writer 5-7"]


def test_temporal_properties_and_counted_cpus_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(MESSAGE.format("smp_wmb()") + "property ends: eventually user at end\n")
    result = check_file(str(path), Options(engine="interpreter", memory="weak"))
    assert {v.outcome for v in result.verdicts if v.kind == "property"} == {"not decided"}
    assert result.status == 1, "the missing smp_rmb() is found all the same"
    asked = check_file(str(path), Options(engine="interpreter", memory="weak", properties=("ends",)))
    assert asked.status == 3
    path.write_text(MESSAGE.format("smp_wmb()") + "scenario up:\n    cpus = 1\n")
    refused = check_file(str(path), Options(engine="interpreter", memory="weak"))
    assert [found.code for found in refused.diagnostics] == ["weak-with-cpus"]


ANNOUNCED = """model m
shared value: range(2)
shared ready: range(2)
process writer:
    WRITE_ONCE(value, 1)
    {}(&ready, 1)
process reader:
    flag: range(2)
    copy: range(2)
    flag = {}(&ready)
    copy = READ_ONCE(value)
    assert flag == 0 or copy == 1, "there"
"""


@pytest.mark.parametrize(
    ("store", "load", "outcome"),
    [
        ("atomic_set_release", "atomic_read_acquire", "holds"),
        ("smp_store_release", "smp_load_acquire", "holds"),
        ("atomic_set", "atomic_read_acquire", "violated"),
        ("atomic_set_release", "atomic_read", "violated"),
    ],
)
def test_the_order_of_a_load_or_store_is_that_of_its_word(
    store: str, load: str, outcome: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(ANNOUNCED.format(store, load))
    result = check_file(str(path), Options(engine="interpreter", memory="weak"))
    assert {v.property: v.outcome for v in result.verdicts}["there"] == outcome


@pytest.mark.parametrize(
    "code",
    [
        "rcu_read_lock()", "synchronize_rcu()", "local_irq_disable()",
        "n: Node | None = kzalloc(Node)", "if spin_is_locked(&l): pass", "if waitqueue_active(&wq): pass",
        "set_current_state(TASK_RUNNING)", "complete(&done)", "downgrade_write(&s)",
    ],
)  # fmt: skip
def test_what_has_no_rule_is_refused(code: str, tmp_path: Path) -> None:
    path = tmp_path / "m.pfn"
    path.write_text(
        "model m\nclass Node[1]:\n    v: bool\nshared x: range(2)\nshared y: range(2)\nshared l: spinlock\n"
        "shared wq: waitqueue\nshared s: rwsem\nshared done: completion\n"
        f"process p[2]:\n    y = x\n    x = 1\n    {code}\n"
    )
    assert check_file(str(path), Options(engine="interpreter", memory="sc")).status in (0, 1)
    refused = check_file(str(path), Options(engine="interpreter", memory="weak"))
    assert {found.code for found in refused.diagnostics if found.severity == "error"} == {"weak-not-modelled"}


def test_a_shared_word_is_refused(tmp_path: Path) -> None:
    """Accesses to a word and to a part of it are of different size, for which there is no rule."""
    path = tmp_path / "m.pfn"
    path.write_text(
        "model m\nword W:\n    a: bool\n    b: bool\nshared w: W\nprocess p[2]:\n    w.a = not w.b\n"
    )
    assert check_file(str(path), Options(engine="interpreter", memory="sc")).status == 0
    refused = check_file(str(path), Options(engine="interpreter", memory="weak"))
    faults = [(found.code, found.span.column) for found in refused.diagnostics if found.severity == "error"]
    assert faults == [("weak-not-modelled", 5), ("weak-not-modelled", 15)]
