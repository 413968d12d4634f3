"""Random models and changed examples: the interpreter, TLC, the whole and the reduced program have to agree.

`bench/comparisons.py` has the comparisons, and `bench/differential.py` makes long runs of them.
"""

from __future__ import annotations

import pytest
import random_crowds
from differential import cells, fault
from mutants import mutant
from pfnspec import tla
from pfnspec.dsl.vocabulary.verb_words import VERBS
from random_models import made, model
from shrink import smaller


def test_nearly_all_models_are_accepted() -> None:
    refused = [seed for seed in range(40) if not cells(model(seed))]
    # A model may take a counter for another's, or assume what is never so; those are few.
    assert len(refused) <= 7


SHAPES = {
    "atomic operations",
    "`at` or a lock's state in a domain or condition",
    "`at` or a lock's state in an index",
    "a ghost told the state",
    "a policy with locals",
    "a set, an array or a remainder as an index",
    "an assertion in `atomic`",
    "an assumption",
    "arithmetic",
    "calls in conditions",
    "counters or snapshots in arrays",
    "handlers",
    "interrupts that tasks send",
    "jumps to labels below",
    "names that clash",
    "objects, works, completions",
    "read sections and grace periods",
    "references to one place",
    "regions",
    "sections with a condition, or that offer the CPU",
    "several starts",
    "rwlock or rwsem on one CPU",
    "tasks that are pinned",
    "words of several fields",
}


def test_every_shape_is_made() -> None:
    assert set().union(*(made(seed).shapes for seed in range(150))) == SHAPES


NO_STEP_OF_THEIR_OWN = {
    "READ_ONCE", "rcu_assign_pointer", "rcu_dereference", "smp_load_acquire", "smp_mb",
    "smp_mb__after_atomic", "smp_mb__after_spinlock", "smp_mb__after_unlock_lock", "smp_mb__before_atomic",
    "smp_rmb", "smp_store_mb", "smp_store_release", "smp_wmb",
}  # fmt: skip


def test_every_verb_is_made() -> None:
    """A verb that random models do not have is one that nobody has compared."""
    text = "".join(model(seed) for seed in range(150))
    assert {verb.word for verb in VERBS if f"{verb.word}(" not in text} == NO_STEP_OF_THEIR_OWN


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_safety_is_the_same_when_reduced(start: int) -> None:
    for seed in range(start, start + 10):
        text = model(seed)
        assert fault(text, limit=1500) is None, f"seed {seed}\n{text}"


@pytest.mark.parametrize("start", range(120, 140, 10))
def test_liveness_is_the_same_when_reduced(start: int) -> None:
    for seed in range(start, start + 10):
        text = model(seed, liveness=True)
        assert fault(text, temporal=True, limit=600) is None, f"seed {seed}\n{text}"


@pytest.mark.parametrize("start", range(0, 20, 10))
def test_crowds_are_decided_alike_up_to_names(start: int) -> None:
    for seed in range(start, start + 10):
        text = random_crowds.model(seed)
        assert fault(text, temporal=True, limit=400) is None, f"seed {seed}\n{text}"


@pytest.mark.parametrize("seed", range(8))
def test_changed_examples(seed: int) -> None:
    found = mutant(seed)
    assert fault(found.text, limit=1500, name=found.path, constants=found.constants) is None, found.text


def test_changed_examples_are_models() -> None:
    """Most of them; each kind of change is made."""
    found = [mutant(seed) for seed in range(14)]
    assert {word for one in found for word in one.changes} == {
        "doubled",
        "dropped",
        "negated",
        "swapped",
        "taken out",
    }
    assert sum(bool(cells(one.text, one.path, one.constants)) for one in found) >= 8


@pytest.mark.parametrize("seed", [201, 204])
def test_tlc_agrees(seed: int) -> None:
    text = model(seed, liveness=True)
    tools = tla.find_tools()
    assert fault(text, tools=tools, temporal=True, limit=300) is None, text


def test_a_disagreement_is_made_small() -> None:
    """Lines go while what is left still fails; here, as long as it bumps the counter."""
    text = next(made for seed in range(99) if "    seq += 1" in (made := model(seed)))
    small = smaller(text, lambda candidate: "    seq += 1" in candidate)
    assert len(small.split("\n")) <= 3


FOUND_BY_TLC = {
    # TLC refused to start: nothing ends, so the invariant is FALSE whatever the state.
    "an invariant that reads no variable": """model found
process t0[1]:
    while True:
        pass
invariant safe0: t0[0] at end
""",
}


@pytest.mark.parametrize("name", FOUND_BY_TLC)
def test_tlc_agrees_on_what_was_found(name: str) -> None:
    tools = tla.find_tools()
    assert fault(FOUND_BY_TLC[name], tools=tools, limit=300) is None
